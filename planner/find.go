package planner

import (
	"context"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// FindVersion gives the head of a version: the newest one that is about its run. For
// version 0 it is the version to go back to: the newest one that was deployed to its
// end before what the newest version deploys, and that wanted another state. What was
// repaired or gone back to counts as the version that it was.
// Errors: a *NoVersionError, one that wraps record.ErrNewer where a newer meshc wrote the
// version, or what leads to it, and those of the store.
func FindVersion(ctx context.Context, s record.Store, id mesh.ID, version int64) (record.Head, error) {
	const page = 50
	last := record.Head{}
	none := &NoVersionError{Mesh: id.String(), Version: version}
	back := &wayBack{}
	for {
		heads, err := s.History(ctx, id, last.Revision, page)
		if err != nil {
			return record.Head{}, err
		}
		for _, h := range heads {
			none.Newest = max(none.Newest, h.Version)
			last = h
			if !h.Readable() && (version > 0 && h.Version == version || version == 0 && back.newest == nil) {
				return record.Head{}, fmt.Errorf("%s: %w", id, record.ErrNewer)
			}
			if !h.Readable() || h.Action == record.Hold || h.Action == record.Unhold || h.Action == record.Move {
				continue
			}
			if h.Version == version || version == 0 && back.takes(h) {
				return h, nil
			}
		}
		switch {
		case len(heads) > 0 && !last.Readable() && (len(heads) < page || last.Revision == 0):
			return record.Head{}, fmt.Errorf("%s: %w", id, record.ErrNewer)
		case len(heads) < page || version > 0 && last.Version < version:
			none.Gone = version > 0 && version <= none.Newest && last.Version > version
			return record.Head{}, none
		}
	}
}

// wayBack looks for the version to go back to, from the newest one on.
type wayBack struct {
	newest *record.Head
	// runs is the version that the newest one deploys.
	runs int64
}

// takes tells whether a version is the one. It is asked with each of them, in order.
func (w *wayBack) takes(h record.Head) bool {
	if w.newest == nil {
		w.newest, w.runs = &h, h.Version
	}
	switch {
	case h.Version > w.runs:
		return false
	case h.Version == w.runs:
		// Another version again, or what is older cannot be what runs.
		if again := h.Action == record.Repair || h.Action == record.Rollback; again && h.Of > 0 && h.Of < h.Version {
			w.runs = h.Of
		}
		return false
	}
	return h.Action != record.Destroy && h.Outcome == record.Applied && (h.State == "" || h.State != w.newest.State)
}
