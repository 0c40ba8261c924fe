package kubernetes

import (
	"fmt"
	"maps"

	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// verdict is what a step does to a component, seen what is there now.
type verdict struct {
	// write is false where all is done already.
	write bool
	// to is the component as it is to be; nil deletes it.
	to *state.Component
	// paused is how many instances it has when it is not stopped; 0 for one that runs.
	paused int
	// digest is what the marker goes on to say of the spec, so that what others have
	// changed stays known as that; "" where meshc itself says what the spec is.
	digest string
	// most is the maxReplicas that it has when it is not stopped.
	most int
	// instances is how many an autoscaled one had when it was stopped, which starts now.
	instances int
}

// mark is a marker with the component as it is to be.
func (v verdict) mark(m resource.Marker) resource.Marker {
	m = m.With(v.to, v.paused)
	if v.digest != "" {
		m = m.Saying(v.to.Kind, v.to.Name, v.digest, v.most)
	}
	return m
}

// decide compares what a step wants with what is there a moment before the write.
// What the plan did not see is an error that wraps backend.ErrMoved.
func decide(s plan.Step, live *placed) (verdict, error) {
	before, _ := s.Change.Before.(*state.Component)
	switch s.Op {
	case plan.Delete:
		after, _ := s.Change.After.(*state.Component)
		if last, ok := s.Change.Last().(*state.Component); ok {
			before = last
		}
		switch {
		case live == nil, after != nil && same(live, after):
			return verdict{}, nil
		case !unmoved(live, before):
			return verdict{}, movedComponent(s, live)
		}
		return verdict{write: true}, nil
	case plan.Pause:
		n := before.Parallelism()
		if live != nil && live.paused {
			return verdict{}, nil
		}
		// One that is to be deleted may have been given its last form before.
		last, _ := s.Change.Last().(*state.Component)
		if !unmoved(live, before) && !unmoved(live, last) {
			return verdict{}, movedComponent(s, live)
		}
		v := verdict{write: true, to: stopped(aligned(*live, before)), paused: max(1, n), digest: live.written}
		v.most = int(number(resource.Spec(live.component), "maxReplicas"))
		if v.most > 0 && live.own {
			v.paused = max(1, int(live.object.Int("spec", "replicas")))
		}
		return v, nil
	case plan.Resume:
		if live == nil {
			return verdict{}, moved("%s %s is gone", s.Addr.Kind(), s.Addr.Name())
		}
		to := live.component
		if after, ok := s.Change.After.(*state.Component); ok {
			to = aligned(*live, after)
		}
		return verdict{write: live.paused, to: to, digest: live.written, instances: live.instances}, nil
	case plan.Keep:
		between := s.Change.Between.(*state.Component)
		if live != nil {
			between = going(live, between)
		}
		return update(s, live, before, between)
	case plan.Update:
		return update(s, live, before, s.Change.After.(*state.Component))
	}
	after := s.Change.After.(*state.Component)
	switch {
	case live == nil:
		return verdict{write: true, to: after}, nil
	case same(live, after):
		return verdict{}, nil
	}
	return verdict{}, movedComponent(s, live)
}

func update(s plan.Step, live *placed, before, after *state.Component) (verdict, error) {
	switch {
	case live != nil && same(live, after) && !live.paused:
		return verdict{}, nil
	case !unmoved(live, before):
		return verdict{}, movedComponent(s, live)
	}
	v := verdict{write: true, to: after}
	if live != nil {
		v.instances = live.instances
	}
	return v, nil
}

// stopped is a component without instances.
func stopped(c *state.Component) *state.Component {
	out := *c
	out.Fields = maps.Clone(c.Fields)
	out.Fields[resource.Field] = resource.Stopped(resource.Spec(c))
	return &out
}

// same tells whether a component is as a step leaves it.
func same(live *placed, after *state.Component) bool {
	live = live.masked(after)
	c := live.component
	return c.Owner == after.Owner && c.Generation == max(1, after.Generation) && c.Protect == after.Protect &&
		state.Equal(resource.Spec(aligned(*live, after)), resource.Spec(after)) && c.Code.SHA256 == after.Code.SHA256
}

// unmoved tells whether a component is as the plan found it.
func unmoved(live *placed, before *state.Component) bool {
	if live == nil || before == nil {
		return live == nil && before == nil
	}
	live = live.masked(before)
	c := live.component
	return c.Owner == before.Owner && c.Generation == before.Generation && state.Equal(resource.Spec(aligned(*live, before)), resource.Spec(before))
}

func movedComponent(s plan.Step, live *placed) error {
	switch {
	case live == nil:
		return moved("%s %s is gone", s.Addr.Kind(), s.Addr.Name())
	case live.component.Owner == "":
		return moved("a %s %s without a marker of meshc is there", s.Addr.Kind(), s.Addr.Name())
	case s.Op == plan.Create && s.Change.Action == diff.Replace && unmoved(live, s.Change.Last().(*state.Component)):
		return &backend.Temporary{Err: fmt.Errorf("%s %s is still there after its deletion", s.Addr.Kind(), s.Addr.Name())}
	default:
		return moved("%s %s was written by someone else (mesh %s, generation %d)", s.Addr.Kind(), s.Addr.Name(), live.component.Owner, live.component.Generation)
	}
}

func moved(what string, args ...any) error {
	return fmt.Errorf(what+": %w", append(args, backend.ErrMoved)...)
}
