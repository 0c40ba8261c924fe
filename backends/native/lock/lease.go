package lock

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
)

func randomNumber() uint64 { return rand.Uint64() }

// Lease is a lock that was taken. It is safe for use by several goroutines.
type Lease struct {
	o     Options
	epoch uint64
	end   context.CancelFunc
	ended chan struct{}
	lost  chan struct{}

	mu sync.Mutex
	// conn is nil while the lock is not held for sure; change is closed when that changes.
	conn   *wire.Conn
	change chan struct{}
	err    error
}

func keep(o Options, c *wire.Conn, epoch uint64) *Lease {
	ctx, end := context.WithCancel(context.Background())
	l := &Lease{o: o, epoch: epoch, end: end, ended: make(chan struct{}), lost: make(chan struct{}),
		conn: c, change: make(chan struct{})}
	go l.watch(ctx)
	return l
}

// Lost is closed when the lock cannot be had back: another one has or had it, or
// no broker could be reached for Options.Patience. Err tells which.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Err tells why the lock was lost: a *HeldError, ErrMeanwhile, or why it could
// not be had back; nil while it is not.
func (l *Lease) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Ready returns nil when the broker has just confirmed that the lock is held. It
// waits while the connection is made anew. The errors are Err's and ctx's.
func (l *Lease) Ready(ctx context.Context) error {
	for {
		l.mu.Lock()
		c, change, err := l.conn, l.change, l.err
		l.mu.Unlock()
		switch {
		case err != nil:
			return err
		case c != nil:
			// It costs one way to the broker and back, which is little beside a write.
			// beat takes the connection away when there is no answer.
			if l.beat(ctx, c) {
				return nil
			}
		default:
			select {
			case <-change:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// Release gives the lock back. The broker frees it also when it cannot be told.
func (l *Lease) Release() {
	l.end()
	<-l.ended
	l.mu.Lock()
	c := l.conn
	l.mu.Unlock()
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Release(ctx)
	c.Close()
}

// silence is how long a broker may take for a sign of life. It is more than a
// pause of its garbage collector, and less than it waits for us.
const silence = 5 * time.Second

// watch keeps the lock until it is released or lost.
func (l *Lease) watch(ctx context.Context) {
	defer close(l.ended)
	beat := time.NewTicker(l.o.Beat)
	defer beat.Stop()
	for {
		l.mu.Lock()
		c := l.conn
		l.mu.Unlock()
		if c == nil {
			if !l.regain(ctx) {
				return
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-c.Closed():
			l.drop(c)
		case <-beat.C:
			l.beat(ctx, c)
		}
	}
}

// beat asks for a sign of life and that the lock is held still. A connection that gives
// none is dropped.
func (l *Lease) beat(ctx context.Context, c *wire.Conn) bool {
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	if err := c.Prove(bounded); err == nil {
		return true
	}
	if ctx.Err() == nil {
		l.drop(c)
	}
	return false
}

// drop closes a connection, after which the lock is not ours for sure.
func (l *Lease) drop(c *wire.Conn) {
	c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == c {
		l.conn = nil
		l.turn()
	}
}

// turn wakes those who wait for a change; mu is held.
func (l *Lease) turn() {
	close(l.change)
	l.change = make(chan struct{})
}

// regain takes the lock again after its connection was lost. It returns false
// when the lease is over.
func (l *Lease) regain(ctx context.Context) bool {
	deadline := time.Now().Add(l.o.Patience)
	var last error
	nobody := 0
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		c, err := l.again(ctx)
		switch {
		case ctx.Err() != nil:
			if c != nil {
				c.Close()
			}
			return false
		case err == nil:
			l.mu.Lock()
			l.conn = c
			l.turn()
			l.mu.Unlock()
			return true
		case errors.As(err, new(*HeldError)):
			l.lose(err)
			return false
		}
		// Once may be our own old connection, which went between two questions.
		if nobody++; !errors.Is(err, errNobody) {
			nobody = 0
		} else if nobody > 1 {
			l.lose(ErrMeanwhile)
			return false
		}
		last = err
		if time.Now().After(deadline) {
			l.lose(fmt.Errorf("the lock could not be had back within %v: %w", l.o.Patience, last))
			return false
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
}

func (l *Lease) lose(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.turn()
	close(l.lost)
}

// errNobody tells that we are refused and nobody has the lock: the epoch has moved on.
var errNobody = errors.New("the broker refuses a lock that nobody holds")

// errGhost tells that the broker still holds our own lost connection for alive.
var errGhost = errors.New("the broker has not noticed yet that the connection ended")

// again connects anew and takes the lock under its old epoch.
func (l *Lease) again(ctx context.Context) (*wire.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	c, _, err := l.o.exclusive(ctx, &l.epoch)
	if err == nil {
		return c, nil
	}
	if code := wire.CodeOf(err); code != wire.ProducerFenced && code != wire.ProducerBusy {
		return nil, err
	}
	holder, lookErr := l.o.Look(ctx)
	switch {
	case lookErr != nil:
		// Ourselves or another: it shows when the broker has noticed.
		return nil, fmt.Errorf("%w, and who holds it cannot be seen: %w", err, lookErr)
	case holder == nil:
		return nil, errNobody
	case holder[idKey] == l.o.Holder[idKey]:
		return nil, errGhost
	}
	return nil, &HeldError{Holder: holder}
}
