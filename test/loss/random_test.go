package loss

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// number reads a setting of the test, or gives its default.
func number(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// life is the time in which a tap has to see all: the numbers from one up to
// another. An open one goes on to the end.
type life struct {
	slot, from, to int
	open           bool
}

// TestRandomPlansUnderLoad carries random plans out, one after the other, while
// numbers come in without a pause. Nothing is allowed, so no plan may need a loss;
// every number has to come out, and past every tap that was there for it.
// MESHC_LOSS_PLANS says how many plans (20), MESHC_LOSS_SEED which ones.
func TestRandomPlansUnderLoad(t *testing.T) {
	plans, seed := int(number("MESHC_LOSS_PLANS", 20)), number("MESHC_LOSS_SEED", uint64(time.Now().UnixNano()))
	harness.Figure(t, "%d plans of MESHC_LOSS_SEED=%d", plans, seed)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute+time.Duration(plans)*20*time.Second)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "a.jar")
	b.Jar("loss-b.jar", "b.jar")
	client := harness.Dial(t, b.Server.BrokerURL)
	b.Topic("in", 0)
	var tails []*harness.Tail
	for _, name := range []string{"tap0", "tap1", "tap2", "out"} {
		b.Topic(name, 0)
		tails = append(tails, harness.Follow(ctx, t, client, b.FullTopic(name)))
	}
	out := tails[tapSlots]

	m := newRandomMesh(seed, b.Tenant+"/"+b.Namespace)
	b.Apply(b.Plan(b.Mesh("random", m.body()), planner.Options{}))
	sent, finish := harness.Flow(ctx, t, client, b.FullTopic("in"), 200)
	var lives []life
	began := make([]int, 0, plans)
	for i := range plans {
		taps, readers := m.taps, m.readers()
		m.change()
		began = append(began, sent())
		t.Logf("plan %d at number %d: %s", i, sent(), strings.Join(m.log, "; "))
		byHand(ctx, b, m)
		u := b.Mesh("random", m.body())
		p := b.Plan(u, planner.Options{})
		for step, risks := range p.Refused(nil) {
			// A tap that is taken off sees no more of what goes on, which has to be allowed.
			slot := slices.IndexFunc(readers, func(sub string) bool { return sub != "" && strings.HasSuffix(step, sub) })
			if slot < 0 || m.taps[slot] == taps[slot] || !strings.HasPrefix(step, "delete subscription/") {
				t.Fatalf("%s needs a loss: %+v\n%s", step, risks, m.body())
			}
		}
		passed := out.Passed()
		applyFresh(b, u, p)
		b.Empty(u)
		for slot, tap := range m.taps {
			if tap == taps[slot] {
				continue
			}
			for j := range lives {
				if lives[j].slot == slot && lives[j].open {
					lives[j].to, lives[j].open = passed, false
				}
			}
			if tap != nil {
				lives = append(lives, life{slot: slot, from: sent(), open: true})
			}
		}
	}
	n := finish()
	out.Await(ctx, n, 30*time.Second)
	a := out.Arrivals(0, n)
	harness.Figure(t, "%d numbers through %d plans: %v", n, plans, a)
	for _, i := range a.Missing {
		t.Errorf("%d is missing, sent during plan %d", i, planOf(began, i))
	}
	for _, l := range lives {
		if l.open {
			l.to = n
		}
		tails[l.slot].Await(ctx, l.to, 10*time.Second)
		if a := tails[l.slot].Arrivals(l.from, l.to); len(a.Missing) > 0 {
			t.Errorf("tap %d has to see %d to %d: %v, of plan %d", l.slot, l.from, l.to-1, a, planOf(began, a.Missing[0]))
		}
	}
	for _, tail := range tails {
		tail.Close()
	}
	b.Apply(b.Plan(b.Mesh("random", m.body()), planner.Options{Destroy: true, DeleteTopics: true}), plan.TopicData, plan.MessageLoss)
}

// applyFresh applies a plan, or a new one where the cluster has moved: brokers delete
// topics that nobody has used for a minute.
func applyFresh(b *harness.Bench, u compiler.Unit, p *plan.Plan) {
	b.Helper()
	for range 3 {
		report, err := planner.Apply(context.Background(), b.Backend, p, apply.Options{Allow: []plan.RiskKind{plan.MessageLoss}})
		var stale *apply.StaleError
		if errors.As(err, &stale) {
			b.Logf("planned again: %v has moved", stale.Moved)
			p = b.Plan(u, planner.Options{})
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range report.Failed {
			b.Errorf("%s: %v", f.Step.ID, f.Err)
		}
		if !report.OK() {
			b.FailNow()
		}
		return
	}
	b.Fatal("the cluster does not come to rest")
}

// planOf is the plan during which a number was sent; -1 is before the first.
func planOf(began []int, number int) int {
	i, _ := slices.BinarySearch(began, number+1)
	return i - 1
}

// byHand does what someone else does to components, past meshc.
func byHand(ctx context.Context, b *harness.Bench, m *randomMesh) {
	b.Helper()
	if len(m.byHand) == 0 {
		return
	}
	live := b.Read("random")
	for name, fields := range m.byHand {
		f, ok := live.Resources[state.ComponentAddr(state.KindFunction, b.Tenant, b.Namespace, name)].(*state.Component)
		if !ok {
			b.Fatalf("%s is not there", name)
		}
		if err := b.Client.Update(ctx, admin.Functions, b.Tenant, b.Namespace, name, fields, admin.Package{URL: f.Code.URL}, nil); err != nil {
			b.Fatal(err)
		}
		b.Running(name)
	}
}
