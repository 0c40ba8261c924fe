package failure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/faultproxy"
	"github.com/meshc/meshc/test/harness"
)

// end is how an apply has to end that meets a fault.
type end string

const (
	// well: the fault is overcome by the same apply.
	well end = "well"
	// told: the apply fails, says so, and another one does the rest.
	told end = "told"
)

// meeting is a fault that requests of some kinds meet.
type meeting struct {
	fault faultproxy.Fault
	times int
	kinds []faultproxy.Kind
	end   end
}

var (
	components = []faultproxy.Kind{faultproxy.Create, faultproxy.Update, faultproxy.Delete}
	writes     = append([]faultproxy.Kind{faultproxy.Upload, faultproxy.CreateTopic, faultproxy.CreateSchema, faultproxy.CreateSubscription, faultproxy.DeleteSubscription}, components...)
	reads      = []faultproxy.Kind{
		faultproxy.Status, faultproxy.TopicStats, faultproxy.Get, faultproxy.Partitions, faultproxy.ListComponents, faultproxy.State,
		faultproxy.ListTopics, faultproxy.TopicProperties, faultproxy.PackageMetadata, faultproxy.ListVersions, faultproxy.Namespaces, faultproxy.Schemas, faultproxy.About,
	}
	all = append(append([]faultproxy.Kind{}, writes...), reads...)
)

// meetings are the rows of the error table that a proxy can bring about, and the
// faults of networks, for each kind of request of a small apply.
var meetings = []meeting{
	{faultproxy.Slow(1500 * time.Millisecond), 1, all, well},
	{faultproxy.Says(503, "Function worker service is not done initializing. Please try again in a little while."), 2, all, well},
	{faultproxy.Says(503, "Leader not yet ready. Please retry again"), 2, components, well},
	{faultproxy.Says(500, "Not the leader"), 1, components, well},
	{faultproxy.Says(500, "Internal Error updating function at the leader"), 1, components, well},
	{faultproxy.DoesAndSays(500, "Internal Error updating function at the leader"), 1, components, well},
	{faultproxy.Says(500, "java.util.concurrent.TimeoutException"), 1, all, well},
	{faultproxy.DoesAndSays(500, "java.util.concurrent.TimeoutException"), 1, writes, well},
	{faultproxy.Says(400, "java.util.concurrent.TimeoutException"), 1, []faultproxy.Kind{faultproxy.Update}, well},
	{faultproxy.Says(400, "Update request ignored because it is out of date. Please try again."), 1, []faultproxy.Kind{faultproxy.Update}, well},
	{faultproxy.Says(400, "Delete request ignored because it is out of date. Please try again."), 1, []faultproxy.Kind{faultproxy.Delete}, well},
	{faultproxy.DoesAndSays(400, "Update contains no change"), 1, []faultproxy.Kind{faultproxy.Update}, well},
	{faultproxy.Says(400, "Update contains no change"), 1, []faultproxy.Kind{faultproxy.Update}, well},
	{faultproxy.Says(401, "Client is not authorized to perform operation"), 9, writes, told},
	{faultproxy.Says(409, "Pulsar Function Worker is not enabled, probably functionsWorkerEnabled is set to false"), 9, components, told},
	{faultproxy.CutBefore(), 1, all, well},
	{faultproxy.CutAfter(), 1, all, well},
	{faultproxy.CutBefore(), 3, all, well},
	{faultproxy.Redirects(func(p *faultproxy.Proxy) string { return p.Other }), 1, all, well},
	{faultproxy.Redirects(func(*faultproxy.Proxy) string { return "http://elsewhere.invalid:6750" }), 9, writes, told},
	{faultproxy.Garbage(false), 1, writes, well},
	{faultproxy.Garbage(true), 1, writes, well},
	{faultproxy.Garbage(false), 1, reads, well},
	{faultproxy.Lags(3*time.Second, false), 1, append([]faultproxy.Kind{faultproxy.CreateTopic}, components...), well},
	{faultproxy.Lags(3*time.Second, true), 1, append([]faultproxy.Kind{faultproxy.CreateTopic}, components...), well},
}

// TestFaults applies version after version of a mesh through a proxy, each with a
// code file to send, a topic and a subscription to make, a function to create, one
// to update and one to delete, and one fault. What the report says is done has to be
// done, and what it says is not has not to be; no write is carried out twice; the
// same again has nothing to do, or does the rest; and no number is lost.
// MESHC_FAULTS=all meets all faults, else it is as many as the variable says.
func TestFaults(t *testing.T) {
	type encounter struct {
		meeting
		kind faultproxy.Kind
	}
	var todo []encounter
	for _, m := range meetings {
		for _, k := range m.kinds {
			todo = append(todo, encounter{m, k})
		}
	}
	r := seeded(t)
	r.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	if os.Getenv("MESHC_FAULTS") != "all" {
		todo = todo[:min(len(todo), times("MESHC_FAULTS", 16))]
	}
	const lanes = 4
	for lane := range lanes {
		t.Run(fmt.Sprintf("lane %d", lane), func(t *testing.T) {
			t.Parallel()
			m := newMeeter(t)
			for i := lane; i < len(todo); i += lanes {
				e := todo[i]
				m.meet(fmt.Sprintf("%s: %s", e.kind, e.fault.Name), e.kind, e.meeting)
			}
			m.count()
		})
	}
}

// meeter brings a mesh from version to version through a proxy.
type meeter struct {
	*testing.T
	b       *harness.Bench
	proxy   *faultproxy.Proxy
	backend *native.Backend
	version int
	finish  func() int
}

