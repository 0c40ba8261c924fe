package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// Of the code of earlier plans the newest three stay, what still runs among them,
// for each kind of component.
func TestPackagesAreCollected(t *testing.T) {
	id := mesh.ID{Tenant: "t", Namespace: "n", Name: "m"}
	url := func(kind string, i int) string { return fmt.Sprintf("%s://t/n/m@%d", kind, i) }
	runs := func(s *state.State, kind string, version int) {
		s.Put(&state.Component{Kind: state.Kind(kind), Tenant: "t", Namespace: "n", Name: kind, Owner: id.String(), Code: state.Code{Mode: state.ByURL, URL: url(kind, version), SHA256: "aa"}})
		s.Put(&state.Package{URL: url(kind, version), Owner: id.String()})
	}
	for name, c := range map[string]struct {
		// there are versions of functions' code, with the day of each; running and next are in use.
		there         map[int]int64
		running, next int
		want          []string
	}{
		"few stay":                          {map[int]int64{1: 1, 2: 2, 3: 3}, 3, 4, nil},
		"the oldest go":                     {map[int]int64{1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, 5, 6, []string{"1", "2"}},
		"what runs stays, however old":      {map[int]int64{1: 5, 2: 2, 3: 3, 4: 4, 5: 1}, 5, 6, []string{"2", "3"}},
		"nothing to go back to is no limit": {map[int]int64{1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, 5, 5, []string{"1"}},
	} {
		t.Run(name, func(t *testing.T) {
			live, want := state.New(id), state.New(id)
			runs(live, "function", c.running)
			runs(want, "function", c.next)
			for i, day := range c.there {
				live.Put(&state.Package{URL: url("function", i), Owner: id.String(), Created: day})
			}
			// Other kinds and meshes count for themselves.
			for i := range 3 {
				live.Put(&state.Package{URL: url("sink", i), Owner: id.String(), Created: 9})
				live.Put(&state.Package{URL: fmt.Sprintf("function://t/n/other@%d", i), Owner: "t/n/other", Created: 9})
			}
			changes, _ := diff.Diff(live, want, native.Rules{}, diff.Options{})
			var gone []string
			for _, ch := range changes {
				if ch.Why == diff.Collected {
					if ch.Action != diff.Delete {
						t.Errorf("%+v", ch)
					}
					gone = append(gone, string(ch.Addr)[len("package/function://t/n/m@"):])
				}
			}
			slices.Sort(gone)
			if !cmp.Equal(gone, c.want) {
				t.Error(cmp.Diff(c.want, gone))
			}
		})
	}
}
