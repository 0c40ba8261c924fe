package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"
	"github.com/apache/pulsar-client-go/pulsar/log"
)

const (
	inTopic  = "persistent://public/default/sentences"
	outTopic = "persistent://public/default/counts"
)

func dial(brokerURL string) (client.Client, error) {
	return client.NewClient(client.ClientOptions{
		URL: brokerURL, Logger: log.NewLoggerWithSlog(slog.New(slog.NewTextHandler(io.Discard, nil))),
	})
}

// feeder writes the text to the topic of sentences, again and again.
type feeder struct {
	producer client.Producer
	lines    [][]string
	// passes counts how often the text was begun.
	passes int
	// sent counts the lines that the broker has confirmed.
	sent atomic.Int64
}

func newFeeder(c client.Client, lines [][]string) (*feeder, error) {
	// The schema matters: a topic that was written as plain bytes keeps a
	// function that reads text from starting.
	p, err := c.CreateProducer(client.ProducerOptions{Topic: inTopic, Schema: client.NewStringSchema(nil), MaxPendingMessages: 1000})
	if err != nil {
		return nil, fmt.Errorf("writing to %s: %w", inTopic, err)
	}
	return &feeder{producer: p, lines: lines}, nil
}

// pass writes the text once; rate bounds the lines a second, 0 does not. Each
// line carries an id of its own, which tells one that comes twice from two.
func (f *feeder) pass(ctx context.Context, rate int) error {
	pass := f.passes
	f.passes++
	failed := make(chan error, 1)
	begin := time.Now()
	for i, words := range f.lines {
		if rate > 0 {
			time.Sleep(time.Duration(i)*time.Second/time.Duration(rate) - time.Since(begin))
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f.producer.SendAsync(ctx, &client.ProducerMessage{
			Value: strings.Join(words, " "), Properties: map[string]string{"id": fmt.Sprintf("%d-%d", pass, i)},
		}, func(_ client.MessageID, _ *client.ProducerMessage, err error) {
			if err == nil {
				f.sent.Add(1)
				return
			}
			select {
			case failed <- err:
			default:
			}
		})
	}
	if err := f.producer.FlushWithCtx(ctx); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return fmt.Errorf("a line was not taken by the broker: %w", err)
	default:
		return nil
	}
}
