package kube

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Lease is a lock that was taken. It is safe for use by several goroutines.
type Lease struct {
	client   *Client
	o        LockOptions
	ref      Ref
	identity string
	acquired time.Time

	end   context.CancelFunc
	ended chan struct{}
	lost  chan struct{}

	mu sync.Mutex
	// until is how long nobody else can have taken the lock, by our monotonic clock.
	until time.Time
	// object is the Lease as it was stored last; change is closed when until moves.
	object Object
	change chan struct{}
	err    error
}

// margin is what a holder takes off the end of its time, for the way of its writes
// and the whole seconds of the server's clock. Others add a second on their side.
const margin = time.Second

// Lost is closed when the lock cannot be had back: another one has or had it, or
// the server took no sign for LockOptions.Patience. Err tells which.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Err tells why the lock was lost: a *HeldError, ErrMeanwhile, or why it could not
// be renewed; nil while it is not.
func (l *Lease) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Ready returns nil while nobody else can have taken the lock, which costs no
// request. It waits while that is not certain. The errors are Err's and ctx's.
func (l *Lease) Ready(ctx context.Context) error {
	for {
		l.mu.Lock()
		until, change, err := l.until, l.change, l.err
		l.mu.Unlock()
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case time.Now().Before(until):
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
		}
	}
}

// Release gives the lock back by deleting its Lease. When that fails it is free
// after its Duration.
func (l *Lease) Release() {
	l.end()
	<-l.ended
	l.mu.Lock()
	o, err := l.object, l.err
	l.mu.Unlock()
	if err != nil {
		return // it is another's
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err = l.client.Delete(ctx, l.ref, Deletion{UID: o.UID(), Version: o.Version()})
	if !IsMoved(err) {
		return
	}
	// The end may have cut a sign of ours short that got through all the same.
	found, _, err := l.client.getAt(ctx, l.ref)
	if err == nil && found.Text("spec", "holderIdentity") == l.identity {
		_ = l.client.Delete(ctx, l.ref, Deletion{UID: found.UID(), Version: found.Version()})
	}
}

// keep renews the lock until it is given back or lost.
func (l *Lease) keep() {
	ctx, end := context.WithCancel(context.Background())
	l.end = end
	go func() {
		defer close(l.ended)
		beat := time.NewTicker(l.o.Renew)
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
				if !l.renew(ctx) {
					return
				}
			}
		}
	}()
}

// renew gives a sign of life, again and again until one gets through. It returns
// false when the lease is over.
func (l *Lease) renew(ctx context.Context) bool {
	deadline := time.Now().Add(l.o.Patience)
	for pause := l.o.Renew / 20; ; pause = min(2*pause, l.o.Renew) {
		err := l.sign(ctx)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		if errors.As(err, new(*HeldError)) || errors.Is(err, ErrMeanwhile) {
			l.lose(err)
			return false
		}
		if time.Now().After(deadline) {
			l.lose(fmt.Errorf("it could not be renewed for %v: %w", l.o.Patience, err))
			return false
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// sign writes the time into the Lease, if it is still ours.
func (l *Lease) sign(ctx context.Context) error {
	l.mu.Lock()
	o := l.object
	l.mu.Unlock()
	// A server that hangs must not keep us from asking it again.
	ctx, cancel := context.WithTimeout(ctx, l.o.Renew)
	defer cancel()
	begin := time.Now()
	w, err := l.client.update(ctx, Leases, l.fill(o, l.acquired, l.client.clock.now()), Options{}, never)
	if err == nil {
		l.renewed(w.Object, begin)
		return nil
	}
	if !IsMoved(err) && !IsNotFound(err) {
		return err
	}
	// Either an earlier sign of ours got through and its answer did not, or another
	// one has written.
	found, _, readErr := l.client.getAt(ctx, l.ref)
	switch {
	case IsNotFound(readErr):
		return ErrMeanwhile
	case readErr != nil:
		return readErr
	case found.Text("spec", "holderIdentity") != l.identity:
		return heldBy(found)
	}
	l.mu.Lock()
	l.object = found
	l.mu.Unlock()
	return err // with this version the next sign gets through
}

// renewed books that the lock is ours for its duration, counted from before the
// request was sent.
func (l *Lease) renewed(o Object, begin time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.object, l.until = o, begin.Add(l.o.Duration-margin)
	l.turn()
}

func (l *Lease) lose(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.turn()
	close(l.lost)
}

// turn wakes those who wait for a change; mu is held.
func (l *Lease) turn() {
	close(l.change)
	l.change = make(chan struct{})
}
