package apply

import (
	"context"
	"sync"
)

// gate bounds the writes in flight. A small broker blocks for a minute when too
// many creates or updates reach it at once, so the bound is halved on each sign
// of that and grows back by one after as many good writes as it lets in.
type gate struct {
	mu      sync.Mutex
	most    int
	bound   int
	inside  int
	good    int
	waiting []chan struct{}
}

func newGate(most int) *gate { return &gate{most: most, bound: most} }

// enter waits for a place; an ended ctx gives its error.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	if ctx.Err() == nil && g.inside < g.bound && len(g.waiting) == 0 {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
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

// giveUp takes a waiting place back, or a place that was given at the same moment.
func (g *gate) giveUp(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, t := range g.waiting {
		if t == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return
		}
	}
	g.inside--
	g.admit()
}

func (g *gate) admit() {
	for len(g.waiting) > 0 && g.inside < g.bound {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.inside++
	}
}
