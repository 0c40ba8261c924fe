package kubernetes

import (
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// homeField is the field of components that says which resource they are in, such as
// "FunctionMesh words" or "Function words-split". A component whose resource is to be
// another one is replaced.
const homeField = "resource"

// homeOf is a value of it.
func homeOf(r kube.Resource, name string) string { return r.Kind + " " + name }

// home is the resource that a component is in; own tells of one of its own.
func home(c *state.Component) (name string, own bool) {
	text, _ := c.Fields[homeField].(string)
	kind, name, _ := strings.Cut(text, " ")
	return name, kind != kube.FunctionMeshes.Kind
}

// subject is the component that a step is about, as it is where the step finds it: a
// replaced one can go from one resource to another.
func subject(s plan.Step) *state.Component {
	after, _ := s.Change.After.(*state.Component)
	before, _ := s.Change.Before.(*state.Component)
	switch s.Op {
	case plan.Create, plan.Verify, plan.AwaitRunning, plan.Resume:
		if after != nil {
			return after
		}
	}
	if before != nil {
		return before
	}
	return after
}
