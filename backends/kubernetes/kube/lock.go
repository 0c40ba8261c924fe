package kube

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// LockOptions say which lock is meant. Namespace, Name and Holder are needed.
type LockOptions struct {
	Namespace, Name string
	// Holder is told to those who come later: annotations meshc/KEY of the Lease.
	// Its "user", "host" and "process" make the holderIdentity that kubectl shows.
	Holder map[string]string
	// Labels are put on the Lease.
	Labels map[string]string
	// Duration is how long a holder that gives no sign of life keeps the lock, in
	// whole seconds and 3 s at least; 0 is 15 s, as Kubernetes' own components have it.
	Duration time.Duration
	// Renew is how often the holder gives a sign; 0 is a third of Duration.
	Renew time.Duration
	// Patience is how long a holder whose signs do not get through tries on before
	// the lock counts as lost; 0 is half a minute, as long as reads are repeated.
	Patience time.Duration
}

// HeldError tells that another one has the lock.
type HeldError struct {
	// Holder is what he said of himself, by the keys of LockOptions.Holder.
	Holder map[string]string
	// Identity is the holderIdentity of the Lease, Since its acquireTime.
	Identity string
	Since    time.Time
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("%q holds the lock since %s", clean(e.Identity), e.Since.UTC().Format(time.RFC3339))
}

// ErrMeanwhile tells that another one had the lock while this one could not renew
// it, or that someone deleted it.
var ErrMeanwhile = errors.New("another run had the lock meanwhile")

const marks = "meshc/"

// Lock takes a lock or tells who has it; it does not wait. The lock is a Lease
// (coordination.k8s.io/v1), which is deleted when it is given back. One whose holder
// was killed is free after its Duration; all times are by the clock of the API
// server, so that clocks of runs may differ. Errors: *HeldError, *NotFound with
// NoNamespace, *Forbidden and those of all writes.
func (c *Client) Lock(ctx context.Context, o LockOptions) (*Lease, error) {
	if o.Duration <= 0 {
		o.Duration = 15 * time.Second
	}
	if o.Renew <= 0 {
		o.Renew = o.Duration / 3
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	l := &Lease{client: c, o: o, ref: Ref{Leases, o.Namespace, o.Name}, identity: identity(o.Holder),
		ended: make(chan struct{}), lost: make(chan struct{}), change: make(chan struct{})}
	// A lock that is given back between two questions is asked for again.
	for try := 1; ; try++ {
		err := l.take(ctx)
		if err == nil {
			l.keep()
			return l, nil
		}
		if try == 5 || !IsMoved(err) && !IsExists(err) && !IsNotFound(err) || noPlace(err) {
			return nil, err
		}
	}
}

func noPlace(err error) bool {
	var e *NotFound
	return errors.As(err, &e) && (e.NoNamespace || e.NoKind)
}

// identity names a holder for people, and with a number of its own for itself.
func identity(holder map[string]string) string {
	who := holder["user"]
	if holder["host"] != "" {
		who += "@" + holder["host"]
	}
	return strings.Join([]string{who, holder["process"], fmt.Sprintf("%08x", rand.Uint32())}, "/")
}

// take makes the Lease, or takes over one whose time is over.
func (l *Lease) take(ctx context.Context) error {
	if !l.client.clock.known() {
		if _, _, err := l.client.getAt(ctx, l.ref); err != nil && !IsNotFound(err) {
			return err
		}
	}
	now := l.client.clock.now()
	o := Leases.New(l.o.Namespace, l.o.Name)
	begin := time.Now()
	w, err := l.client.Create(ctx, Leases, l.fill(o, now, now), Options{})
	if err == nil {
		l.renewed(w.Object, begin)
		return nil
	}
	var unknown *Unknown
	if !IsExists(err) && !errors.As(err, &unknown) {
		return err
	}
	found, a, readErr := l.client.getAt(ctx, l.ref)
	if readErr != nil {
		if IsNotFound(readErr) && !IsExists(err) {
			return err
		}
		return readErr
	}
	if found.Text("spec", "holderIdentity") == l.identity {
		l.renewed(found, begin) // the answer was lost
		return nil
	}
	if !expired(found, a) {
		return heldBy(found)
	}
	now = l.client.clock.now()
	begin = time.Now()
	w, err = l.client.Update(ctx, Leases, l.fill(found, now, now), Options{})
	if err == nil {
		l.renewed(w.Object, begin)
	}
	return err
}

// fill writes what the holder says into a Lease.
func (l *Lease) fill(o Object, acquired, renewed time.Time) Object {
	const micro = "2006-01-02T15:04:05.000000Z07:00" // metav1.MicroTime
	transitions := o.Int("spec", "leaseTransitions")
	if held := o.Text("spec", "holderIdentity"); held != "" && held != l.identity {
		transitions++
	}
	o["spec"] = map[string]any{
		"holderIdentity":       l.identity,
		"leaseDurationSeconds": int64(max(1, (l.o.Duration+time.Second-1)/time.Second)),
		"acquireTime":          acquired.UTC().Format(micro),
		"renewTime":            renewed.UTC().Format(micro),
		"leaseTransitions":     transitions,
	}
	annotations := map[string]any{}
	for k, v := range l.o.Holder {
		annotations[marks+k] = v
	}
	labels := map[string]any{}
	for k, v := range l.o.Labels {
		labels[k] = v
	}
	meta := o.Map("metadata")
	meta["annotations"], meta["labels"] = annotations, labels
	delete(meta, "managedFields")
	l.acquired = acquired
	return o
}

// expired tells whether a Lease's holder has given no sign for its duration, by the
// server's clock, which HTTP tells in whole seconds.
func expired(o Object, a answer) bool {
	if o.Text("spec", "holderIdentity") == "" {
		return true
	}
	renewed := parseTime(o.Text("spec", "renewTime"))
	duration := time.Duration(o.Int("spec", "leaseDurationSeconds")) * time.Second
	now := a.date
	if now.IsZero() {
		now = time.Now()
	}
	return now.After(renewed.Add(duration + time.Second))
}

func heldBy(o Object) *HeldError {
	e := &HeldError{Holder: map[string]string{}, Identity: o.Text("spec", "holderIdentity"), Since: parseTime(o.Text("spec", "acquireTime"))}
	for k, v := range o.Map("metadata", "annotations") {
		if key, ours := strings.CutPrefix(k, marks); ours {
			e.Holder[key], _ = v.(string)
		}
	}
	return e
}

// getAt is Get with what the answer says of the time.
func (c *Client) getAt(ctx context.Context, r Ref) (Object, answer, error) {
	var o Object
	a, err := c.do(ctx, request{op: Op{Verb: "get", Ref: r}, method: http.MethodGet, path: pathOf(r.Resource, r.Namespace, r.Name, ""), repeat: always, into: &o})
	return o, a, err
}

// Holder tells who has a lock, without taking it; nil for nobody. Errors: those of reads.
func (c *Client) Holder(ctx context.Context, namespace, name string) (*HeldError, error) {
	found, a, err := c.getAt(ctx, Ref{Leases, namespace, name})
	switch {
	case IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case expired(found, a):
		return nil, nil
	}
	return heldBy(found), nil
}

// Evict deletes the Lease of a lock, so that its holder has lost it; one that is not
// there is fine. Errors: those of all writes.
func (c *Client) Evict(ctx context.Context, namespace, name string) error {
	err := c.Delete(ctx, Ref{Leases, namespace, name}, Deletion{})
	if IsNotFound(err) {
		return nil
	}
	return err
}
