package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// remembered is what a command that only looks knows of the records of meshes.
type remembered struct {
	heads map[mesh.ID]record.Head
	// keep are the packages that a rollback needs; nil where nothing is known.
	keep map[string]bool
	// unknown tells why nothing is known; nil where it is, or where it was not asked for.
	unknown error
}

// remembered reads what is remembered of meshes, as --record says.
func (f *Factory) remembered(ctx context.Context, mode, name string, b backend.Backend, ids []mesh.ID) (remembered, error) {
	var r remembered
	if l, ok := b.(record.Looker); ok && mode != recordOff {
		there, err := l.RecordsThere(ctx)
		switch {
		case ctx.Err() != nil:
			return r, cmp.Or(err, context.Cause(ctx)) // who did not answer is what counts
		case err != nil && mode == recordOn:
			return r, recordFailure(err)
		case err != nil || !there:
			r.unknown = err
			return r, nil
		}
	}
	records := newRecords(f, mode, false)
	defer records.close()
	s, err := records.ask(ctx, name, b)
	if s != nil && err == nil {
		r.heads, err = newest(ctx, s, ids)
	}
	switch {
	case ctx.Err() != nil:
		return r, context.Cause(ctx)
	case err != nil && mode == recordOn:
		return r, records.told(err)
	case err != nil || s == nil:
		r.unknown = err
		return r, nil
	}
	r.keep = map[string]bool{}
	for _, h := range r.heads {
		for url := range planner.Keep(h) {
			r.keep[url] = true
		}
	}
	return r, nil
}

// tell says who holds the meshes of plans, and that packages go of which it is not
// known whether a rollback needs them.
func (r remembered) tell(f *Factory, plans []*plan.Plan) {
	for _, p := range plans {
		id, err := mesh.ParseID(p.Mesh)
		if err != nil {
			continue
		}
		if held := planner.HeldBack(r.heads[id], f.author()); held != nil {
			f.say("meshc: note: %s; until then nobody else can apply", view.CleanText(held.Error()))
		}
		if r.unknown == nil || p.Destroy {
			continue
		}
		for _, s := range p.Steps {
			if s.Op == plan.Delete && s.Addr.Kind() == state.KindPackage {
				f.say("meshc: warning: %s", view.CleanText(fmt.Sprintf("the plan deletes packages that a rollback may need, since the records of %s cannot be read: %v", p.Mesh, r.unknown)))
				break
			}
		}
	}
}
