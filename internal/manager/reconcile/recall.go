package reconcile

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// anew forgets what was spent: since this Reconciler has run last another manager may
// have led, and repaired.
func (r *Reconciler) anew() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recalled = false
	for _, w := range r.meshes {
		w.remembered = false
	}
}

// recall reads, before the first repair of a run, what was spent on all meshes within the
// last hour: the budget of all is of the cluster, not of who leads.
func (r *Reconciler) recall(ctx context.Context) error {
	r.recalling.Lock()
	defer r.recalling.Unlock()
	if r.recalled {
		return nil
	}
	heads, err := r.cfg.Store.Heads(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	found := make([]spent, len(heads))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(recallers)
	for i, h := range heads {
		// The first version of a mesh is no repair, and none is newer than the newest head.
		// What says `report` by now, or is gone, may have been repaired before.
		if !h.Readable() || h.Version < 2 || now.Sub(h.Began) >= hour {
			continue
		}
		g.Go(func() (err error) {
			found[i], err = r.past(ctx, h.ID())
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	all := spent(slices.Concat(found...))
	slices.SortFunc(all, time.Time.Compare)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.repairs, r.recalled = all, true
	return nil
}

// recallers is how many histories are read at once.
const recallers = 8

// past are the repairs of a mesh within the last hour that are on record, the oldest first.
func (r *Reconciler) past(ctx context.Context, id mesh.ID) (spent, error) {
	var found spent
	now, before := time.Now(), int64(0)
	// Most meshes have few runs in an hour, and each head that is read is one of the log.
	for limit, over := 2, false; !over; limit = min(2*limit, 50) {
		past, err := r.cfg.Store.History(ctx, id, before, limit)
		if err != nil {
			return nil, err
		}
		over = len(past) == 0
		for _, h := range past {
			before = h.Revision
			// A lock has the times of the run before it.
			if over = now.Sub(h.Began) >= hour && h.Action != record.Hold && h.Action != record.Unhold; over {
				break
			}
			if h.Action == record.Repair {
				found = append(found, h.Began)
			}
		}
	}
	slices.Reverse(found)
	return found, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
