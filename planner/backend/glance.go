package backend

import (
	"context"

	"github.com/meshc/meshc/planner/state"
)

// Glancer is the ability to look at components alone, for who looks at many meshes
// every few seconds: Read asks about topics, subscriptions and packages as well.
type Glancer interface {
	// Glance tells how components are now, in the order of addrs. It changes nothing,
	// and asks for each of them no more than its config and how its instances do.
	Glance(ctx context.Context, addrs []state.Addr) ([]Glimpse, error)
}

// Glimpse is what a glance at a component shows.
type Glimpse struct {
	Addr state.Addr
	// Component is as Read gives it; nil where none is there.
	Component *state.Component
	// Health is without what topics tell: backlog and rates are 0.
	Health Health
}

// Stopped counts the instances that only a start brings back: those that give no
// reason were stopped, or are about to start, and those that are Unstarted.
func (g Glimpse) Stopped() int {
	n := 0
	for _, i := range g.Health.Instances {
		if !i.Running && (i.Error == "" || i.Unstarted) {
			n++
		}
	}
	return min(n, max(0, g.Health.Wanted-g.Health.Running))
}
