package admin

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// The last messages of a topic can be looked at without a trace, alone and in
// batches, with partitions and without.
func TestLastMessages(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	for name, partitions := range map[string]int{"plain": 0, "parted": 2} {
		topic := "persistent://" + tenant + "/" + ns + "/" + name
		ok(t, c.CreateTopic(ctx, topic, partitions, nil))
		empty := must[map[int]Positions](t)(c.TopicPositions(ctx, topic))
		if got := must[[][]byte](t)(c.LastMessages(ctx, topic, nil, 10)); len(got) > 0 {
			t.Errorf("%s: an empty topic has %d messages", name, len(got))
		}
		produce(t, srv, topic, 5)
		before := must[map[int]Positions](t)(c.TopicPositions(ctx, topic))
		if got := must[[][]byte](t)(c.LastMessages(ctx, topic, empty, 100)); len(got) != 5 {
			t.Errorf("%s: %d of 5 messages", name, len(got))
		}
		if got := must[[][]byte](t)(c.LastMessages(ctx, topic, before, 10)); len(got) > 0 {
			t.Errorf("%s: %d messages after the last", name, len(got))
		}
		produce(t, srv, topic, 3)
		if got := must[[][]byte](t)(c.LastMessages(ctx, topic, before, 10)); len(got) != 3 {
			t.Errorf("%s: %d of 3 new messages", name, len(got))
		}
		stats := must[TopicStats](t)(c.TopicStats(ctx, topic))
		if len(stats.Subscriptions) > 0 {
			t.Errorf("%s: a look left %v", name, stats.Subscriptions)
		}
	}
}
