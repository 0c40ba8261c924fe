package loss

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// once is a mesh whose second function is EFFECTIVELY_ONCE. What feeds it sends each
// message by itself: of what comes in batches most is lost without any change.
const once = `
jarFile: code.jar
topics: [{name: in, external: true}]
functions:
  - {name: feed, className: org.example.loss.Forward, inputs: [in], output: a FEED}
  - {name: once, className: org.example.loss.Forward, inputs: [a], output: out, processingGuarantees: EFFECTIVELY_ONCE, userConfig: {round: ROUND} ONCE}
`

// rounds is how many updates the tests make: 3, or what MESHC_ONCE_UPDATES says.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("MESHC_ONCE_UPDATES")); err == nil && n > 0 {
		return n
	}
	return 3
}

// onceBench is the mesh under load, in a namespace with deduplication.
type onceBench struct {
	*harness.Bench
	ctx  context.Context
	body string
	// feed and self are the settings of producers in the two functions.
	feed, self string
	rate       int
	finish     func() int
}

func (b *onceBench) mesh(round int) string {
	return strings.Replace(b.body, "ROUND", strconv.Itoa(round), 1)
}

// newOnce applies the mesh and puts it under load. Before 4.1 there is one way only
// to send message by message, and it is slow. From 4.1 on meshc turns batching off
// itself; with batches it is told to leave it on in the function itself.
func newOnce(ctx context.Context, t *testing.T, batches bool) *onceBench {
	t.Helper()
	b := &onceBench{Bench: harness.New(t, pulsartest.Shared(t)), ctx: ctx, rate: 400}
	switch {
	case old(b.Server):
		b.rate, b.feed = 50, ", producerConfig: {maxPendingMessages: 1}"
	case batches:
		b.self = ", producerConfig: {batchingConfig: {enabled: true}}"
	}
	b.body = strings.NewReplacer(" FEED", b.feed, " ONCE", b.self).Replace(once)
	b.Jar("loss-a.jar", "code.jar")
	b.deduplicate()
	b.Topic("in", 0)
	b.Apply(b.Plan(b.Mesh("once", b.mesh(0)), planner.Options{}), plan.MessageLoss)
	b.finish = harness.Stream(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("in"), b.rate)
	b.flows()
	return b
}

// old tells of a Pulsar that cannot be told to send message by message.
func old(srv *pulsar.Server) bool { return strings.HasPrefix(srv.Version, "4.0.") }

// deduplicate turns deduplication on for the namespace.
func (b *onceBench) deduplicate() {
	b.Helper()
	url := fmt.Sprintf("%s/admin/v2/namespaces/%s/%s/deduplication", b.Server.AdminURL, b.Tenant, b.Namespace)
	resp, err := http.Post(url, "application/json", strings.NewReader("true"))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		b.Fatal(resp.Status)
	}
}

// flows waits until a few more messages have come out.
func (b *onceBench) flows() {
	b.Helper()
	var first int64 = -1
	waitFor(b.ctx, b.TB.(*testing.T), func() bool {
		stats, err := b.Client.TopicStats(b.ctx, b.FullTopic("out"))
		if err != nil {
			return false
		}
		if first < 0 {
			first = stats.MessagesIn
		}
		return stats.MessagesIn >= first+int64(b.rate)/2
	})
}

// end stops the load and counts.
func (b *onceBench) end() (int, harness.Arrivals) {
	b.Helper()
	sent := b.finish()
	return sent, harness.Collect(b.ctx, b.TB, harness.Dial(b.TB, b.Server.BrokerURL), b.FullTopic("out"), sent, 10*time.Second)
}

// TestEffectivelyOnceUpdatesUnderLoad updates a function with that guarantee again
// and again while numbers come through it, and nothing is lost. Where it sends in
// batches, the plans pause what feeds it; none needs a loss to be allowed.
func TestEffectivelyOnceUpdatesUnderLoad(t *testing.T) {
	ways := map[string]bool{"in batches": true}
	if !old(pulsartest.Shared(t)) {
		ways["message by message"] = false
	}
	for way, batches := range ways {
		t.Run(way, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
			defer cancel()
			b := newOnce(ctx, t, batches)
			pauses := 0
			var took time.Duration
			for i := range rounds() {
				p := b.Plan(b.Mesh("once", b.mesh(i+1)), planner.Options{})
				if refused := p.Refused(nil); len(refused) > 0 {
					t.Fatalf("the plan has risks that must be allowed: %+v", refused)
				}
				if slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Op == plan.Pause }) {
					pauses++
				}
				took += b.Apply(p).Took
				b.flows()
			}
			if want := map[bool]int{true: rounds()}[batches]; pauses != want {
				t.Errorf("%d of %d plans pause what feeds the function", pauses, rounds())
			}
			sent, a := b.end()
			harness.Figure(t, "%s, %d numbers, %d updates of EFFECTIVELY_ONCE of %v each: %v", way, sent, rounds(), (took / time.Duration(rounds())).Round(10*time.Millisecond), a)
			if len(a.Missing) > 0 || a.Strange > 0 {
				t.Errorf("lost messages: %v", a)
			}
			b.Empty(b.Mesh("once", b.mesh(rounds())))
		})
	}
}

// TestEffectivelyOnceByPlainUpdates shows what the others are kept from: the same
// updates as Pulsar's own tools send them. Whether they lose depends on the moment,
// so it is told and not asserted.
func TestEffectivelyOnceByPlainUpdates(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	b := newOnce(ctx, t, true)
	for i := range rounds() {
		config, err := b.Client.Get(ctx, admin.Functions, b.Tenant, b.Namespace, "once")
		if err != nil {
			t.Fatal(err)
		}
		config["userConfig"] = map[string]any{"round": i + 1}
		if err := b.Client.Update(ctx, admin.Functions, b.Tenant, b.Namespace, "once", config, admin.Package{}, nil); err != nil {
			t.Fatal(err)
		}
		b.flows()
	}
	sent, a := b.end()
	harness.Figure(t, "%d numbers, %d plain updates of EFFECTIVELY_ONCE: %v", sent, rounds(), a)
}
