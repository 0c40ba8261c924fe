package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// newest gives the newest heads of meshes; those of which nothing is remembered have
// none.
func newest(ctx context.Context, s record.Store, ids []mesh.ID) (map[mesh.ID]record.Head, error) {
	out := map[mesh.ID]record.Head{}
	if len(ids) == 1 {
		h, err := s.Head(ctx, ids[0])
		if err == nil {
			out[ids[0]] = h
		}
		if errors.Is(err, record.ErrNone) {
			err = nil
		}
		return out, err
	}
	heads, err := s.Heads(ctx)
	if err != nil {
		return nil, err
	}
	all := map[mesh.ID]record.Head{}
	for _, h := range heads {
		all[h.ID()] = h
	}
	for _, id := range ids {
		if h, ok := all[id]; ok {
			out[id] = h
		}
	}
	return out, nil
}

// look reads what is remembered of meshes before they are planned. It refuses those
// that someone else holds, and gives the packages that their last versions need.
func (c *carrier) look(ctx context.Context, name string, b backend.Backend, ids []mesh.ID) (keep map[string]bool, err error) {
	reach := &connectFlags{timeout: c.waitLimit}
	err = reach.within(ctx, func(ctx context.Context) error {
		s, err := c.records.open(ctx, name, b)
		if s == nil {
			return err
		}
		heads, err := newest(ctx, s, ids)
		if err != nil {
			return c.records.goWithout(name, err)
		}
		keep = map[string]bool{}
		for _, id := range ids {
			h := heads[id]
			if !h.Readable() {
				return c.records.told(fmt.Errorf("%s: %w", id, record.ErrNewer))
			}
			if err := planner.HeldBack(h, c.f.author()); err != nil {
				return err
			}
			if err := planner.Underway(h, c.f.author(), c.locking(b)); err != nil {
				return err
			}
			c.saw(name, id.String(), h)
			for url := range planner.Keep(h) {
				keep[url] = true
			}
		}
		return nil
	})
	return keep, unwritten(err)
}

// lookSaved is look for plans out of a file. That the cluster answers at all is
// asked first: it is a failure of its own.
func (c *carrier) lookSaved(ctx context.Context, plans []*plan.Plan) error {
	if c.records.mode == recordOff {
		return nil
	}
	for _, p := range plans {
		id, err := mesh.ParseID(p.Mesh)
		if err != nil {
			return err
		}
		b, err := c.open(p.Backend)
		if err != nil {
			return err
		}
		c.records.begin(ctx, p.Backend, b)
		if e, ok := b.(backend.Expecter); ok {
			e.ExpectPlan(p)
		}
		if err := c.reach(ctx, b, id); err != nil {
			return c.unbegun(p, len(plans) > 1, err)
		}
		if _, err := c.look(ctx, p.Backend, b, []mesh.ID{id}); err != nil {
			return err
		}
	}
	return nil
}

// carryOut carries a plan out and records that where records are kept; version is
// that of the record, 0 without one.
func (c *carrier) carryOut(ctx context.Context, b backend.Backend, p *plan.Plan, o apply.Options) (report apply.Report, version int64, err error) {
	if c.remote != nil {
		return c.remote.carryOut(ctx, c, p, o)
	}
	store, err := c.records.open(ctx, p.Backend, b)
	if err != nil {
		return report, 0, err
	}
	if store != nil {
		report, head, err := planner.ApplyRecorded(ctx, b, store, p, c.asRun(p), o)
		if head.Revision > 0 {
			c.saw(p.Backend, p.Mesh, head)
		}
		var unsaid *planner.RecordError
		switch {
		case errors.As(err, &unsaid):
			c.view.note("meshc: warning: " + view.CleanText(unsaid.Error()) + "; history shows it as not ended")
			return report, head.Version, nil
		case err == nil || !c.records.mayGoWithout(err):
			return report, head.Version, err
		}
		c.records.warn(err)
	}
	if p.Empty() {
		return apply.Report{}, 0, nil
	}
	report, err = planner.Apply(ctx, b, p, o)
	return report, 0, err
}

// asRun says who carries a plan out, and why.
func (c *carrier) asRun(p *plan.Plan) planner.Run {
	run := c.as
	switch {
	case p.Destroy:
		// Also where that is what a rollback goes back to: the mesh is gone then.
		run.Action = record.Destroy
	case run.Action == "":
		run.Action = record.Apply
	}
	// A saved plan waits for the lock after it was looked at, and starts from what it finds then.
	if !c.fromFile || !c.flags.lock.on {
		run.Seen = c.seen[p.Backend+" "+p.Mesh]
	}
	run.Author, run.Reason = c.f.author(), c.f.reason(c.flags.record.reason)
	return run
}

// saw notes the newest head of a mesh that is planned on.
func (c *carrier) saw(name, id string, h record.Head) {
	if c.seen == nil {
		c.seen = map[string]*record.Head{}
	}
	c.seen[name+" "+id] = &h
}
