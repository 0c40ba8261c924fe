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
	_, finish = Flow(ctx, t, client, topic, rate)
	return finish
}

// Flow is Stream that also tells how many were given to the client so far.
func Flow(ctx context.Context, t testing.TB, client pulsar.Client, topic string, rate int) (sent, finish func() int) {
	t.Helper()
	producer, err := client.CreateProducer(pulsar.ProducerOptions{
		Topic: topic, Schema: pulsar.NewStringSchema(nil), MaxPendingMessages: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var all, sending sync.WaitGroup
	var failed, next atomic.Int64
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
			text := strconv.FormatInt(next.Add(1)-1, 10)
			producer.SendAsync(ctx, &pulsar.ProducerMessage{Value: text, Key: text}, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
				defer all.Done()
				if err != nil {
					failed.Add(1)
				}
			})
		}
	})
	sent = func() int { return int(next.Load()) }
	return sent, func() int {
		close(stop)
		sending.Wait()
		if err := producer.FlushWithCtx(ctx); err != nil {
			t.Error(err)
		}
		all.Wait()
		producer.Close()
		if k := failed.Load(); k > 0 {
			t.Errorf("%d of %d messages were not confirmed", k, sent())
		}
		return sent()
	}
}
