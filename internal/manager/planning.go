package manager

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// job is what a request wants to be done to a mesh.
type job struct {
	id     mesh.ID
	orders orders
	run    planner.Run
	// in is what came along; nil where nothing is to.
	in *input
	// head and body are those of the version that a rollback goes to.
	head record.Head
	body *record.Body
	// register refuses a mesh that is there.
	register bool
}

// findingsError tells that there is no plan, since something has errors.
type findingsError struct{ list diag.List }

// Error implements error; it tells the first one.
func (e *findingsError) Error() string {
	for _, d := range e.list {
		if d.Severity == diag.Error {
			return fmt.Sprintf("%s:%d: %s %s", d.Span.File, d.Span.Start.Line, d.Code, d.Detail)
		}
	}
	return "findings with an error"
}

// plan makes the plan of a job: it only reads. Where b can do more than the caller, that
// one is asked about twice: about what the job names before anything is read, and about
// the plan before anything is told of it.
func (m *Manager) plan(ctx context.Context, c Caller, b backend.Backend, j *job) (*plan.Plan, diag.List, error) {
	ctx, span := m.trace(ctx, "plan", j.id.String())
	p, found, err := m.makePlan(ctx, c, b, j)
	err = refused(ctx, c, err)
	endPlan(span, p, err)
	return p, found, err
}

func (m *Manager) makePlan(ctx context.Context, c Caller, b backend.Backend, j *job) (*plan.Plan, diag.List, error) {
	opts := planner.Options{Destroy: j.orders.destroy, DeleteTopics: j.orders.deleteTopics, Allow: j.orders.allow, Only: j.orders.only}
	if h, ok := m.index.head(j.id.String()); ok {
		opts.Keep = planner.Keep(h)
	}
	var p *plan.Plan
	var found diag.List
	var err error
	switch {
	case j.in != nil && j.in.plan != nil:
		p = j.in.plan
		if p.Mesh != j.id.String() {
			return nil, nil, usage("the plan is of mesh %s, not %s", p.Mesh, j.id)
		}
		if p.Backend != m.opts.Backend {
			return nil, nil, usage("the plan is for backend %q, this manager has %q", p.Backend, m.opts.Backend)
		}
		if err := c.Allows(ctx, j.id, p); err != nil {
			return nil, nil, err
		}
		// Where its maker had the code is nothing to this machine.
		p.MoveCode(func(sum string) string {
			if at, ok := j.in.sums[sum]; ok {
				return at
			}
			return j.in.place(sum)
		})
		// What is wanted goes on record, and is deployed from there by others' rights.
		found, err = planner.Confirm(ctx, b, p, opts.Keep)
	case j.body != nil:
		if err := c.Allows(ctx, j.id, &plan.Plan{Mesh: j.id.String(), Desired: j.body.Desired}); err != nil {
			return nil, nil, err
		}
		p, found, err = planner.MakeVersion(ctx, b, m.opts.Backend, j.head, j.body, opts)
	case j.in == nil:
		if err := mayChange(ctx, c, j.id); err != nil {
			return nil, nil, err
		}
		p, found, err = planner.MakeDestroy(ctx, b, m.opts.Backend, j.id, opts)
	default:
		p, found, err = m.planInput(ctx, c, b, j, opts)
	}
	if err == nil && p != nil {
		err = c.Allows(ctx, j.id, p)
	}
	switch {
	case err != nil:
		return nil, nil, err
	case found.HasErrors() || p == nil:
		return nil, nil, &findingsError{found}
	case j.orders.base != "" && j.orders.base != p.Base:
		return nil, nil, errStale
	}
	return p, found, nil
}

// planInput compiles the mesh file that came along, and plans it.
func (m *Manager) planInput(ctx context.Context, c Caller, b backend.Backend, j *job, opts planner.Options) (*plan.Plan, diag.List, error) {
	compiled := compiler.Compile(j.in.meshes, compiler.Options{
		NeedCode: !opts.Destroy, Overlays: j.in.overlays, Set: j.in.sets,
		Env: j.in.env, ReadFile: j.in.readFile, File: j.in.place,
	})
	found := j.in.shown(compiled.Findings)
	if found.HasErrors() {
		return nil, nil, &findingsError{found}
	}
	at := slices.IndexFunc(compiled.Units, func(u compiler.Unit) bool { return u.Mesh.ID == j.id })
	if at < 0 {
		var names []string
		for _, u := range compiled.Units {
			names = append(names, u.Mesh.ID.String())
		}
		return nil, nil, usage("the path names mesh %s, and the file is of %s", j.id, strings.Join(names, ", "))
	}
	unit := compiled.Units[at]
	about, err := planner.Named(unit)
	if err == nil {
		err = c.Allows(ctx, j.id, about)
	}
	if err != nil {
		return nil, nil, err
	}
	p, more, err := planner.Make(ctx, b, m.opts.Backend, unit, opts)
	if p != nil {
		for _, in := range append(append([]compiler.Input{}, j.in.meshes...), j.in.overlays...) {
			text, _ := compiled.Source(in.Name)
			p.Sources = append(p.Sources, plan.Source{Name: in.Name, Text: text})
		}
		if text, ok := compiled.Sources[load.SetFile]; ok {
			p.Sources = append(p.Sources, plan.Source{Name: load.SetFile, Text: string(text)})
		}
	}
	return p, append(found, j.in.shown(more)...), err
}

// shown takes the places of this machine out of findings.
func (in *input) shown(list diag.List) diag.List {
	for i := range list {
		list[i].Detail = in.hidden(list[i].Detail)
		for k, h := range list[i].Hints {
			list[i].Hints[k] = in.hidden(h)
		}
	}
	return list
}

// resolve gives the value of a sensitive text of a mesh file, out of what came along.
func (j *job) resolve(from string) (string, error) {
	in := j.in
	if in == nil {
		in = &input{}
	}
	return load.Resolve(from, load.Options{Env: in.env, ReadFile: in.readFile})
}
