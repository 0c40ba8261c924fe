package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"
)

// place is a word of the text that was fed: which pass, which line, which word.
type place struct{ pass, line, index int }

// counter reads the increments that the mesh publishes: key=word, value="1".
type counter struct {
	consumer client.Consumer
	lines    [][]string
	// first is the first increment of each place: with those alone counts are exact.
	first map[place]string
	// all counts every increment, so also the ones that came again.
	all map[string]int
	// again is how many came again.
	again int
}

func newCounter(c client.Client, lines [][]string) (*counter, error) {
	// Before anything is fed: a topic keeps nothing for readers that come later.
	consumer, err := c.Subscribe(client.ConsumerOptions{
		Topic: outTopic, SubscriptionName: "demo", Type: client.Exclusive,
		SubscriptionInitialPosition: client.SubscriptionPositionEarliest, ReceiverQueueSize: 5000,
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", outTopic, err)
	}
	return &counter{consumer: consumer, lines: lines, first: map[place]string{}, all: map[string]int{}}, nil
}

// settled is how long nothing may come until the counting is over: what comes
// again after an update comes within moments.
const settled = time.Second

// read reads until every place was counted, and then on until all is quiet. It
// gives up when nothing has come for 20 s.
func (c *counter) read(ctx context.Context, places int) error {
	for {
		patience := settled
		if len(c.first) < places {
			patience = 20 * time.Second
		}
		wait, cancel := context.WithTimeout(ctx, patience)
		msg, err := c.consumer.Receive(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && len(c.first) >= places:
			return nil
		case err != nil:
			return fmt.Errorf("only %d of %d words were counted: %w", len(c.first), places, err)
		}
		if err := c.take(msg.Key(), string(msg.Payload()), msg.Properties()); err != nil {
			return err
		}
		if err := c.consumer.Ack(msg); err != nil {
			return err
		}
	}
}

// take books an increment, and checks that it is one of a word that was fed.
func (c *counter) take(word, value string, properties map[string]string) error {
	pass, line, _ := strings.Cut(properties["sentence"], "-")
	var at place
	var errs [3]error
	at.pass, errs[0] = strconv.Atoi(pass)
	at.line, errs[1] = strconv.Atoi(line)
	at.index, errs[2] = strconv.Atoi(properties["index"])
	if errs != [3]error{} || at.line < 0 || at.line >= len(c.lines) || at.index < 0 || at.index >= len(c.lines[at.line]) || value != "1" {
		return fmt.Errorf("the mesh counted something that was not fed: %q %q %v", word, value, properties)
	}
	if w := c.lines[at.line][at.index]; word != oldForm(w) && word != newForm(w) {
		return fmt.Errorf("the mesh counted %q where %q was fed", word, w)
	}
	c.all[word]++
	if _, ok := c.first[at]; ok {
		c.again++
		return nil
	}
	c.first[at] = word
	return nil
}

// reset forgets all, for the next round.
func (c *counter) reset() {
	clear(c.first)
	clear(c.all)
	c.again = 0
}

// exact counts each place once, in the given form.
func (c *counter) exact(form func(string) string) map[string]int {
	out := map[string]int{}
	for _, word := range c.first {
		out[form(word)]++
	}
	return out
}

// raw counts everything that came, in the given form.
func (c *counter) raw(form func(string) string) map[string]int {
	out := map[string]int{}
	for word, n := range c.all {
		out[form(word)] += n
	}
	return out
}

// by tells how many words were cut by the old code and how many by the new one,
// among those where it shows.
func (c *counter) by() (before, after int) {
	for at, word := range c.first {
		switch fed := c.lines[at.line][at.index]; {
		case oldForm(fed) == newForm(fed):
		case word == oldForm(fed):
			before++
		default:
			after++
		}
	}
	return before, after
}