func newMeeter(t *testing.T) *meeter {
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	p := faultproxy.New(t, b.Server.AdminURL)
	m := &meeter{T: t, b: b, proxy: p, backend: b.Through(p.URL, p.Other)}
	b.Apply(b.Plan(m.next(), planner.Options{}))
	m.finish = harness.Stream(context.Background(), t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("in"), 50)
	return m
}

// next is the mesh in its next version.
func (m *meeter) next() compiler.Unit {
	m.Helper()
	m.version++
	v := m.version
	jar := fmt.Sprintf("code-%d.jar", v)
	paddedJar(m.b, jar, 1<<10)
	return m.b.Mesh("faults", fmt.Sprintf(`
jarFile: %s
topics: [{name: in, external: true}]
functions:
  - {name: stays, className: org.example.loss.Forward, inputs: [in], output: out, userConfig: {v: %d}}
  - {name: only-%d, className: org.example.loss.Forward, inputs: [in-%d], output: out-%d}
`, jar, v, v, v, v))
}

// meet applies the next version while requests of a kind meet a fault.
func (m *meeter) meet(name string, kind faultproxy.Kind, with meeting) {
	m.Run(name, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		u := m.next()
		m.proxy.Log()
		m.proxy.Inject(kind, with.fault, with.times)
		begin := time.Now()
		p, report, err := m.apply(ctx, t, u)
		if p == nil {
			// Nothing is lost yet. The next command meets no fault any more.
			if with.end == well {
				t.Errorf("planning: %v", err)
			}
			m.onlyRead(t)
		} else {
			m.judge(t, report, err, u, with.end)
		}
		if left := m.proxy.Heal(); left == with.times {
			t.Logf("no such request")
		}
		m.converges(ctx, t, u)
		m.onceEach(t)
		t.Logf("%v", time.Since(begin).Round(time.Millisecond))
	})
}

// apply plans and carries the plan out, as apply --yes does: a plan that is stale is
// made again, since brokers delete topics that nobody uses when they like.
func (m *meeter) apply(ctx context.Context, t *testing.T, u compiler.Unit) (p *plan.Plan, report apply.Report, err error) {
	for range 3 {
		p, _, err = planner.Make(ctx, m.backend, native.Name, u, planner.Options{})
		if err != nil {
			return nil, report, err
		}
		report, err = planner.Apply(ctx, m.backend, p, apply.Options{Events: func(e backend.Event) {
			if r, ok := e.(backend.Retrying); ok {
				t.Logf("again: %s: %v", r.Step.ID, r.Err)
			}
		}})
		if stale := new(apply.StaleError); !errors.As(err, &stale) {
			break
		}
	}
	return p, report, err
}

// judge compares what an apply says with what is.
func (m *meeter) judge(t *testing.T, report apply.Report, err error, u compiler.Unit, want end) {
	t.Helper()
	for _, f := range report.Failed {
		t.Logf("failed: %s: %v", f.Step.ID, f.Err)
	}
	if ok := err == nil && report.OK(); ok != (want == well) {
		t.Errorf("ended well: %t, want it to end %s: %v", ok, want, err)
	}
	m.proxy.Heal()
	m.truth(t, report, m.b.Plan(u, planner.Options{}))
}

// truth compares a report with what a plan, made without the proxy, finds to do.
func (m *meeter) truth(t *testing.T, report apply.Report, after *plan.Plan) {
	t.Helper()
	todo := map[state.Addr]bool{}
	for _, c := range after.Changes() {
		todo[c.Addr] = true
	}
	for _, s := range report.Done {
		if s.Op.Writes() && todo[s.Addr] {
			t.Errorf("%s is said to be done, and is not", s.ID)
		}
	}
	for _, s := range report.Skipped {
		if s.Op.Writes() && !todo[s.Addr] && !m.stillThere(t, s) {
			t.Errorf("%s is said not to be done, and is", s.ID)
		}
	}
}

// stillThere tells whether a package that a step would have deleted is there: plans
// collect old packages only when new code comes, so the next one may not name it.
func (m *meeter) stillThere(t *testing.T, s plan.Step) bool {
	if s.Op != plan.Delete || s.Addr.Kind() != state.KindPackage {
		return false
	}
	name, err := admin.ParsePackageName(s.Addr.Name())
	if err == nil {
		_, err = m.b.Client.PackageMetadata(t.Context(), name)
	}
	return err == nil
}

// converges applies once more, which does the rest or nothing.
func (m *meeter) converges(ctx context.Context, t *testing.T, u compiler.Unit) {
	t.Helper()
	_, report, err := m.apply(ctx, t, u)
	if err != nil || !report.OK() {
		t.Fatalf("the apply afterwards: %v %+v", err, report.Failed)
	}
	if p := m.b.Plan(u, planner.Options{}); !p.Empty() {
		t.Errorf("that leaves something to do: %+v", p.Changes())
	}
}

// onlyRead makes sure that nothing was written.
func (m *meeter) onlyRead(t *testing.T) {
	t.Helper()
	for _, e := range m.proxy.Log() {
		if e.Write() {
			t.Errorf("planning sent %s %s", e.Method, e.Path)
		}
	}
}

// onceEach makes sure that no write was carried out twice. Setting properties is
// safe to do again, and what follows an upload that failed is another upload.
func (m *meeter) onceEach(t *testing.T) {
	t.Helper()
	for _, what := range writtenTwice(m.proxy.Log()) {
		t.Errorf("done twice: %s", what)
	}
}

// count ends the stream of numbers and looks whether all have come through.
func (m *meeter) count() {
	m.Helper()
	sent := m.finish()
	a := harness.Collect(context.Background(), m, harness.Dial(m, m.b.Server.BrokerURL), m.b.FullTopic("out"), sent, 20*time.Second)
	m.Logf("%d numbers sent meanwhile: %v", sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		m.Errorf("lost messages: %v", a)
	}
}
