package apply

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// gate bounds the writes in the air. A small broker blocks for a minute when too
// many creates or updates reach it at once, so the bound is halved on each sign
// of that and grows back by one after as many good writes as it lets in.
type gate struct {
	mu     sync.Mutex
	most   int
	bound  int
	inside int
	good   int
	// waiting are sorted by place.
	waiting []waiter
}

// waiter is a step that waits at the gate; the one of the lowest place is next.
type waiter struct {
	place int
	turn  chan struct{}
}

func newGate(most int) *gate { return &gate{most: most, bound: most} }

// enter waits to be let in; an ended ctx gives its error. Of those that wait, the
// one whose place in the plan is the lowest comes first.
func (g *gate) enter(ctx context.Context, place int) error {
	g.mu.Lock()
	if ctx.Err() == nil && g.inside < g.bound && len(g.waiting) == 0 {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	i, _ := slices.BinarySearchFunc(g.waiting, place, func(w waiter, p int) int { return cmp.Compare(w.place, p) })
	g.waiting = slices.Insert(g.waiting, i, waiter{place, turn})
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		g.giveUp(turn)
		return ctx.Err()
	}
}

// leave gives a place back; overload tells that the cluster had too many.
func (g *gate) leave(overload bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if overload {
		g.bound, g.good = max(1, g.bound/2), 0
	} else if g.good++; g.good >= g.bound && g.bound < g.most {
		g.bound, g.good = g.bound+1, 0
	}
	g.admit()
}

// giveUp stops waiting, or leaves again where it was let in at the same moment.
func (g *gate) giveUp(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w.turn == turn {
			g.waiting = slices.Delete(g.waiting, i, i+1)
			return
		}
	}
	g.inside--
	g.admit()
}

func (g *gate) admit() {
	for len(g.waiting) > 0 && g.inside < g.bound {
		close(g.waiting[0].turn)
		g.waiting = g.waiting[1:]
		g.inside++
	}
}
