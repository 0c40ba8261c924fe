package harness

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
)

// Stream sends the texts "0", "1", "2" ... to a topic at a rate a second, from
// now until finish is called, which returns how many the broker has confirmed;
// one that it did not confirm fails the test.
func Stream(ctx context.Context, t testing.TB, client pulsar.Client, topic string, rate int) (finish func() int) {
	t.Helper()
	producer, err := client.CreateProducer(pulsar.ProducerOptions{
		Topic: topic, Schema: pulsar.NewStringSchema(nil), MaxPendingMessages: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var all, sending sync.WaitGroup
	var failed atomic.Int64
	n := 0
	sending.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			all.Add(1)
			text := strconv.Itoa(n)
			n++
			producer.SendAsync(ctx, &pulsar.ProducerMessage{Value: text, Key: text}, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
				defer all.Done()
				if err != nil {
					failed.Add(1)
				}
			})
		}
	})
	return func() int {
		close(stop)
		sending.Wait()
		if err := producer.FlushWithCtx(ctx); err != nil {
			t.Error(err)
		}
		all.Wait()
		producer.Close()
		if k := failed.Load(); k > 0 {
			t.Errorf("%d of %d messages were not confirmed", k, n)
		}
		return n
	}
}
