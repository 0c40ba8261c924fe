package lock

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/wire"
)

// Options say which lock is meant and how to get to it. All but Beat and Patience are needed.
type Options struct {
	// Topic is the lock's own, such as non-persistent://tenant/namespace/name.
	Topic string
	// Holder is told to those who come later, as the producer's metadata.
	Holder map[string]string
	// Settings say how to connect, and which hosts may get the credentials.
	Settings conn.Settings
	// Locate asks the web service which broker serves the topic: its URLs in the
	// clear and encrypted, "" for none. Its errors are returned as they are.
	Locate func(ctx context.Context) (url, urlTLS string, err error)
	// Make makes the topic, for brokers that say that it is not there. Its errors are
	// returned as they are.
	Make func(ctx context.Context) error
	// Look returns the metadata of who holds the topic, nil for nobody.
	Look func(ctx context.Context) (map[string]string, error)
	// Beat is how often the broker is asked for a sign of life; 0 is a second.
	Beat time.Duration
	// Patience is how long a lease without a connection is tried to be had again
	// before it counts as lost; 0 is half a minute, as long as writes wait for a
	// cluster that cannot be reached.
	Patience time.Duration
}

// HeldError tells that another one has the lock.
type HeldError struct {
	// Holder is what he said of himself; nil if that could not be seen.
	Holder map[string]string
}

// Error implements error.
func (e *HeldError) Error() string { return "another run holds the lock" }

// Unauthorized tells whether err is a broker's word that the credentials are not
// taken or a right is missing.
func Unauthorized(err error) bool {
	code := wire.CodeOf(err)
	return code == wire.AuthorizationError || code == wire.AuthenticationError
}

// ErrMeanwhile tells that another one had the lock while this one was away.
var ErrMeanwhile = errors.New("another run had the lock meanwhile")

// idKey is the metadata by which a lease knows itself.
const idKey = "lease"

// Take takes the lock or tells who has it; it does not wait. Errors: a
// *HeldError, those of Options.Locate, a *Unreachable, a *conn.RefusedError or a
// *wire.ServerError such as AuthorizationError.
func Take(ctx context.Context, o Options) (*Lease, error) {
	if o.Beat <= 0 {
		o.Beat = time.Second
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second // as long as writes wait for a cluster that is gone
	}
	now := time.Now()
	id := fmt.Sprintf("%x-%x", now.UnixNano(), randomNumber())
	o.Holder = maps.Clone(o.Holder)
	if o.Holder == nil {
		o.Holder = map[string]string{}
	}
	o.Holder[idKey] = id
	epoch := uint64(now.UnixMilli())
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		c, got, err := o.take(ctx, &epoch)
		if err == nil {
			return keep(o, c, got), nil
		}
		if wire.CodeOf(err) != wire.ServiceNotReady || wait > longestWait {
			return nil, o.refused(ctx, err)
		}
		// The topic is on its way to another broker.
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// longestWait is the last pause before a topic that no broker serves is an error.
const longestWait = 3 * time.Second

// take connects and takes the lock for the first time.
func (o Options) take(ctx context.Context, epoch *uint64) (*wire.Conn, uint64, error) {
	c, got, err := o.exclusive(ctx, epoch)
	if wire.CodeOf(err) == wire.ProducerFenced {
		// The clock of the last holder may be ahead of ours: let the broker count on.
		return o.exclusive(ctx, nil)
	}
	return c, got, err
}

// exclusive connects and becomes the topic's only producer.
func (o Options) exclusive(ctx context.Context, epoch *uint64) (*wire.Conn, uint64, error) {
	for made := false; ; made = true {
		c, err := o.Connect(ctx)
		if err == nil {
			var got uint64
			if got, err = c.Exclusive(ctx, o.Topic, epoch, o.Holder); err == nil {
				return c, got, nil
			}
			c.Close()
		}
		if wire.CodeOf(err) != wire.TopicNotFound || made {
			return nil, 0, err
		}
		if err := o.Make(ctx); err != nil {
			return nil, 0, err
		}
	}
}

// refused makes a broker's word that the topic is taken a *HeldError.
func (o Options) refused(ctx context.Context, err error) error {
	if code := wire.CodeOf(err); code != wire.ProducerFenced && code != wire.ProducerBusy {
		return err
	}
	// That somebody has it is certain; who, only nice to know.
	holder, _ := o.Look(ctx)
	return &HeldError{Holder: holder}
}
