package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Access is ProducerAccessMode: who else may send to the topic.
type Access uint64

// The access modes.
const (
	// Shared lets others send as well.
	Shared Access = 0
	// Alone is Exclusive: alone on the topic, or ProducerFenced.
	Alone Access = 1
	// Waiting is WaitForExclusive: alone on the topic, once all that came before have gone.
	Waiting Access = 2
	// Fencing is ExclusiveWithFencing: alone on the topic at once; who is on it loses it.
	Fencing Access = 3
)

// Producer sends to a topic. It is safe for use by several goroutines.
type Producer struct {
	c      *Conn
	id     uint64
	name   string
	closed chan struct{}

	mu       sync.Mutex
	err      error
	sequence uint64
	pending  map[uint64]*Receipt
}

// Receipt is the answer to a message that was sent.
type Receipt struct {
	p    *Producer
	done chan struct{}
	at   Position
	err  error
}

// firstPeer is the lowest number of producers and readers; 1 is that of Exclusive.
const firstPeer = producerID + 1

// Produce makes a producer and waits until it may send, which for Waiting is when
// those before have gone, or ctx ends. The properties are shown as the publisher's
// metadata in the topic's statistics. Errors: a *ServerError, ProducerFenced where
// another one has fenced it off while it waited, or of the network.
func (c *Conn) Produce(ctx context.Context, topic string, access Access, properties map[string]string) (*Producer, error) {
	p := &Producer{c: c, closed: make(chan struct{}), pending: map[uint64]*Receipt{}}
	c.mu.Lock()
	p.id = max(c.nextPeer, firstPeer)
	c.nextPeer = p.id + 1
	c.producers[p.id] = p
	c.mu.Unlock()
	a, err := c.call(ctx, kindProducer, func(id uint64) message {
		m := message(nil).text(1, topic).number(2, p.id).number(3, id)
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			m = m.bytes(6, message(nil).text(1, key).text(2, properties[key]))
		}
		return m.flag(9, false).number(10, uint64(access))
	})
	if err != nil {
		c.forget(p.id)
		if CodeOf(err) < 0 && c.Err() == nil {
			// The broker may have it in its queue still, or for ready by now.
			c.dismiss(kindCloseProducer, p.id)
		}
		return nil, err
	}
	p.name = a.fields.text(2)
	return p, nil
}

// Begin sends a message; the receipt tells what became of it.
func (p *Producer) Begin(m Message) *Receipt {
	r := &Receipt{p: p, done: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		r.settle(Position{}, p.err)
		return r
	}
	sequence := p.sequence
	p.sequence++
	p.pending[sequence] = r
	command := message(nil).number(1, p.id).number(2, sequence)
	// Under the lock, so that they go out in the order of their numbers.
	if err := p.c.write(frame(kindSend, command, m.payload(p.name, sequence, time.Now())...)); err != nil {
		delete(p.pending, sequence)
		r.settle(Position{}, err)
		p.c.fail(err)
	}
	return r
}

// Send sends a message and waits until it is stored. A *ServerError other than
// ProducerFenced says that it is not; any other error leaves that open.
func (p *Producer) Send(ctx context.Context, m Message) (Position, error) {
	return p.Begin(m).Wait(ctx)
}

// Wait waits for the answer, until ctx ends; errors are those of Send.
func (r *Receipt) Wait(ctx context.Context) (Position, error) {
	select {
	case <-r.done:
		return r.at, r.err
	case <-r.p.c.closed:
		return Position{}, r.p.c.Err()
	case <-ctx.Done():
		return Position{}, context.Cause(ctx)
	}
}

func (r *Receipt) settle(at Position, err error) {
	r.at, r.err = at, err
	close(r.done)
}

// answered settles the message of a SEND_RECEIPT or SEND_ERROR.
func (p *Producer) answered(f fields, failed bool) {
	p.mu.Lock()
	r := p.pending[f.number(2)]
	delete(p.pending, f.number(2))
	p.mu.Unlock()
	if r == nil {
		return
	}
	if failed {
		r.settle(Position{}, refusal(f.number(3), f.text(4)))
		return
	}
	at, err := parse(f.bytes(3))
	if err != nil {
		r.settle(Position{}, err)
		return
	}
	r.settle(positionOf(at), nil)
}

// errTaken tells that the broker has ended a producer or a reader, because another
// one fenced it off or the topic goes elsewhere.
var errTaken = errors.New("the broker took the topic away")

// end makes everything that waits fail.
func (p *Producer) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	p.err = err
	close(p.closed)
	for sequence, r := range p.pending {
		delete(p.pending, sequence)
		r.settle(Position{}, err)
	}
}

// Closed is closed when the broker has ended the producer, or its connection ended.
func (p *Producer) Closed() <-chan struct{} { return p.closed }

// Close ends the producer and waits until the broker has heard it.
func (p *Producer) Close(ctx context.Context) error {
	p.c.forget(p.id)
	p.end(errClosed)
	_, err := p.c.call(ctx, kindCloseProducer, func(id uint64) message { return message(nil).number(1, p.id).number(2, id) })
	return err
}

// Drop ends the producer without waiting for the broker.
func (p *Producer) Drop() {
	p.c.forget(p.id)
	p.end(errClosed)
	p.c.dismiss(kindCloseProducer, p.id)
}

// dismiss tells the broker that a producer or reader is not wanted, without waiting.
func (c *Conn) dismiss(k kind, peer uint64) {
	c.mu.Lock()
	c.nextID++
	id := c.nextID
	c.mu.Unlock()
	if err := c.write(frame(k, message(nil).number(1, peer).number(2, id))); err != nil {
		c.fail(fmt.Errorf("the connection to the broker ended: %w", err))
	}
}

func (c *Conn) forget(peer uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.producers, peer)
	delete(c.readers, peer)
}

func (c *Conn) producer(id uint64) *Producer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.producers[id]
}
