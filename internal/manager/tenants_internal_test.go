package manager

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// TestTenantsOfPlans: a plan is about the tenants of all that it changes and of all that
// it wants.
func TestTenantsOfPlans(t *testing.T) {
	id := mesh.ID{Tenant: "own", Namespace: "ns", Name: "m"}
	function := &state.Component{Kind: state.KindFunction, Tenant: "a", Namespace: "ns", Name: "f", Fields: map[string]any{"output": "persistent://b/ns/t"}}
	for name, c := range map[string]struct {
		about state.Resource
		want  []string
	}{
		"function":     {function, []string{"a", "b", "own"}},
		"topic":        {&state.Topic{Name: "persistent://a/ns/t"}, []string{"a", "own"}},
		"subscription": {&state.Subscription{Topic: "persistent://a/ns/t", Name: "s"}, []string{"a", "own"}},
		"schema":       {&state.Schema{Topic: "non-persistent://a/ns/t"}, []string{"a", "own"}},
		"policies":     {&state.Policies{On: state.NamespaceAddr("a/ns")}, []string{"a", "own"}},
		"namespace":    {&state.Namespace{Name: "a/ns"}, []string{"a", "own"}},
		"package":      {&state.Package{URL: "function://a/ns/p@1"}, []string{"a", "own"}},
		"short name":   {&state.Subscription{Topic: "a/ns/t", Name: "s"}, nil},
		"way up":       {&state.Topic{Name: "persistent://own/../t"}, nil},
		"two names":    {&state.Component{Kind: state.KindFunction, Tenant: "own", Namespace: "ns/../../a/ns", Name: "f"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			wanted := &plan.Plan{Mesh: id.String(), Desired: []state.Boxed{{Resource: c.about}}}
			changed := &plan.Plan{Mesh: id.String(), Steps: []plan.Step{{Op: plan.Delete, Addr: c.about.Addr(), Change: &diff.Change{Addr: c.about.Addr(), Before: c.about}}}}
			for _, p := range []*plan.Plan{wanted, changed} {
				have, err := tenantsOf(id, p)
				if c.want == nil {
					if !errors.Is(err, ErrForbidden) {
						t.Errorf("%v %v", have, err)
					}
				} else if d := cmp.Diff(c.want, have); d != "" || err != nil {
					t.Error(err, d)
				}
			}
		})
	}
}
