package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// OnFailure says what becomes of the rest after steps have failed for good.
type OnFailure string

// What a run does after a failure. Pulsar itself never takes anything back.
const (
	// StopThere leaves what is done as it is; another apply goes on from there. The
	// empty text means the same.
	StopThere OnFailure = "stop"
	// GoBack brings the components that the run has changed back to what they were.
	GoBack OnFailure = "rollback"
)

// Rollback says how a run went back after a failure.
type Rollback struct {
	// Plan is what was planned for it, nil where it could not be planned; Report
	// says how that ended.
	Plan   *plan.Plan
	Report Report
	// Left are the components that stay as they are now, and why.
	Left []Left
	// Err tells why the way back was not begun.
	Err error
}

// Left is a component that cannot be brought back, or must not.
type Left struct {
	Addr state.Addr
	Why  string
}

// OK tells that everything that the run had changed is again as it was.
func (r *Rollback) OK() bool { return r.Err == nil && len(r.Left) == 0 && r.Report.OK() }

// NoWayBack lists the components of a plan that a rollback could not restore, in the
// order of the plan, so that the user can be told before the first write.
func NoWayBack(p *plan.Plan) []Left {
	var out []Left
	for _, c := range p.Changes() {
		if before, ok := c.Before.(*state.Component); ok {
			if why := noWayBack(p, &c, before); why != "" {
				out = append(out, Left{c.Addr, why})
			}
		}
	}
	return out
}

// noWayBack tells why a component could not be what it was before, "" if it could.
func noWayBack(p *plan.Plan, c *diff.Change, before *state.Component) string {
	if c.Action == diff.Adopt {
		return "what was taken over stays the mesh's"
	}
	if before.Code.Mode == state.ByURL {
		for _, s := range p.Steps {
			if s.Op == plan.Delete && s.Addr == state.PackageAddr(before.Code.URL) {
				return "the plan deletes the package of its code"
			}
		}
	}
	after, stays := c.After.(*state.Component)
	sent := !stays || c.Action == diff.Replace || after.Code.Mode != before.Code.Mode || after.Code.SHA256 != before.Code.SHA256
	if before.Code.Mode == state.ByData && sent {
		return "its code was sent along with it, and the cluster does not give it back"
	}
	return ""
}

// goBack plans the way back from what a run has done and carries it out. before is
// what was there when the run began. Only components go back, and only those that
// are as the run has left them: topics, subscriptions and packages that it has made
// stay, since they may hold messages, and the next apply needs or removes them.
func goBack(ctx context.Context, b backend.Backend, rules diff.RuleSet, before *state.State, p *plan.Plan, opts Options, lease backend.Lease) *Rollback {
	out := &Rollback{}
	now, err := b.Read(ctx, backend.Scope{Mesh: before.Mesh, Addrs: p.Scope})
	if err != nil {
		out.Err = fmt.Errorf("what is there now cannot be read: %w", err)
		return out
	}
	now.Mask(p.Sensitive)
	want := out.want(before, now, p)
	changes, findings := diff.Diff(now, want, rules, diff.Options{})
	if findings.HasErrors() {
		out.Err = errors.New("no way back can be planned: " + findings[0].Detail)
		return out
	}
	out.Plan = plan.New(plan.Header{Backend: p.Backend, Cluster: p.Cluster, Allowed: opts.Allow, KeepsSubscriptions: true}, now, want, changes)
	if refused := out.Plan.Refused(opts.Allow); len(refused) > 0 {
		out.Err = &RiskError{Refused: refused}
		return out
	}
	if opts.Events != nil {
		opts.Events(backend.GoingBack{Steps: len(out.Plan.Steps)})
	}
	back := newRunner(b, out.Plan, opts)
	back.lease = lease
	out.Report = back.run(ctx)
	return out
}

// want is what is there now, with the components that the run has changed as they
// were before it.
func (r *Rollback) want(before, now *state.State, p *plan.Plan) *state.State {
	want := state.New(now.Mesh)
	for _, res := range now.Resources {
		if c, ok := res.(*state.Component); !ok || c.OtherKind == "" && c.Owner == now.Mesh.String() {
			want.Put(res)
		}
	}
	for _, c := range p.Changes() {
		if !c.Addr.Kind().IsComponent() {
			continue
		}
		was, _ := before.Resources[c.Addr].(*state.Component)
		is, _ := now.Resources[c.Addr].(*state.Component)
		if state.Digest(resource(was)) == state.Digest(resource(is)) {
			continue // the run has not come to it
		}
		if why := r.stays(p, &c, was, is); why != "" {
			r.Left = append(r.Left, Left{c.Addr, why})
			continue
		}
		if was == nil {
			delete(want.Resources, c.Addr)
			continue
		}
		restored := *was
		restored.Drifted, restored.DriftedBy = false, nil
		restored.Generation = was.Generation + 2 // the run's own was the next
		if after, ok := c.After.(*state.Component); ok {
			restored.Allow = after.Allow
		}
		want.Put(&restored)
		unsubscribe(want, &restored, is)
		subscribe(want, &restored)
	}
	return want
}

// stays tells why a component is left as it is, "" if it goes back.
func (r *Rollback) stays(p *plan.Plan, c *diff.Change, was, is *state.Component) string {
	after, _ := c.After.(*state.Component)
	between, _ := c.Between.(*state.Component)
	switch {
	case is != nil && !wrote(is, after) && !wrote(is, between):
		return "someone else has written it since"
	case was == nil && is.Protect:
		return "it is protected, so it is not deleted"
	case was == nil:
		return ""
	}
	return noWayBack(p, c, was)
}

// wrote tells whether a component carries the marker of a form that the run writes.
func wrote(is, form *state.Component) bool {
	return form != nil && is.Owner == form.Owner && is.Generation == max(1, form.Generation)
}

// unsubscribe lets the subscriptions go through which a component reads now and will
// not from then on, where it goes on reading the topic through another: that one is
// made first, and the old one is drained, as in each plan.
func unsubscribe(want *state.State, was, is *state.Component) {
	if is == nil || is.Subscription() == was.Subscription() {
		return
	}
	for _, t := range is.Inputs() {
		if slices.Contains(was.Inputs(), t) {
			delete(want.Resources, state.SubscriptionAddr(t, is.Subscription()))
		}
	}
}

// subscribe adds the subscriptions of a component that comes back, where the run has
// deleted them: they begin with what is sent from now on.
func subscribe(want *state.State, c *state.Component) {
	for _, t := range c.Inputs() {
		_, topic := want.Resources[state.TopicAddr(t)]
		_, there := want.Resources[state.SubscriptionAddr(t, c.Subscription())]
		if topic && !there {
			want.Put(&state.Subscription{Topic: t, Name: c.Subscription(), Position: "Latest", Owner: c.Owner})
		}
	}
}

// resource keeps a nil component a nil resource.
func resource(c *state.Component) state.Resource {
	if c == nil {
		return nil
	}
	return c
}
