package wire

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Location is where a topic is served.
type Location struct {
	// URL and URLTLS are the broker's, pulsar://host:port and pulsar+ssl://host:port; "" if it has none.
	URL, URLTLS string
	// Again tells that the broker there has to be asked once more, with Authoritative as given.
	Again         bool
	Authoritative bool
	// Proxied tells that the broker is reached through the address that was asked.
	Proxied bool
}

// Lookup asks which broker serves a topic. Errors are *ServerError, such as
// MetadataError for a namespace that does not exist, or of the network.
func (c *Conn) Lookup(ctx context.Context, topic string, authoritative bool) (Location, error) {
	a, err := c.call(ctx, kindLookup, func(id uint64) message {
		return message(nil).text(1, topic).number(2, id).flag(3, authoritative)
	})
	if err != nil {
		return Location{}, err
	}
	const redirect, failed = 0, 2
	if a.fields.number(3) == failed {
		return Location{}, refusal(a.fields.number(6), a.fields.text(7))
	}
	return Location{
		URL: a.fields.text(1), URLTLS: a.fields.text(2), Proxied: a.fields.number(8) != 0,
		Again: a.fields.number(3) == redirect, Authoritative: a.fields.number(5) != 0,
	}, nil
}

// producerID is that of the one producer of a connection.
const producerID = 1

// Exclusive takes the topic for itself: as long as the connection stands no
// other producer gets onto it. epoch is what brokers compare: a producer with a
// lower one than the topic has seen is refused; nil lets the broker count. It
// returns the topic's epoch. The properties are shown as the publisher's
// metadata in the topic's statistics.
//
// A topic that is taken, or an epoch that is too low, is the ServerError
// ProducerFenced (AbstractTopic.incrementTopicEpochIfNeeded).
func (c *Conn) Exclusive(ctx context.Context, topic string, epoch *uint64, properties map[string]string) (uint64, error) {
	const exclusive = 1
	a, err := c.call(ctx, kindProducer, func(id uint64) message {
		m := message(nil).text(1, topic).number(2, producerID).number(3, id)
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			m = m.bytes(6, message(nil).text(1, key).text(2, properties[key]))
		}
		m = m.flag(9, false).number(10, exclusive)
		if epoch != nil {
			m = m.number(11, *epoch)
		}
		return m
	})
	return a.fields.number(5), err
}

// Release gives the topic back and waits until the broker has heard it.
func (c *Conn) Release(ctx context.Context) error {
	_, err := c.call(ctx, kindCloseProducer, func(id uint64) message {
		return message(nil).number(1, producerID).number(2, id)
	})
	return err
}

// Prove asks for a sign of life, after an empty message of Exclusive's producer: of one
// that was fenced off the broker takes no message, and closes the connection
// (ServerCnx.handleSend). Nobody but that tells a producer that it was fenced off.
func (c *Conn) Prove(ctx context.Context) error {
	c.mu.Lock()
	sequence := c.proofs
	c.proofs++
	c.mu.Unlock()
	command := message(nil).number(1, producerID).number(2, sequence)
	if err := c.write(frame(kindSend, command, Message{Payload: []byte{}}.payload("", sequence, time.Now())...)); err != nil {
		c.fail(err)
		return err
	}
	return c.Ping(ctx)
}

// Ping asks for a sign of life and waits for it, until ctx ends.
func (c *Conn) Ping(ctx context.Context) error {
	pong := make(chan struct{})
	c.mu.Lock()
	c.pongs = append(c.pongs, pong)
	c.mu.Unlock()
	if err := c.write(frame(kindPing, nil)); err != nil {
		c.fail(err)
		return err
	}
	select {
	case <-pong:
		return nil
	case <-c.closed:
		return c.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// pong wakes who waited longest: brokers answer in order.
func (c *Conn) pong() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pongs) > 0 {
		close(c.pongs[0])
		c.pongs = c.pongs[1:]
	}
}
