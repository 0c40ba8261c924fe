package failure

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/faultproxy"
	"github.com/meshc/meshc/test/harness"
)

// boundary is where a run is killed: at a step of its plan, by the step's place.
// after tells that the step has taken effect, and its answer is not there yet.
type boundary struct {
	step  int
	after bool
}

// TestKillAtEachStep applies version after version of a mesh through a proxy, and
// kills each run at one step: at a write that is held before or after the server has
// carried it out, at a wait when it has ended. One more apply does the rest, no write
// is carried out twice, and no number is lost. MESHC_BOUNDARIES=all kills at each
// step, before and after; else it is at as many as the variable says.
func TestKillAtEachStep(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	r := seeded(t)
	harness.Binary(t)
	b := harness.New(t, pulsartest.Shared(t))
	harness.Built(t, "")
	b.Topic("in", 0) // after what can take long: brokers delete topics that nobody uses
	k := &stepKiller{T: t, b: b, proxy: faultproxy.New(t, b.Server.AdminURL)}
	converge(t, b, k.next())
	finish := harness.Stream(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("in"), 50)

	k.next()
	steps := k.plan().Steps
	t.Logf("a plan of %d steps", len(steps))
	if len(steps) < 30 {
		t.Errorf("the plan has %d steps, want 30 at least", len(steps))
	}
	var todo []boundary
	for i, s := range steps {
		todo = append(todo, boundary{i, true})
		if s.Op.Writes() {
			todo = append(todo, boundary{i, false})
		}
	}
	r.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	if os.Getenv("MESHC_BOUNDARIES") != "all" {
		todo = todo[:min(len(todo), times("MESHC_BOUNDARIES", 8))]
	}
	for _, at := range todo {
		k.kill(at)
		k.next()
	}
	sent := finish()
	a := harness.Collect(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("out"), sent, 20*time.Second)
	t.Logf("%d kills, %d numbers sent meanwhile: %v", len(todo), sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}

// stepKiller takes a mesh from version to version. All plans have the same steps
// but for the numbers in their names.
type stepKiller struct {
	*testing.T
	b       *harness.Bench
	proxy   *faultproxy.Proxy
	version int
	body    string
}

// next writes the mesh file of the next version: two functions are updated, one is
// replaced, three go and three come.
func (k *stepKiller) next() (file string) {
	k.Helper()
	k.version++
	v := k.version
	jar := fmt.Sprintf("code-%d.jar", v)
	paddedJar(k.b, jar, 1<<10)
	var text strings.Builder
	function := func(name, in, out, more string) {
		fmt.Fprintf(&text, "  - {name: %s, className: org.example.loss.Forward, inputs: [%s], output: %s, userConfig: {v: %d}%s}\n", name, in, out, v, more)
	}
	fmt.Fprintf(&text, "jarFile: %s\ntopics: [{name: in, external: true}]\nfunctions:\n", jar)
	function("first", "in", "mid", "")
	function("last", "mid", "out", fmt.Sprintf(", retainOrdering: %t", v%2 == 0))
	function("aside", "in", "aside", "")
	for _, name := range []string{"a", "b", "c"} {
		function(fmt.Sprintf("%s-%d", name, v), fmt.Sprintf("in-%s-%d", name, v), fmt.Sprintf("out-%s-%d", name, v), "")
	}
	k.body = text.String()
	return path.Base(k.b.File("boundary", k.body))
}

func (k *stepKiller) plan() *plan.Plan {
	k.Helper()
	return k.b.Plan(k.b.Mesh("boundary", k.body), planner.Options{})
}

// kill applies the version, kills that at a step, and applies once more.
func (k *stepKiller) kill(at boundary) {
	k.Helper()
	p := k.plan()
	if at.step >= len(p.Steps) {
		k.Fatalf("the plan has %d steps now", len(p.Steps))
	}
	s := p.Steps[at.step]
	through := []string{"apply", "boundary.yaml", "--yes", "--admin-url", k.proxy.URL}
	k.proxy.Log()
	held, release := make(chan struct{}), make(chan struct{})
	if s.Op.Writes() {
		k.proxy.InjectWhere(requestOf(s), faultproxy.Holds(at.after, func() { close(held) }, release), 0, 1)
	}
	c := k.b.Start(append(through, "-o", "json")...)
	if s.Op.Writes() {
		select {
		case <-held:
		case <-c.Ended():
			k.Errorf("%s was never sent\n%s", s.ID, c.Told())
		}
	} else {
		c.Await(fmt.Sprintf(`"type":"done","mesh":"%s/%s/boundary","step":"%s"`, k.b.Tenant, k.b.Namespace, s.ID))
	}
	c.Signal(os.Kill)
	c.Wait()
	k.proxy.Heal()
	close(release)
	_, done := inAir(c)
	again := k.b.Run(through...).Want(0)
	if left := k.plan(); !left.Empty() {
		k.Errorf("%s: two applies leave something to do: %+v", s.ID, left.Changes())
	}
	if twice := writtenTwice(k.proxy.Log()); len(twice) > 0 {
		k.Errorf("killed at %s (%+v): done twice: %v", s.ID, at, twice)
	}
	k.Logf("killed at %s, after it: %t, %d steps done; again: %v", s.ID, at.after, done, again.Took.Round(time.Millisecond))
}

// requestOf matches the request of a step.
func requestOf(s plan.Step) func(*http.Request, faultproxy.Kind) bool {
	name := s.Addr.Name()
	want := map[state.Kind]map[plan.Op]faultproxy.Kind{
		state.KindTopic:        {plan.Create: faultproxy.CreateTopic},
		state.KindSchema:       {plan.Create: faultproxy.CreateSchema},
		state.KindSubscription: {plan.Create: faultproxy.CreateSubscription, plan.Delete: faultproxy.DeleteSubscription},
		state.KindPackage:      {plan.Create: faultproxy.Upload, plan.Delete: faultproxy.DeletePackage},
		state.KindFunction:     {plan.Create: faultproxy.Create, plan.Update: faultproxy.Update, plan.Delete: faultproxy.Delete},
	}[s.Addr.Kind()][s.Op]
	if topic, subscription, ok := strings.Cut(name, "#"); ok {
		name = path.Base(topic) + "/subscription/" + strings.ReplaceAll(subscription, "/", "%2F")
	} else {
		name = strings.ReplaceAll(path.Base(name), "@", "/")
	}
	if want == faultproxy.CreateSchema {
		name += "/schema"
	}
	return func(r *http.Request, kind faultproxy.Kind) bool {
		return kind == want && strings.HasSuffix(r.URL.Path, "/"+name)
	}
}

// writtenTwice names the writes that were carried out more than once. Setting
// properties is safe to do again.
func writtenTwice(log []faultproxy.Exchange) []string {
	var out []string
	done := map[string]int{}
	for _, e := range log {
		if !e.Write() || !e.Done() || e.Kind == faultproxy.SubscriptionChanges {
			continue
		}
		what := e.Method + " " + e.Path
		if done[what]++; done[what] == 2 {
			out = append(out, what)
		}
	}
	return out
}
