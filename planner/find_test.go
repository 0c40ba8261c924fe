package planner_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/record"
)

// TestTheVersionToGoBackTo: each version is written as its state, with ! where it failed, or
// as what it did again: repair or rollback of which version.
func TestTheVersionToGoBackTo(t *testing.T) {
	for _, c := range []struct {
		name, versions string
		want           int64 // 0 for none
	}{
		{"the one before", "a b c", 2},
		{"the last one failed", "a b c!", 2},
		{"the one before failed", "a b! c", 1},
		{"a repair of the last one", "a b c d e repair:5", 4},
		{"a repair of a repair", "a b c repair:3 repair:4", 2},
		{"after a rollback", "a b c d e rollback:4", 3},
		{"after a rollback that was repaired", "a b c d e rollback:4 repair:6", 3},
		{"a repair that failed", "a b repair:2!", 1},
		{"a rollback that failed", "a b c rollback:2!", 1},
		{"the same state again", "a b c c", 2},
		{"a new state after a rollback", "a b c rollback:2 d", 4},
		{"repaired before", "a b repair:2 c", 3},
		{"after a destroy", "a b destroy", 2},
		{"back to the first", "a b rollback:1", 0},
		{"the only one", "a", 0},
		{"the only one, repaired", "a repair:1", 0},
		{"locked meanwhile", "a b lock repair:2 unlock", 1},
	} {
		s := memory.NewRecords()
		h, states := record.Head{Mesh: recordedMesh.String()}, map[int64]string{}
		for _, word := range strings.Fields(c.versions) {
			word, failed := strings.CutSuffix(word, "!")
			action, of, _ := strings.Cut(word, ":")
			h.Revision++
			h.Of, h.Outcome = 0, record.Applied
			switch h.Action = record.Action(action); h.Action {
			case record.Hold, record.Unhold:
			case record.Repair, record.Rollback:
				h.Of, _ = strconv.ParseInt(of, 10, 64)
				h.Version++
				h.State = states[h.Of]
			case record.Destroy:
				h.Version++
				h.State = "none"
			default:
				h.Version++
				h.Action, h.State = record.Apply, action
			}
			if failed {
				h.Outcome = record.Failed
			}
			states[h.Version] = h.State
			if _, err := s.Write(t.Context(), h, nil); err != nil {
				t.Fatal(err)
			}
		}
		got, err := planner.FindVersion(t.Context(), s, recordedMesh, 0)
		var none *planner.NoVersionError
		if c.want == 0 && !errors.As(err, &none) || c.want > 0 && (err != nil || got.Version != c.want) {
			t.Errorf("%s (%s): version %d, %v, want %d", c.name, c.versions, got.Version, err, c.want)
		}
	}
}

// TestVersionsOfNewerMeshcs: what a newer meshc wrote is said to be that, and hides nothing
// that is older.
func TestVersionsOfNewerMeshcs(t *testing.T) {
	newer := func(text string) record.Head {
		t.Helper()
		h, err := record.DecodeHead(recordedMesh.String(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	told := newer(`{"format":"meshc.record/9","mesh":"public/default/m","revision":3,"version":2,"action":["new"]}`)
	if told.Readable() || told.Revision != 3 || told.Version != 2 {
		t.Errorf("%+v", told)
	}
	older := record.Head{Mesh: recordedMesh.String(), Revision: 2, Version: 1, Outcome: record.Applied}
	for _, c := range []struct {
		heads   []record.Head
		version int64
		want    error
	}{
		{[]record.Head{told, older}, 1, nil},
		{[]record.Head{told, older}, 2, record.ErrNewer},
		{[]record.Head{told, older}, 0, record.ErrNewer},
		{[]record.Head{newer(`{"format":"meshc.record/9","revision":"three"}`)}, 1, record.ErrNewer},
		{[]record.Head{newer(`{"format":"meshc.record/9","revision":"three"}`)}, 0, record.ErrNewer},
	} {
		h, err := planner.FindVersion(t.Context(), &past{memory.NewRecords(), c.heads}, recordedMesh, c.version)
		if !errors.Is(err, c.want) || c.want == nil && h.Version != c.version {
			t.Errorf("version %d: %+v, %v, want %v", c.version, h, err, c.want)
		}
	}
}

// past is a store with a history of one page.
type past struct {
	record.Store
	heads []record.Head
}

func (p *past) History(_ context.Context, _ mesh.ID, before int64, _ int) ([]record.Head, error) {
	if before > 0 {
		return nil, nil
	}
	return p.heads, nil
}
