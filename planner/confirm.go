package planner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// OtherPlanError refuses a plan out of a file whose steps are not the way to what the
// same file says is wanted.
type OtherPlanError struct {
	Mesh string
	// Addrs are what it would do another thing to, in order.
	Addrs []state.Addr
}

// Error implements error.
func (e *OtherPlanError) Error() string {
	var names []string
	for _, a := range e.Addrs {
		names = append(names, string(a))
	}
	return fmt.Sprintf("the plan of %s does not lead to what it says is wanted, or did so when it was made: %s; make a new plan; nothing was written", e.Mesh, strings.Join(names, ", "))
}

// ForeignError refuses a desired state with what no mesh file makes a mesh of that name
// consist of: components, code or new namespaces beside its own namespace, what belongs
// to another mesh, names that are none.
type ForeignError struct {
	Mesh string
	Addr state.Addr
	Why  string
}

// Error implements error.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s cannot belong to mesh %s: %s", e.Addr, e.Mesh, e.Why)
}

// Confirm plans again what a plan out of a file says is wanted, and refuses one that is
// another: whoever records a version puts down what is wanted, not what was done, and
// others deploy it again from there. b has to be the backend of whoever sent the plan,
// so that nothing gets on record that this one may not see. It only reads.
//
// Both plans have to start from the same state and change the same things in the same
// way. What follows from things that move by themselves is left alone: waits, drains and
// pauses, risks, and which packages are collected. Errors: *apply.ClusterError,
// *apply.StaleError, *OtherPlanError, *ForeignError, and failures to read. Findings are
// as in Make.
func Confirm(ctx context.Context, b backend.Backend, p *plan.Plan, keep map[string]bool) (diag.List, error) {
	id, err := mesh.ParseID(p.Mesh)
	if err != nil {
		return nil, err
	}
	want, err := desired(id, p)
	if err != nil {
		return nil, err
	}
	if err := onlyOwn(want); err != nil {
		return nil, err
	}
	traits, err := b.Traits(ctx, id)
	if err != nil {
		return nil, err
	}
	if traits.Cluster != p.Cluster {
		return nil, &apply.ClusterError{Want: p.Cluster, Have: traits.Cluster}
	}
	now, findings, err := between(ctx, b, p.Backend, traits, want, Options{Destroy: p.Destroy, DeleteTopics: deletesTopics(p), Keep: keep})
	if now == nil || err != nil {
		return findings, err
	}
	if now.Base != p.Base || !maps.Equal(now.Seen, p.Seen) {
		stale := &apply.StaleError{}
		for addr := range keysOf(now.Seen, p.Seen) {
			if now.Seen[addr] != p.Seen[addr] {
				stale.Moved = append(stale.Moved, addr)
			}
		}
		slices.Sort(stale.Moved)
		return findings, stale
	}
	fillIn(now) // secrets that the plan has from what runs
	other, err := differing(now, p)
	if err == nil && len(other) > 0 {
		err = &OtherPlanError{Mesh: p.Mesh, Addrs: other}
	}
	return findings, err
}

// desired is what a plan wants, apart from the plan itself: planning may fill things in.
func desired(id mesh.ID, p *plan.Plan) (*state.State, error) {
	var list []state.Boxed
	if err := again(p.Desired, &list); err != nil {
		return nil, err
	}
	s := state.New(id)
	for _, boxed := range list {
		if boxed.Resource == nil {
			continue
		}
		if _, twice := s.Resources[boxed.Addr()]; twice {
			return nil, &ForeignError{Mesh: p.Mesh, Addr: boxed.Addr(), Why: "it is wanted twice"}
		}
		s.Put(boxed.Resource)
	}
	return s, nil
}

// onlyOwn refuses a desired state that compiling a mesh file could not have given.
func onlyOwn(want *state.State) error {
	own := want.Mesh.Tenant + "/" + want.Mesh.Namespace
	for _, addr := range want.Addrs() {
		r := want.Resources[addr]
		foreign := &ForeignError{Mesh: want.Mesh.String(), Addr: addr}
		where, err := state.Where(r)
		if err != nil {
			foreign.Why = err.Error()
			return foreign
		}
		makes := false
		switch r := r.(type) {
		case *state.Component, *state.Package:
			makes = true
		case *state.Namespace:
			makes = r.Owner != ""
		}
		switch owner := r.OwnerID(); {
		case owner != "" && owner != want.Mesh.String():
			foreign.Why = "it is said to belong to " + owner
			return foreign
		case makes && where != own:
			foreign.Why = "it is not in the mesh's namespace " + own
			return foreign
		}
	}
	return nil
}

func deletesTopics(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.Op == plan.Delete && s.Addr.Kind() == state.KindTopic })
}

// settles are the operations that follow from a change alone, whatever moves.
var settles = map[plan.Op]bool{plan.Create: true, plan.Update: true, plan.Delete: true, plan.Keep: true, plan.AwaitKept: true, plan.AwaitRunning: true, plan.Verify: true}

// differing names what two plans do another thing to, in order.
func differing(a, b *plan.Plan) ([]state.Addr, error) {
	as, err := essence(a)
	if err != nil {
		return nil, err
	}
	bs, err := essence(b)
	if err != nil {
		return nil, err
	}
	var out []state.Addr
	for addr := range keysOf(as, bs) {
		if as[addr] != bs[addr] {
			out = append(out, addr)
		}
	}
	slices.Sort(out)
	return out, nil
}

// essence is what a plan changes, and by which steps, by address.
func essence(p *plan.Plan) (map[state.Addr]string, error) {
	changes, ops := map[state.Addr]string{}, map[state.Addr][]string{}
	for _, s := range p.Steps {
		c := *s.Change
		if c.Action == diff.NoOp || c.Why == diff.Collected && s.Addr.Kind() == state.KindPackage && s.Op == plan.Delete {
			continue
		}
		text, err := bareText(c)
		if err != nil {
			return nil, err
		}
		if have, ok := changes[s.Addr]; ok && have != text {
			text = "two changes" // which no plan has
		}
		changes[s.Addr] = text
		if settles[s.Op] {
			ops[s.Addr] = append(ops[s.Addr], string(s.Op))
		}
	}
	for addr, list := range ops {
		slices.Sort(list)
		changes[addr] += " " + strings.Join(list, ",")
	}
	return changes, nil
}

// bareText is a change as plan files have it, without where it stands in a mesh file
// and where code lies.
func bareText(c diff.Change) (string, error) {
	var plain diff.Change
	if err := again(c, &plain); err != nil {
		return "", err
	}
	plain.Span = diag.Span{}
	for i := range plain.Fields {
		plain.Fields[i].Span = diag.Span{}
	}
	for _, r := range []state.Resource{plain.Before, plain.Between, plain.After} {
		switch r := r.(type) {
		case *state.Package:
			r.Path = ""
		case *state.Component:
			r.Code.Path = ""
		}
	}
	text, err := json.Marshal(plain)
	return string(text), err
}

// again writes a value as plan files have it and reads it.
func again(v, into any) error {
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(v); err != nil {
		return err
	}
	return json.Unmarshal(text.Bytes(), into)
}

// keysOf are the keys of both.
func keysOf[V any](a, b map[state.Addr]V) map[state.Addr]bool {
	out := make(map[state.Addr]bool, len(a)+len(b))
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}
