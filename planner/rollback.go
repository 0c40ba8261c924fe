package planner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// CodeGoneError tells that a version cannot be brought back, since code that it ran
// is not kept any more.
type CodeGoneError struct {
	Mesh    string
	Version int64
	// Missing are the package URLs, or the components whose code was sent along.
	Missing []string
	// Secrets are values that stood in the mesh file as they are, which are not on record.
	Secrets []string
}

// Error implements error.
func (e *CodeGoneError) Error() string {
	var why []string
	if len(e.Missing) > 0 {
		why = append(why, "its code is not kept any more: "+strings.Join(e.Missing, ", "))
	}
	if len(e.Secrets) > 0 {
		why = append(why, "secrets of it stood in the mesh file, and are not on record: "+strings.Join(e.Secrets, ", "))
	}
	return fmt.Sprintf("version %d of %s cannot be brought back, %s", e.Version, e.Mesh, strings.Join(why, "; "))
}

// MakeVersion plans the way to a version that was recorded: what was wanted then is
// compared with what runs now. It only reads. Code comes from the packages that the
// cluster keeps; a *CodeGoneError names what is not there, and the plan beside it tells
// what differs, and is not to be carried out. A version with what cannot be the mesh's is a
// *ForeignError. Findings are as in Make.
func MakeVersion(ctx context.Context, b backend.Backend, name string, h record.Head, body *record.Body, o Options) (*plan.Plan, diag.List, error) {
	id, err := mesh.ParseID(h.Mesh)
	if err != nil {
		return nil, nil, err
	}
	if h.Action == record.Destroy {
		return MakeDestroy(ctx, b, name, id, o)
	}
	traits, err := b.Traits(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	want := body.State(id)
	if err := onlyOwn(want); err != nil {
		return nil, nil, err
	}
	if err := followPatterns(ctx, b, want); err != nil {
		return nil, nil, err
	}
	p, findings, err := between(ctx, b, name, traits, want, o)
	if p == nil || err != nil {
		return nil, findings, err
	}
	if missing, secrets := codeGone(p), fillIn(p); len(missing)+len(secrets) > 0 {
		return p, findings, &CodeGoneError{Mesh: h.Mesh, Version: h.Version, Missing: missing, Secrets: secrets}
	}
	p.Sources, p.Reconcile = body.Sources, h.Reconcile
	return p, findings, nil
}

// codeGone names the code that a plan would have to send, and that no file is there for.
func codeGone(p *plan.Plan) []string {
	var out []string
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, s := range p.Steps {
		switch after := s.Change.After.(type) {
		case *state.Package:
			if s.Op == plan.Create {
				add(after.URL)
			}
		case *state.Component:
			if (s.Op == plan.Create || s.Op == plan.Update) && after.Code.Mode == state.ByData && after.Code.Path == "" && sendsCode(s) {
				add(string(s.Addr))
			}
		}
	}
	return out
}

// sendsCode tells whether a write of a component has to bring its code along.
func sendsCode(s plan.Step) bool {
	before, there := s.Change.Before.(*state.Component)
	after := s.Change.After.(*state.Component)
	return !there || s.Op == plan.Create || before.Code.Mode != after.Code.Mode || before.Code.SHA256 != after.Code.SHA256
}
