package native

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// answering is a backend of a server that answers as told.
func answering(t *testing.T, answer http.HandlerFunc) *Backend {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	settings := conn.Settings{AdminURL: server.URL, BrokerURL: "pulsar://127.0.0.1:1"}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	return New(client, settings)
}

func refuse(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"reason":%q}`, reason)
}

var someFunction = &state.Component{Kind: state.KindFunction, Tenant: "t", Namespace: "n", Name: "f",
	Fields: map[string]any{"inputs": []any{"persistent://t/n/in"}, "output": "persistent://t/n/out"}, Code: state.Code{Mode: state.ByURL}}

// TestTakerUnknown: a worker that cannot say who has a name is no sign that it is
// someone else.
func TestTakerUnknown(t *testing.T) {
	t.Parallel()
	b := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, 503, "Function worker service is not done initializing.")
	})
	live, err := b.taker(t.Context(), someFunction)
	if live != nil || admin.Classify(err) != admin.Starting {
		t.Errorf("%v, %v", live, err)
	}
}

// TestStartAgain: a start that is refused is no end of the wait, and is told.
func TestStartAgain(t *testing.T) {
	var asked atomic.Int64
	b := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1); !strings.HasSuffix(r.URL.Path, "/functions/t/n/f/1/restart") {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		refuse(w, 400, "Function f has not been assigned yet")
	})
	status := admin.Status{Instances: []admin.Instance{
		{ID: 0, Status: admin.InstanceStatus{Running: true}},
		{ID: 1, Status: admin.InstanceStatus{Error: "HTTP 503 Service Unavailable"}},
		{ID: 2, Status: admin.InstanceStatus{Error: "HTTP 503 Service Unavailable", NumRestarts: 1}},
		{ID: 3, Status: admin.InstanceStatus{Error: "the connector got HTTP 503 Service Unavailable"}},
	}}
	s := starter{b: b}
	if text := s.again(t.Context(), someFunction, status); text != "; it is started again" {
		t.Errorf("%q", text)
	}
	if text := s.again(t.Context(), someFunction, status); !strings.Contains(text, "has not been assigned yet") {
		t.Errorf("%q", text)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d starts within %v", n, startEvery)
	}
}

// TestGoneWithItsProducers: instances let go of what they write last, and what they
// have sent by then is still to be drained.
func TestGoneWithItsProducers(t *testing.T) {
	var looks atomic.Int64
	b := answering(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/functions/"):
			refuse(w, 404, "Function f doesn't exist")
		case strings.Contains(r.URL.Path, "/out/") && looks.Add(1) < 3:
			fmt.Fprint(w, `{"publishers":[{"producerName":"p","metadata":{"id":"t/n/f"}}]}`)
		default:
			fmt.Fprint(w, `{}`)
		}
	})
	step := plan.Step{Op: plan.Delete, Addr: someFunction.Addr(), Change: &diff.Change{Action: diff.Delete, Before: someFunction}}
	if err := b.untilGone(t.Context(), someFunction, waiter{step: step}); err != nil {
		t.Error(err)
	}
	if n := looks.Load(); n != 3 {
		t.Errorf("%d looks at the output, want 3", n)
	}
}
