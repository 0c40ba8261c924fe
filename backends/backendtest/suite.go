package backendtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/planner/backend"
)

// oneCase is one of the tests of the suite.
type oneCase struct {
	name string
	run  func(*bench)
	// needs tells whether a backend in its place has the abilities that the case is
	// about; nil for those that all have.
	needs func(backend.Backend, Place) bool
}

// cases are all of the suite, the longest last: parallel tests start from the end.
func cases() []oneCase {
	return slices.Concat(basics, abilityCases, othersCases, changeCases, stepCases, failureCases, manyCases)
}

// Run runs the suite on a kind of backend, each case in a place of its own and some
// at a time.
func Run(t *testing.T, f Fixture) {
	place := f.Open(t)
	able := place.Backend()
	var not []string
	for _, c := range cases() {
		if c.needs != nil && !c.needs(able, place) {
			not = append(not, c.name)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(newBench(t, f))
		})
	}
	t.Logf("%s: not among its abilities: %s", f.Name, strings.Join(not, ", "))
}
