package wire

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
)

// ReaderOptions say what a Reader reads.
type ReaderOptions struct {
	// From is the position that reading begins with, whether there is a message or not.
	From Position
	// Compacted leaves out, where the topic has been compacted, what has a newer
	// message of its key there.
	Compacted bool
	// Largest bounds a message, with its metadata, in bytes: larger ones are told as damaged.
	Largest int
	// Ahead is how many messages the broker may send before they are asked for; 0 is 1,000.
	Ahead int
}

// Reader reads a topic from a place on, and leaves no trace (a non-durable
// subscription). Next is for one goroutine at a time.
type Reader struct {
	c       *Conn
	id      uint64
	largest int
	ahead   uint64
	taken   uint64
	in      chan Received
	closed  chan struct{}
	// active is told who of a failover subscription is the active one; see Join.
	active func(bool)

	mu  sync.Mutex
	err error
}

// waiting bounds what is read from the connection and not yet asked for.
const waiting = 64

// Read makes a reader. Errors: a *ServerError, or of the network.
func (c *Conn) Read(ctx context.Context, topic string, o ReaderOptions) (*Reader, error) {
	if o.Ahead <= 0 {
		o.Ahead = 1000
	}
	r := &Reader{c: c, largest: o.Largest, ahead: uint64(o.Ahead), in: make(chan Received, waiting), closed: make(chan struct{})}
	c.mu.Lock()
	r.id = max(c.nextPeer, firstPeer)
	c.nextPeer = r.id + 1
	c.readers[r.id] = r
	c.mu.Unlock()
	_, err := c.call(ctx, kindSubscribe, func(id uint64) message {
		const exclusive = 0
		return message(nil).text(1, topic).text(2, fmt.Sprintf("meshc-%x", rand.Uint64())).number(3, exclusive).
			number(4, r.id).number(5, id).flag(8, false).bytes(9, o.From.message()).flag(11, o.Compacted)
	})
	if err == nil {
		err = r.permit(r.ahead)
	}
	if err != nil {
		c.forget(r.id)
		if CodeOf(err) < 0 && c.Err() == nil {
			c.dismiss(kindCloseConsumer, r.id)
		}
		return nil, err
	}
	return r, nil
}

func (r *Reader) permit(n uint64) error {
	return r.c.write(frame(kindFlow, message(nil).number(1, r.id).number(2, n)))
}

// Next waits for the next message. Errors: why the broker ended the reader or the
// connection, or the cause of ctx's end.
func (r *Reader) Next(ctx context.Context) (Received, error) {
	var m Received
	select {
	case m = <-r.in:
	default:
		select {
		case m = <-r.in:
		case <-r.closed:
			return Received{}, r.why()
		case <-ctx.Done():
			return Received{}, context.Cause(ctx)
		}
	}
	if r.taken += m.permits; r.taken >= max(r.ahead/2, 1) {
		n := r.taken
		r.taken = 0
		if err := r.permit(n); err != nil {
			r.c.fail(err)
		}
	}
	return m, nil
}

// Last asks for the position of the topic's newest message that a reader gets;
// Entry is negative where there is none.
func (r *Reader) Last(ctx context.Context) (Position, error) {
	a, err := r.c.call(ctx, kindLastMessage, func(id uint64) message { return message(nil).number(1, r.id).number(2, id) })
	if err != nil {
		return Position{}, err
	}
	at, err := parse(a.fields.bytes(1))
	return positionOf(at), err
}

// Close ends the reader and waits until the broker has heard it.
func (r *Reader) Close(ctx context.Context) error {
	r.c.forget(r.id)
	r.end(errClosed)
	_, err := r.c.call(ctx, kindCloseConsumer, func(id uint64) message { return message(nil).number(1, r.id).number(2, id) })
	return err
}

// Drop ends the reader without waiting for the broker.
func (r *Reader) Drop() {
	r.c.forget(r.id)
	r.end(errClosed)
	r.c.dismiss(kindCloseConsumer, r.id)
}

// Closed is closed when the broker has ended the reader, or its connection ended.
func (r *Reader) Closed() <-chan struct{} { return r.closed }

func (r *Reader) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
		close(r.closed)
	}
}

func (r *Reader) why() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// deliver hands a message to who reads; the connection waits with it, as the bound of memory.
func (r *Reader) deliver(m Received) {
	select {
	case r.in <- m:
	case <-r.closed:
	}
}

func (c *Conn) reader(id uint64) *Reader {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.readers[id]
}

// Ended tells why the reader ended; nil while it has not.
func (r *Reader) Ended() error { return r.why() }
