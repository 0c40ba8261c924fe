package native

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
)

// TestTimeOutOfOneRequest: net/http says of its own time-outs that they are
// context.DeadlineExceeded, and yet they are a blocked server, not the caller's end.
func TestTimeOutOfOneRequest(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	client := &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 10 * time.Millisecond}}
	_, err = client.Get("http://" + silent.Addr().String())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the premise is gone: %v", err)
	}
	b := &Backend{}
	var temporary *backend.Temporary
	if got := b.failure(&admin.Error{Err: err}); !errors.As(got, &temporary) || !temporary.Overload {
		t.Errorf("%T %v is no sign of overload", got, got)
	}
	for _, ended := range []error{context.Canceled, context.DeadlineExceeded, &admin.Error{Err: context.DeadlineExceeded}} {
		if got := b.failure(ended); errors.As(got, &temporary) {
			t.Errorf("the end of the caller's context counts as passing: %v", got)
		}
	}
}

// TestOwnWordsAreFinal: what no server said is not tried again. It took three
// minutes to tell that someone else had written a function.
func TestOwnWordsAreFinal(t *testing.T) {
	b := &Backend{}
	for _, err := range []error{moved("function f is gone"), errors.New("3 messages arrived after the drain")} {
		if got := b.failure(err); errors.As(got, new(*backend.Temporary)) {
			t.Errorf("counts as passing: %v", got)
		}
	}
	var passing error = &backend.Temporary{Err: errors.New("still listed")}
	if got := b.failure(passing); got != passing {
		t.Errorf("%v became %v", passing, got)
	}
	if b.failure(nil) != nil {
		t.Error("nothing became a failure")
	}
}
