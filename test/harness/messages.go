package harness

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/apache/pulsar-client-go/pulsar/log"
)

// Dial connects the official client to a broker; it is closed when the test ends.
func Dial(t testing.TB, brokerURL string) pulsar.Client {
	t.Helper()
	client, err := pulsar.NewClient(pulsar.ClientOptions{
		URL: brokerURL, Logger: log.NewLoggerWithSlog(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Numbers sends the texts "0" to "n-1" to a topic, waits until the broker has
// confirmed all, and fails the test if it did not. sent counts confirmations and
// may be nil; rate bounds messages a second, 0 does not.
func Numbers(ctx context.Context, t testing.TB, client pulsar.Client, topic string, n, rate int, sent *atomic.Int64) {
	t.Helper()
	producer, err := client.CreateProducer(pulsar.ProducerOptions{
		Topic: topic, Schema: pulsar.NewStringSchema(nil), MaxPendingMessages: 1000,
	})
	if err != nil {
		t.Error(err)
		return
	}
	defer producer.Close()
	var failed atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for i := range n {
		if rate > 0 {
			if ahead := time.Duration(i)*time.Second/time.Duration(rate) - time.Since(begin); ahead > 0 {
				time.Sleep(ahead)
			}
		}
		all.Add(1)
		text := strconv.Itoa(i)
		producer.SendAsync(ctx, &pulsar.ProducerMessage{Value: text, Key: text}, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
			defer all.Done()
			if err != nil {
				failed.Add(1)
			} else if sent != nil {
				sent.Add(1)
			}
		})
	}
	if err := producer.FlushWithCtx(ctx); err != nil {
		t.Error(err)
	}
	all.Wait()
	if k := failed.Load(); k > 0 {
		t.Errorf("%d of %d messages were not confirmed", k, n)
	}
}

// Arrivals says what came out at the end of a mesh.
type Arrivals struct {
	Distinct, Duplicates, Strange int
	Missing                       []int
}

// String gives the figures on one line.
func (a Arrivals) String() string {
	text := fmt.Sprintf("%d distinct, %d duplicates, %d strange", a.Distinct, a.Duplicates, a.Strange)
	if len(a.Missing) > 0 {
		text += fmt.Sprintf(", %d missing, the first is %d", len(a.Missing), a.Missing[0])
	}
	return text
}

// Collect reads the numbers 0 to n-1 from the start of a topic until all have
// come, or none has come for the given time.
func Collect(ctx context.Context, t testing.TB, client pulsar.Client, topic string, n int, quiet time.Duration) Arrivals {
	t.Helper()
	consumer, err := client.Subscribe(pulsar.ConsumerOptions{
		Topic: topic, SubscriptionName: "collect", Type: pulsar.Exclusive,
		SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest, ReceiverQueueSize: 5000,
	})
	if err != nil {
		t.Error(err)
		return Arrivals{}
	}
	// The subscription goes as well: what it has not acknowledged yet would count as
	// a loss when the topic is deleted.
	defer func() {
		if err := consumer.Unsubscribe(); err != nil {
			t.Error(err)
		}
		consumer.Close()
	}()
	var a Arrivals
	seen := make([]bool, n)
	for a.Distinct < n {
		wait, cancel := context.WithTimeout(ctx, quiet)
		msg, err := consumer.Receive(wait)
		cancel()
		if err != nil {
			break
		}
		_ = consumer.Ack(msg)
		i, err := strconv.Atoi(string(msg.Payload()))
		switch {
		case err != nil || i < 0 || i >= n:
			a.Strange++
		case seen[i]:
			a.Duplicates++
		default:
			seen[i] = true
			a.Distinct++
		}
	}
	for i, ok := range seen {
		if !ok {
			a.Missing = append(a.Missing, i)
		}
	}
	return a
}
