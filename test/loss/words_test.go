package loss

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// lines is how many the test feeds: 20,000, or what MESHC_LOSS_LINES says.
func lines() int {
	if n, err := strconv.Atoi(os.Getenv("MESHC_LOSS_LINES")); err == nil && n > 0 {
		return n
	}
	return 20_000
}

// ahead is how many lines may be on their way through the mesh. It bounds what
// the broker keeps, and makes the feed go on until the end of the test.
func ahead(lines int) int { return min(20_000, lines/20) }

// settled is how long nothing may come until the counting is over: what comes
// again after an update comes within moments.
const settled = time.Second

// TestWordsAtScale is the word count of the examples, with topics of two
// partitions and two instances of each function. Halfway it is updated to its
// second version: code, configuration. No word is counted too rarely.
func TestWordsAtScale(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("sentences", 2)
	text := newCorpus(t, lines())
	b.Apply(b.Plan(b.Example("word-count", "mesh-native.yaml", two), planner.Options{}))
	client := harness.Dial(t, b.Server.BrokerURL)
	consumer, err := client.Subscribe(pulsar.ConsumerOptions{
		Topic: b.FullTopic("counts"), SubscriptionName: "reader", Type: pulsar.Exclusive,
		SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest, ReceiverQueueSize: 5000,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer consumer.Close()

	var counted, fed atomic.Int64
	feeding, counting, updated := make(chan struct{}), make(chan struct{}), make(chan struct{})
	y := newTally(text)
	begin := time.Now()
	var took time.Duration
	go func() {
		defer close(feeding)
		feedLines(ctx, t, client, b.FullTopic("sentences"), text, &fed, &counted, updated)
	}()
	go func() {
		defer close(counting)
		count(ctx, t, consumer, y, &counted)
		took = time.Since(begin) - settled
	}()
	second := b.Example("word-count", "mesh-v2.yaml", two)
	waitFor(ctx, t, func() bool { return counted.Load() > int64(text.words)/2 })
	at, since := fed.Load(), time.Now()
	b.Apply(b.Plan(second, planner.Options{}))
	harness.Figure(t, "updated in %v, between line %d and %d of the feed", time.Since(since).Round(time.Millisecond), at, fed.Load())
	close(updated)
	<-feeding
	<-counting
	y.judge(t)
	harness.Figure(t, "%v: %.0f lines/s, %.0f words/s", took.Round(time.Millisecond), float64(text.lines)/took.Seconds(), float64(text.words)/took.Seconds())
	if y.before == 0 || y.after == 0 {
		t.Error("the update did not fall into the load; nothing was shown")
	}
	b.Empty(second)
	// What it has not acknowledged would be a loss that destroy has to be allowed.
	if err := consumer.Unsubscribe(); err != nil {
		t.Error(err)
	}
	b.Apply(b.Plan(second, planner.Options{Destroy: true, DeleteTopics: true}), plan.TopicData)
}

// two gives each function two instances.
func two(mesh string) string { return strings.ReplaceAll(mesh, "parallelism: 1\n", "parallelism: 2\n") }

// count reads increments until each word was counted, and then on until nothing
// comes any more; that the last words stay away for a minute ends it too.
func count(ctx context.Context, t *testing.T, consumer pulsar.Consumer, y *tally, counted *atomic.Int64) {
	t.Helper()
	for n := 1; ; n++ {
		quiet := settled
		if y.places < y.words {
			quiet = time.Minute
		}
		wait, cancel := context.WithTimeout(ctx, quiet)
		msg, err := consumer.Receive(wait)
		cancel()
		if err != nil {
			return
		}
		// Not each one: the broker writes down what is acknowledged.
		if n%1000 == 0 {
			if err := consumer.AckCumulative(msg); err != nil {
				t.Error(err)
				return
			}
		}
		if err := y.take(msg.Key(), msg.Properties()); err != nil {
			t.Error(err)
			return
		}
		counted.Store(int64(y.places))
	}
}

// feedLines sends the text, each line with its number as id, and fails the test
// if the broker did not confirm all. The last quarter waits for the update, so
// that something is left for the new code however fast the machine is.
func feedLines(ctx context.Context, t *testing.T, client pulsar.Client, topic string, text *corpus, fed, counted *atomic.Int64, updated <-chan struct{}) {
	producer, err := client.CreateProducer(pulsar.ProducerOptions{Topic: topic, Schema: pulsar.NewStringSchema(nil), MaxPendingMessages: 1000})
	if err != nil {
		t.Error(err)
		return
	}
	defer producer.Close()
	perLine := float64(text.words) / float64(text.lines)
	for i := range text.lines {
		if i == text.lines/4*3 {
			select {
			case <-updated:
			case <-ctx.Done():
			}
		}
		for float64(i)-float64(counted.Load())/perLine > float64(ahead(text.lines)) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		producer.SendAsync(ctx, &pulsar.ProducerMessage{
			Value: strings.Join(text.line(i), " "), Properties: map[string]string{"id": strconv.Itoa(i)},
		}, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
			if err == nil {
				fed.Add(1)
			}
		})
	}
	if err := producer.FlushWithCtx(ctx); err != nil {
		t.Error(err)
	}
	if n := fed.Load(); n != int64(text.lines) {
		t.Errorf("%d of %d lines were confirmed", n, text.lines)
	}
}
