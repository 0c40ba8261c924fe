package native

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/state"
)

// What came into a component's log while it was waited for goes with the failure;
// what stood there before does not.
func TestLogGoesWithTheFailure(t *testing.T) {
	srv := pulsartest.Shared(t)
	namespace := pulsartest.Namespace(t, srv)
	client, err := admin.New(conn.Settings{AdminURL: srv.AdminURL})
	if err != nil {
		t.Fatal(err)
	}
	topic := "persistent://" + namespace + "/log"
	if err := client.CreateTopic(t.Context(), topic, 0, nil); err != nil {
		t.Fatal(err)
	}
	logs := func(line string) {
		t.Helper()
		body := `{"producerName":"p","messages":[{"payload":"` + line + `"}]}`
		resp, err := http.Post(srv.AdminURL+"/topics/persistent/"+namespace+"/log", "application/json", bytes.NewBufferString(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status)
		}
	}
	b := &Backend{client: client}
	f := &state.Component{Kind: state.KindFunction, Fields: map[string]any{"logTopic": topic}}
	failed := errors.New("does not run")
	logs("of an earlier start")
	err = b.withLog(t.Context(), f, func() error { logs("there is no table"); return failed })
	if !errors.Is(err, failed) || !strings.Contains(err.Error(), "there is no table") || strings.Contains(err.Error(), "earlier") {
		t.Errorf("got %q", err)
	}
	if err := b.withLog(t.Context(), f, func() error { return failed }); err != failed {
		t.Errorf("without a line: %v", err)
	}
	if err := b.withLog(t.Context(), f, func() error { logs("all is well"); return nil }); err != nil {
		t.Errorf("without a failure: %v", err)
	}
}
