package reconcile

import (
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// watched is what is kept of one mesh between two looks. While busy, its goroutine has
// all but the fields that say otherwise to itself; the reconciler's mu guards busy,
// paused, head, nodes, due, urgent, again, looked and report.
type watched struct {
	id   mesh.ID
	head record.Head
	// nodes are the components of the version.
	nodes []state.Addr
	// busy tells of a look or a repair in the air, paused of a mesh that is to be left alone.
	busy, paused bool
	urgent       bool
	due          time.Time
	// again is how many looks are still to follow upon a notice.
	again  int
	looked time.Time
	report Report

	// deployed is the version that head is about: head itself, or the one before a lock.
	deployed record.Head
	revision int64
	// seen is a digest of the components when they were compared with revision.
	seen [32]byte
	// whole is when the next whole plan is due.
	whole time.Time
	// components and others are the drift that was found by comparing components, and
	// by the last whole plan about all else.
	components, others []Drift
	problem            string
	// failures counts looks that failed, one after the other.
	failures  int
	instances instances

	// attempts counts repairs that have not held yet; next is when another may be made,
	// last when the last one ended.
	attempts   int
	next, last time.Time
	spent      spent
	// remembered tells that spent has the repairs of earlier managers.
	remembered bool
	repair     *Repair
}

// before tells which of two meshes is looked at first.
func (w *watched) before(o *watched, now time.Time) bool {
	first, second := w.urgent && !w.due.After(now), o.urgent && !o.due.After(now)
	if first != second {
		return first
	}
	return w.due.Before(o.due)
}

// stale is how old the beginning of a repair has to be for its manager to be gone.
const stale = 2 * time.Minute

// settled tells whether a version is one to compare with: it was deployed to its end,
// or is a repair of one that was.
func settled(h record.Head, now time.Time) bool {
	switch h.Action {
	case record.Apply, record.Rollback:
		return h.Outcome == record.Applied
	case record.Repair:
		return h.Outcome != record.Running || now.Sub(h.Began) > stale
	}
	return false
}

// watchable tells whether a mesh is to be looked at: it is live, nobody holds it, and no
// run is in the air. What was locked and let go of is found out by deployed.
func watchable(h record.Head, now time.Time) bool {
	if !h.Readable() || !h.Live() || h.Hold != nil {
		return false
	}
	return settled(h, now) || h.Action == record.Unhold
}

// update takes over the newest heads.
func (r *Reconciler) update(heads []record.Head) {
	r.mu.Lock()
	now := time.Now()
	there := make(map[string]bool, len(heads))
	for _, h := range heads {
		if h.Readable() && h.Live() {
			there[h.Mesh] = true
		}
		w := r.meshes[h.Mesh]
		if !watchable(h, now) {
			if w != nil {
				w.paused = true
			}
			continue
		}
		if w == nil {
			w = &watched{id: h.ID(), due: now, looked: now, whole: now}
			r.meshes[h.Mesh] = w
		}
		w.paused = false
		lost := h.Revision <= w.head.Revision && !h.SameWrite(w.head)
		if lost && w.busy {
			continue // a repair's own record may be newer than what was read
		}
		if lost {
			// The place of the records has lost its end: what is there now counts.
			w.revision, w.seen = 0, [32]byte{}
		}
		if lost || w.head.Revision < h.Revision {
			w.head, w.nodes = h, h.Nodes
			if w.due.After(now) {
				w.due = now
			}
		}
	}
	var gone []*watched
	for name, w := range r.meshes {
		if !there[name] && !w.busy {
			delete(r.meshes, name)
			gone = append(gone, w)
		}
	}
	r.mu.Unlock()
	for _, w := range gone {
		if !w.report.Clean() {
			r.tell(w, Report{Mesh: w.id.String(), Version: w.report.Version, At: now})
		}
	}
}
