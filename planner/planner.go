// Package planner wires the stages from a compiled mesh to a carried out plan.
package planner

import (
	"context"
	"fmt"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/lower"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Options steer the making of a plan.
type Options struct {
	// Destroy plans the way back.
	Destroy bool
	// DeleteTopics lets Destroy delete the topics that the mesh made.
	DeleteTopics bool
	// After are plans that will be carried out before: what they make is taken as there.
	After []*plan.Plan
	// Allow are the risks that the user allows: with message-loss, drains are
	// given up after a while instead of failing.
	Allow []plan.RiskKind
	// Only narrows the plan to these addresses and what they cannot do without; an
	// entry is an address, kind/name, or the name of a node. Not with Destroy.
	Only []string
	// Keep are the URLs of packages that a rollback may need; see diff.Options.
	Keep map[string]bool
	// NoWaits leaves out the waits for components that the plan does not change.
	NoWaits bool
}

// Make compares a compiled mesh with what runs and plans the difference; it only
// reads. name is the backend's. Findings of severity error mean that there is no
// plan; failures to read the cluster or a code file are the error.
func Make(ctx context.Context, b backend.Backend, name string, unit compiler.Unit, o Options) (*plan.Plan, diag.List, error) {
	if e, ok := b.(backend.Expecter); ok {
		e.Expect(unit.Mesh)
	}
	shaper, shapes := b.(backend.Shaper)
	workers := !shapes || shaper.ForWorkers()
	if left := lower.NoRoom(unit.Mesh); left.HasErrors() && !o.Destroy && workers {
		return nil, left, nil
	}
	traits, err := b.Traits(ctx, unit.Mesh.ID)
	if err != nil {
		return nil, nil, err
	}
	if none := lower.Unsupported(unit.Mesh, traits.Version, traits.Packages); none.HasErrors() && !o.Destroy && workers {
		return nil, none, nil
	}
	if reader, ok := b.(backend.AheadReader); ok && !o.Destroy {
		reading, stop := context.WithCancel(ctx)
		defer stop()
		reader.ReadAhead(reading, unit.Mesh)
	}
	// To take a mesh down no code is needed, so missing code files are not in the way.
	lowering := lower.Options{Packages: traits.Packages, NamesOnly: o.Destroy}
	if !workers {
		lowering.PulsarElsewhere = !shaper.Prepares()
		lowering.CodeElsewhere = !traits.Packages
	}
	want, err := lower.State(unit.Mesh, lowering)
	if err != nil {
		return nil, nil, err
	}
	var findings diag.List
	if shapes && !o.Destroy {
		if findings = shaper.Shape(unit.Mesh, want); findings.HasErrors() {
			return nil, findings, nil
		}
	}
	if err := followPatterns(ctx, b, want); err != nil {
		return nil, nil, err
	}
	p, more, err := between(ctx, b, name, traits, want, o)
	findings = append(findings, more...)
	if p != nil && !o.Destroy {
		findings = append(findings, startLate(want, p)...)
		p.Reconcile = unit.Mesh.Reconcile
	}
	return p, findings, err
}

// MakeDestroy plans to take a mesh down that is known only by name: what carries
// its mark in its namespace goes.
func MakeDestroy(ctx context.Context, b backend.Backend, name string, id mesh.ID, o Options) (*plan.Plan, diag.List, error) {
	o.Destroy = true
	traits, err := b.Traits(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	return between(ctx, b, name, traits, state.New(id), o)
}

// Apply carries a plan out. See apply.Run.
func Apply(ctx context.Context, b backend.Backend, p *plan.Plan, o apply.Options) (apply.Report, error) {
	return apply.Run(ctx, b, p, o)
}

func between(ctx context.Context, b backend.Backend, name string, traits backend.Traits, want *state.State, o Options) (*plan.Plan, diag.List, error) {
	live, err := b.Read(ctx, backend.Scope{Mesh: want.Mesh, Addrs: want.Addrs()})
	if err != nil {
		return nil, nil, fmt.Errorf("reading mesh %s: %w", want.Mesh, err)
	}
	live.Mask(want.SensitivePaths())
	planned := want
	if len(o.Only) > 0 {
		if planned, _, err = narrowed(live, want, o.Only); err != nil {
			return nil, nil, err
		}
	}
	foreseeDeduplication(live, planned, o.After)
	read := live
	shaper, shapes := b.(backend.Shaper)
	if !o.Destroy && (!shapes || shaper.ForWorkers()) {
		lower.Singly(want, live, traits.Version)
	}
	if !o.Destroy && shapes {
		read = live.Clone()
		shaper.Align(live, want)
	}
	var chosen map[state.Addr]bool
	if len(o.Only) > 0 {
		if want, chosen, err = narrowed(live, want, o.Only); err != nil {
			return nil, nil, err
		}
	}
	foresee(live, want, o.After)
	if read != live {
		foresee(read, want, o.After)
	}
	prints := read.Clone().Print()
	if asker, ok := b.(backend.Asker); ok && !o.Destroy {
		if err := asker.Ask(ctx, live, want); err != nil {
			return nil, nil, fmt.Errorf("asking about mesh %s: %w", want.Mesh, err)
		}
	}
	changes, findings := diff.Diff(live, want, traits.Rules, diff.Options{Destroy: o.Destroy, DeleteTopics: o.DeleteTopics, Keep: o.Keep})
	if findings.HasErrors() {
		return nil, findings, nil
	}
	header := plan.Header{Backend: name, Cluster: traits.Cluster, Destroy: o.Destroy, Allowed: o.Allow, Only: o.Only, Chosen: chosen, Read: read, Prints: prints,
		KeepsSubscriptions: shapes && !shaper.Prepares(), NoWaits: o.NoWaits}
	return plan.New(header, live, want, changes), findings, nil
}

// foresee adds to a live state the namespaces and topics that earlier plans of
// the same run make, as reading will show them then: meshes meet at topics.
func foresee(live, want *state.State, earlier []*plan.Plan) {
	for _, p := range earlier {
		for _, c := range p.Changes() {
			if _, wanted := want.Resources[c.Addr]; !wanted {
				continue
			}
			switch after := c.After.(type) {
			case *state.Namespace:
				live.Put(&state.Namespace{Name: after.Name})
			case *state.Topic:
				live.Put(&state.Topic{Name: after.Name, Partitions: after.Partitions, Owner: after.Owner})
			case *state.Schema:
				live.Put(after.Stored())
			case *state.Policies:
				live.Put(after)
			}
		}
	}
}
