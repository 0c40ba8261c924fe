package manager

import (
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/planner/record"
)

// TestForgotten: a mesh that the store has forgotten is none, however often that is told,
// and when it is deployed again it is told of from its first revision on.
func TestForgotten(t *testing.T) {
	x, s := newIndex(8), memory.NewRecords()
	const mesh = "public/default/m"
	head := func(revision int64, action record.Action) record.Head {
		return record.Head{Format: record.Format, Mesh: mesh, Revision: revision, Version: revision, Action: action, Outcome: record.Applied}
	}
	x.put(head(5, record.Destroy), true, true)
	for range 2 {
		if err := x.news(t.Context(), s, head(5, record.Forget)); err != nil {
			t.Fatal(err)
		}
		if have, there := x.head(mesh); there {
			t.Errorf("it is still known: %+v", have)
		}
	}
	end := x.end()
	if err := x.news(t.Context(), s, head(1, record.Apply)); err != nil {
		t.Fatal(err)
	}
	if have, _ := x.head(mesh); have.Revision != 1 || x.end() != end+1 {
		t.Errorf("deployed again, it is %+v, %d told", have, x.end()-end)
	}
}
