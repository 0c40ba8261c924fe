package plan

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// TestCircles: each text is a component: its name, what it reads, what it writes.
func TestCircles(t *testing.T) {
	for _, tt := range []struct {
		name string
		mesh [][3]string
		want []string
	}{
		{"chain", [][3]string{{"a", "1", "2"}, {"b", "2", "3"}}, nil},
		{"diamond", [][3]string{{"a", "1", "2"}, {"b", "2", "3"}, {"c", "2", "3"}, {"d", "3", "4"}}, nil},
		{"itself", [][3]string{{"a", "1", "1"}}, []string{"a"}},
		{"two, with a way in and out", [][3]string{{"in", "0", "1"}, {"a", "1", "2"}, {"b", "2", "1"}, {"out", "2", "9"}}, []string{"a", "b"}},
		{"twice the same topic", [][3]string{{"a", "1", "2"}, {"a2", "1", "2"}, {"b", "2", "3"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := state.New(mesh.ID{})
			for _, c := range tt.mesh {
				s.Put(&state.Component{Kind: state.KindFunction, Tenant: "t", Namespace: "n", Name: c[0], Fields: map[string]any{
					"inputs": []any{c[1]}, "output": c[2],
				}})
			}
			var want []state.Addr
			for _, name := range tt.want {
				want = append(want, state.ComponentAddr(state.KindFunction, "t", "n", name))
			}
			if d := cmp.Diff(want, slices.Sorted(maps.Keys(circles(s.Index())))); d != "" {
				t.Error(d)
			}
		})
	}
}
