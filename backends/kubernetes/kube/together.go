package kube

import (
	"context"
	"sync"
	"time"
)

// Together answers reads that many ask at the same time by few lists: a thousand
// components that are waited for are a thousand questions about one kind. Each answer
// is from a moment after its question. It is safe for use by several goroutines.
type Together struct {
	client *Client
	mu     sync.Mutex
	rounds map[roundKey]*rounds
}

type roundKey struct {
	resource  Resource
	namespace string
	selector  Selector
}

// NewTogether makes one for a client.
func NewTogether(c *Client) *Together {
	return &Together{client: c, rounds: map[roundKey]*rounds{}}
}

// Get is [Client.Get]; the object may be shared with others and must not be changed.
func (t *Together) Get(ctx context.Context, r Ref) (Object, error) {
	of := t.of(roundKey{resource: r.Resource, namespace: r.Namespace})
	leave, crowd := of.enter()
	defer leave()
	if !crowd {
		return t.client.Get(ctx, r)
	}
	l, err := of.next(ctx)
	if err != nil {
		return nil, err
	}
	if o, there := l.byName[r.Name]; there {
		return o, nil
	}
	return nil, &NotFound{Op: Op{Verb: "get", Ref: r}}
}

// Labelled returns the objects of a kind whose label has a value. They are shared with
// others and must not be changed.
func (t *Together) Labelled(ctx context.Context, r Resource, namespace, label, value string) ([]Object, error) {
	of := t.of(roundKey{r, namespace, Selector{Labels: label}})
	leave, crowd := of.enter()
	defer leave()
	if !crowd {
		l, err := t.client.List(ctx, r, namespace, Selector{Labels: label + "=" + value})
		return l.Items, err
	}
	l, err := of.next(ctx)
	var out []Object
	for _, o := range l.Items {
		if o.Label(label) == value {
			out = append(out, o)
		}
	}
	return out, err
}

func (t *Together) of(key roundKey) *rounds {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.rounds[key]
	if of == nil {
		of = &rounds{list: func(ctx context.Context) (Listed, error) {
			return t.client.List(ctx, key.resource, key.namespace, key.selector)
		}}
		t.rounds[key] = of
	}
	return of
}

// rounds are lists of one kind, one after the other.
type rounds struct {
	list func(context.Context) (Listed, error)

	mu sync.Mutex
	// asking are the questions that wait for an answer.
	asking int
	// coming is the round that new questions join; nil when nobody waits for one.
	coming *round
	// busy tells that a round is under way; rest is until when the server has a rest.
	busy bool
	rest time.Time
}

// round is one list, and all who wait for it.
type round struct {
	done   chan struct{}
	result indexed
	err    error
}

type indexed struct {
	Listed
	byName map[string]Object
}

// few is how many questions at a time are asked one by one. More of them would take
// the server's time from writes, even where a list costs it more.
const few = 8

// enter counts a question, and tells whether there are so many that they are asked together.
func (r *rounds) enter() (leave func(), crowd bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asking++
	crowd = r.asking > few
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asking--
	}, crowd
}

// next waits for a list that begins after now.
func (r *rounds) next(ctx context.Context) (indexed, error) {
	r.mu.Lock()
	if r.coming == nil {
		r.coming = &round{done: make(chan struct{})}
		if !r.busy {
			r.busy = true
			// Whoever asked first may go away; the others are still there.
			go r.run(context.WithoutCancel(ctx))
		}
	}
	mine := r.coming
	r.mu.Unlock()
	select {
	case <-mine.done:
		return mine.result, mine.err
	case <-ctx.Done():
		return indexed{}, context.Cause(ctx)
	}
}

// run makes rounds while someone waits for one. Between two the server has a rest,
// which others use and in which questions gather.
func (r *rounds) run(ctx context.Context) {
	for {
		r.mu.Lock()
		if r.busy = r.coming != nil; !r.busy {
			r.mu.Unlock()
			return
		}
		rest := time.Until(r.rest)
		r.mu.Unlock()
		time.Sleep(rest)
		r.mu.Lock()
		now := r.coming
		r.coming = nil
		r.mu.Unlock()
		begin := time.Now()
		now.result.Listed, now.err = r.list(ctx)
		now.result.byName = make(map[string]Object, len(now.result.Items))
		for _, o := range now.result.Items {
			now.result.byName[o.Name()] = o
		}
		r.mu.Lock()
		r.rest = time.Now().Add(min(restOf*time.Since(begin), longestRest))
		r.mu.Unlock()
		close(now.done)
	}
}

// A list that took long is followed by a rest that is this many times as long, so that
// lists take a fifth of the time, but by no more than longestRest.
const (
	restOf      = 4
	longestRest = 2 * time.Second
)
