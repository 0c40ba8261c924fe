package harness

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
)

// Tail reads numbers from a topic from now on, and remembers which came how often.
type Tail struct {
	consumer pulsar.Consumer

	mu      sync.Mutex
	times   map[int]int
	strange int
	// passed is the first number that has not come.
	passed int
	last   time.Time
	news   chan struct{}
}

// Follow subscribes to a topic and reads it until Close, or until the test ends.
func Follow(ctx context.Context, t testing.TB, client pulsar.Client, topic string) *Tail {
	t.Helper()
	consumer, err := client.Subscribe(pulsar.ConsumerOptions{
		Topic: topic, SubscriptionName: "tail", Type: pulsar.Exclusive,
		SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest, ReceiverQueueSize: 5000,
	})
	if err != nil {
		t.Fatal(err)
	}
	x := &Tail{consumer: consumer, times: map[int]int{}, last: time.Now(), news: make(chan struct{})}
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			msg, err := consumer.Receive(ctx)
			if err != nil {
				return
			}
			_ = consumer.Ack(msg)
			x.take(string(msg.Payload()))
		}
	})
	t.Cleanup(func() {
		cancel()
		reading.Wait()
		consumer.Close()
	})
	return x
}

func (x *Tail) take(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		x.strange++
		return
	}
	x.times[n]++
	for x.times[x.passed] > 0 {
		x.passed++
	}
	x.last = time.Now()
	close(x.news)
	x.news = make(chan struct{})
}

// Passed returns the first number that has not come yet.
func (x *Tail) Passed() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.passed
}

// Await waits until all numbers below n have come, or none has come for some time.
func (x *Tail) Await(ctx context.Context, n int, quiet time.Duration) {
	for {
		x.mu.Lock()
		done, last, news := x.passed >= n, x.last, x.news
		x.mu.Unlock()
		left := time.Until(last.Add(quiet))
		if done || left <= 0 {
			return
		}
		select {
		case <-news:
		case <-time.After(left):
		case <-ctx.Done():
			return
		}
	}
}

// Arrivals tells what came of the numbers from one up to another, that one not included.
func (x *Tail) Arrivals(from, to int) Arrivals {
	x.mu.Lock()
	defer x.mu.Unlock()
	a := Arrivals{Strange: x.strange}
	for i := from; i < to; i++ {
		switch n := x.times[i]; {
		case n == 0:
			a.Missing = append(a.Missing, i)
		default:
			a.Distinct++
			a.Duplicates += n - 1
		}
	}
	return a
}

// Close gives the subscription up, so that the topic can go without a loss.
func (x *Tail) Close() { _ = x.consumer.Unsubscribe() }
