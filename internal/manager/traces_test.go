package manager_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// receiver takes traces as a collector does, and keeps them.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	raw   strings.Builder
	spans []otlpSpan
	about map[string]string
}

// otlpSpan is what tests look at of a span.
type otlpSpan struct {
	TraceID      string     `json:"traceId"`
	SpanID       string     `json:"spanId"`
	ParentSpanID string     `json:"parentSpanId"`
	Name         string     `json:"name"`
	Kind         int        `json:"kind"`
	Start        int64      `json:"startTimeUnixNano,string"`
	End          int64      `json:"endTimeUnixNano,string"`
	Attributes   []otlpAttr `json:"attributes"`
	Status       struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"status"`
}

type otlpAttr struct {
	Key   string `json:"key"`
	Value struct {
		String string `json:"stringValue"`
		Int    string `json:"intValue"`
	} `json:"value"`
}

// all are the attributes of a span by name.
func attrs(list []otlpAttr) map[string]string {
	out := map[string]string{}
	for _, a := range list {
		out[a.Key] = a.Value.String + a.Value.Int
	}
	return out
}

func newReceiver(t *testing.T) *receiver {
	c := &receiver{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			ResourceSpans []struct {
				Resource   struct{ Attributes []otlpAttr }
				ScopeSpans []struct{ Spans []otlpSpan }
			}
		}
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(text, &body)
		}
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %v", r.URL.Path, r.Header, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(text)
		for _, rs := range body.ResourceSpans {
			c.about = attrs(rs.Resource.Attributes)
			for _, ss := range rs.ScopeSpans {
				c.spans = append(c.spans, ss.Spans...)
			}
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(c.Close)
	return c
}

// tracing starts to trace to the receiver; got sends all and gives what has come.
func (c *receiver) tracing(t *testing.T, instance string) *tracing.Tracing {
	tr, err := tracing.Start(tracing.Options{Version: "v1", Instance: instance, Log: slog.New(slog.DiscardHandler), Getenv: func(key string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL}[key]
	}})
	if err != nil || tr == nil {
		t.Fatalf("tracing: %v, %v", tr, err)
	}
	return tr
}

func (c *receiver) got(tr ...*tracing.Tracing) []otlpSpan {
	for _, t := range tr {
		t.Close(context.Background())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortStableFunc(c.spans, func(a, b otlpSpan) int { return int(a.Start - b.Start) })
	return c.spans
}

// named finds the only span of a name.
func named(t *testing.T, spans []otlpSpan, name string) otlpSpan {
	t.Helper()
	var found []otlpSpan
	for _, s := range spans {
		if s.Name == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans are named %q: %+v", len(found), name, spans)
	}
	return found[0]
}

const (
	callerTrace = "0af7651916cd43dd8448eb211c80319c"
	callerSpan  = "b7ad6b7169203331"
)

// TestTracesOfARun: an update by a caller who traces is one trace, of the request, the
// run, its plan, its steps and its records, and no secret is in it.
func TestTracesOfARun(t *testing.T) {
	c := newReceiver(t)
	tr := c.tracing(t, "m1")
	d := newDesk(t, func(o *manager.Options) { o.Tracing = tr })
	body, kind := form(t, meshFile("m", 1), pyFile, `{"env":{"PW":"hush"}}`)
	kind["traceparent"] = "00-" + callerTrace + "-" + callerSpan + "-01"
	op := decode[api.Operation](t, d.ask(request{method: "PUT", path: one + "?wait=10s&allow=message-loss&reason=hidden-reason", who: "alice", body: body, header: kind}, 200))
	d.ask(request{method: "GET", path: api.Healthy}, 200)
	spans := c.got(tr)

	asked := named(t, spans, "PUT "+onePathPattern)
	if asked.TraceID != callerTrace || asked.ParentSpanID != callerSpan || asked.Kind != 2 {
		t.Errorf("the request is not below its caller's span: %+v", asked)
	}
	if diff := cmp.Diff(map[string]string{"http.request.method": "PUT", "http.route": onePathPattern, "http.response.status_code": "200"}, attrs(asked.Attributes)); diff != "" {
		t.Errorf("request:\n%s", diff)
	}
	run := named(t, spans, "apply")
	if diff := cmp.Diff(map[string]string{"meshc.mesh": "public/default/m", "meshc.operation": op.ID, "meshc.outcome": "applied", "meshc.version": "1"}, attrs(run.Attributes)); diff != "" {
		t.Errorf("run:\n%s", diff)
	}
	if run.ParentSpanID != asked.SpanID || named(t, spans, "plan").ParentSpanID != run.SpanID {
		t.Errorf("the run or its plan is not where it belongs: %+v", spans)
	}
	var steps []string
	writes := 0
	for _, s := range spans {
		if s.TraceID != callerTrace || s.End < s.Start || s.Status.Code == 2 {
			t.Errorf("span %+v", s)
		}
		if id := attrs(s.Attributes)["meshc.step"]; id != "" && s.ParentSpanID == run.SpanID {
			steps = append(steps, id)
		}
		if s.Name == "write record" && s.ParentSpanID == run.SpanID {
			writes++
		}
	}
	slices.Sort(steps)
	slices.Sort(op.Result.Done)
	if diff := cmp.Diff(op.Result.Done, steps); diff != "" {
		t.Errorf("steps:\n%s", diff)
	}
	if writes != 2 {
		t.Errorf("%d records were written, want the begin and the end of the run", writes)
	}
	if c.about["service.name"] != "meshc-manager" || c.about["service.instance.id"] != "m1" || c.about["service.version"] != "v1" {
		t.Errorf("resource: %v", c.about)
	}
	for _, secret := range []string{"alice", "hush", "def process", "hidden-reason"} {
		if strings.Contains(c.raw.String(), secret) {
			t.Errorf("%q is in the traces: %s", secret, c.raw.String())
		}
	}
}

// TestTracesOfFailures: what fails is marked with the kind of the error, and nothing of
// its text; what is the caller's mistake does not mark the request.
func TestTracesOfFailures(t *testing.T) {
	c := newReceiver(t)
	tr := c.tracing(t, "m1")
	d := newDesk(t, func(o *manager.Options) { o.Tracing = tr })
	d.b.Fault(func(s plan.Step) error {
		if s.Addr.Kind() == "function" {
			return errors.New("the password is hush")
		}
		return nil
	})
	d.put("public/default/m", meshFile("m", 1), pyFile)
	d.problem(request{method: "GET", path: one + "/versions/99", who: "alice"}, 404, api.KindNotFound)
	d.ask(request{method: "GET", path: "/secret-path", who: "alice"}, 404)
	spans := c.got(tr)
	if s := named(t, spans, "apply"); s.Status.Code != 2 || s.Status.Message != "failed" {
		t.Errorf("run: %+v", s)
	}
	if s := named(t, spans, "create function"); s.Status.Code != 2 || attrs(s.Attributes)["error.type"] != api.KindFailed {
		t.Errorf("step: %+v", s)
	}
	if s := named(t, spans, "GET "+onePathPattern+"/versions/{version}"); s.Status.Code != 0 || attrs(s.Attributes)["http.response.status_code"] != "404" || s.ParentSpanID != "" {
		t.Errorf("request: %+v", s)
	}
	named(t, spans, "GET") // a path that is none names nothing
	for _, secret := range []string{"hush", "secret-path"} {
		if strings.Contains(c.raw.String(), secret) {
			t.Errorf("%q is in the traces", secret)
		}
	}
}

// TestTracesAcrossMembers: what the leader does for a follower is below the follower's span.
func TestTracesAcrossMembers(t *testing.T) {
	c := newReceiver(t)
	one1, two := c.tracing(t, "first"), c.tracing(t, "second")
	first := &lead{name: "first"}
	first.leads.Store(true)
	first.leader.Store(&[2]string{"first", ""})
	d := newDesk(t, func(o *manager.Options) { o.Leadership, o.Tracing = first, one1 })
	second := &lead{name: "second"}
	second.leader.Store(&[2]string{"first", d.url})
	f := openDesk(t, d.b, func(o *manager.Options) {
		o.Leadership, o.Tracing = second, two
		o.Forward = &manager.Forward{Allowed: func(*url) bool { return true }}
	})
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	kind["traceparent"] = "00-" + callerTrace + "-" + callerSpan + "-01"
	f.ask(request{method: "PUT", path: one + "?wait=10s&allow=message-loss", who: "alice", body: body, header: kind}, 200)
	spans := c.got(one1, two)
	passed := named(t, spans, "forward")
	asked := slices.IndexFunc(spans, func(s otlpSpan) bool { return s.ParentSpanID == callerSpan })
	done := slices.IndexFunc(spans, func(s otlpSpan) bool { return s.ParentSpanID == passed.SpanID })
	if asked < 0 || done < 0 || passed.ParentSpanID != spans[asked].SpanID || passed.Kind != 3 || spans[done].Name != "PUT "+onePathPattern || spans[done].TraceID != callerTrace {
		t.Errorf("asked %d, done %d of %+v", asked, done, spans)
	}
}

// TestTracesOfARepair: a repair is a trace of its own, with its steps and records.
func TestTracesOfARepair(t *testing.T) {
	c := newReceiver(t)
	tr := c.tracing(t, "m1")
	d := newDesk(t, func(o *manager.Options) {
		b := o.Gate.(tokens).b
		o.Tracing = tr
		o.Reconcile = &reconcile.Config{
			Open:   func(context.Context, record.Head) (backend.Backend, error) { return b, nil },
			Author: "manager", Holder: backend.Holder{User: "manager"}, Limits: reconcile.Limits{Every: 10 * time.Millisecond, Apart: 10 * time.Millisecond},
		}
	})
	d.put("public/default/m", "reconcile: repair\n"+meshFile("m", 1), pyFile)
	d.b.Drop(state.ComponentAddr(state.KindFunction, "public", "default", "m-f"))
	eventually(t, "it is repaired", func() bool {
		got := decode[api.Mesh](t, d.ask(request{method: "GET", path: one, who: "bob"}, 200))
		return got.Version == 2 && got.Outcome == record.Applied
	})
	d.stop()
	spans := c.got(tr)
	at := slices.IndexFunc(spans, func(s otlpSpan) bool { return s.Name == "repair" && attrs(s.Attributes)["meshc.version"] == "2" })
	if at < 0 {
		t.Fatalf("no repair: %+v", spans)
	}
	run := spans[at]
	if diff := cmp.Diff(map[string]string{"meshc.mesh": "public/default/m", "meshc.outcome": "applied", "meshc.version": "2"}, attrs(run.Attributes)); diff != "" || run.ParentSpanID != "" {
		t.Errorf("repair, below %q:\n%s", run.ParentSpanID, diff)
	}
	var below []string
	for _, s := range spans {
		if s.ParentSpanID == run.SpanID {
			below = append(below, s.Name)
		}
	}
	for _, want := range []string{"create function", "write record"} {
		if !slices.Contains(below, want) {
			t.Errorf("no %s below the repair: %v", want, below)
		}
	}
}

const onePathPattern = api.Meshes + "/{tenant}/{namespace}/{mesh}"
