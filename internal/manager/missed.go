package manager

import (
	"context"
	"slices"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// clocks is how far the clocks of those who write records may be apart. Across meshes
// history is put together by time, and goes so far back that nothing is left out.
const clocks = 5 * time.Minute

// missed gives what was written after an event that memory does not have any more,
// for the meshes of a feed, the oldest first. Of the event's own mesh it is exactly
// what came after; of others it may begin up to clocks too early.
func (m *Manager) missed(ctx context.Context, f *feed, last string, revision int64) ([]record.Head, error) {
	id, err := mesh.ParseID(last)
	if err != nil {
		return nil, usage("%v", err)
	}
	out, err := m.after(ctx, id, func(h record.Head) bool { return h.Revision > revision })
	if err != nil || f.only != "" {
		return out, err
	}
	from, err := m.writtenAt(ctx, id, revision)
	if err != nil {
		return nil, err
	}
	for _, h := range m.index.heads() {
		if h.Mesh == last || !f.wants(h.Mesh) || !h.Readable() || written(h).Before(from) {
			continue
		}
		more, err := m.after(ctx, h.ID(), func(h record.Head) bool { return !written(h).Before(from) })
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	slices.SortStableFunc(out, func(a, b record.Head) int { return written(a).Compare(written(b)) })
	return out, nil
}

// after gives the newest heads of a mesh's history for which later holds, the oldest first.
func (m *Manager) after(ctx context.Context, id mesh.ID, later func(record.Head) bool) ([]record.Head, error) {
	var out []record.Head
	for before := int64(0); ; {
		heads, err := m.opts.Records.History(ctx, id, before, pageSize)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			if !later(h) {
				slices.Reverse(out)
				return out, nil
			}
			out = append(out, h)
		}
		if len(heads) < pageSize {
			slices.Reverse(out)
			return out, nil
		}
		before = heads[len(heads)-1].Revision
	}
}

// writtenAt says from when on other meshes' events are missed after a write; the zero
// time where history has forgotten it.
func (m *Manager) writtenAt(ctx context.Context, id mesh.ID, revision int64) (time.Time, error) {
	heads, err := m.opts.Records.History(ctx, id, revision+1, 1)
	if err != nil || len(heads) == 0 {
		return time.Time{}, err
	}
	return heads[0].Began.Add(-clocks), nil
}

// written is when a head was written, by the clock of its writer.
func written(h record.Head) time.Time {
	if h.Ended.IsZero() {
		return h.Began
	}
	return h.Ended
}
