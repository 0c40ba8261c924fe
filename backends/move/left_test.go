package move_test

import (
	"errors"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/move"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// TestWhereItWasIsTold: when a run has moved a mesh, its records where it was say that
// it has gone, and who held it there holds it.
func TestWhereItWasIsTold(t *testing.T) {
	from, to := memory.New(native.Rules{}), memory.New(native.Rules{})
	old, err := from.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := move.New(from, "old", to, "new").Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := mesh.ID{Tenant: "a", Namespace: "b", Name: "c"}
	if _, err := s.Head(t.Context(), id); !errors.Is(err, record.ErrNone) {
		t.Errorf("nothing is remembered on either side: %v", err)
	}
	first := recordtest.Next(id, record.Head{}, "alice")
	first.Hold = &record.HoldInfo{By: "alice"}
	if _, err := old.Write(t.Context(), first, nil); err != nil {
		t.Fatal(err)
	}
	h, err := s.Head(t.Context(), id)
	if err != nil || h.Hold == nil || h.Revision != 0 {
		t.Errorf("the hold of the old side: %+v, %v", h, err)
	}
	run := recordtest.Next(id, record.Head{}, "bob")
	run.Outcome = record.Running
	if run, err = s.Write(t.Context(), run, recordtest.BodyOf("x")); err != nil {
		t.Fatal(err)
	}
	if h, _ := old.Head(t.Context(), id); !h.Live() {
		t.Errorf("it is said to be gone while the run goes on: %+v", h)
	}
	run.Revision++
	run.Outcome = record.Applied
	if _, err := s.Write(t.Context(), run, nil); err != nil {
		t.Fatal(err)
	}
	h, err = old.Head(t.Context(), id)
	if err != nil || h.Live() || h.Action != record.Move || h.Backend != "new" || h.Version != 2 {
		t.Errorf("where it was: %+v, %v", h, err)
	}
	if h, err = s.Head(t.Context(), id); err != nil || !h.Live() || h.Version != 1 {
		t.Errorf("where it is: %+v, %v", h, err)
	}
}
