package reconcile

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// visit looks at a mesh, tells what is new, and repairs where that is asked for.
func (r *Reconciler) visit(ctx context.Context, w *watched) {
	r.mu.Lock()
	head := w.head
	w.urgent = false
	r.mu.Unlock()
	short, cancel := context.WithTimeout(ctx, r.limits.Look)
	b, rep, err := r.look(short, w, head)
	overtaken := false
	if err == nil && !rep.Clean() {
		// What a run does is no drift, and the cluster tells of it before its record is read.
		if err = r.overtaken(short, w, head.Revision); errors.Is(err, errOvertaken) {
			overtaken, err = true, r.refresh(short)
		}
	}
	cancel()
	r.mu.Lock()
	r.looks--
	r.stats.Looks++
	w.looked = time.Now()
	r.mu.Unlock()
	r.wakeUp()
	pause := r.limits.Every
	if ctx.Err() == nil {
		if err != nil {
			// One look that fails says little: a broker restarts, a connection breaks.
			if w.failures++; w.failures > 1 {
				rep = w.report
				rep.At, rep.Problem = w.looked, "it cannot be looked at: "+err.Error()
				r.tell(w, rep)
			}
			pause = min(pause<<min(w.failures, 4), r.limits.Look)
		} else if w.failures = 0; !overtaken {
			r.held(w, rep)
			rep.Repair = w.repair
			r.tell(w, rep)
			r.repair(ctx, w, b, rep)
		}
	}
	r.mu.Lock()
	w.busy = false
	switch {
	case w.urgent || w.head.Revision != head.Revision:
		w.due = time.Now() // there is news already
	case w.again > 0:
		w.again--
		w.urgent, w.due = true, time.Now().Add(r.cfg.Jitter(min(pause, echoes[w.again])))
	default:
		w.urgent, w.due = w.instances.unsure, time.Now().Add(r.cfg.Jitter(pause))
	}
	r.mu.Unlock()
	r.wakeUp()
}

// look compares a mesh with its record.
func (r *Reconciler) look(ctx context.Context, w *watched, head record.Head) (backend.Backend, Report, error) {
	rep := Report{Mesh: head.Mesh}
	if err := r.deployed(ctx, w, head); err != nil {
		return nil, rep, err
	}
	h := w.deployed
	if rep.Version = h.Version; !settled(h, time.Now()) {
		// What was locked and let go of did not end well: there is nothing to compare with.
		w.components, w.others, w.problem, w.revision = nil, nil, "", head.Revision
		rep.At = time.Now()
		return nil, rep, nil
	}
	b, err := r.cfg.Open(ctx, h)
	if err != nil {
		return nil, rep, err
	}
	t, err := r.traitsOf(ctx, b, h)
	if err != nil {
		return b, rep, err
	}
	if t.Cluster.Name != h.Cluster.Name {
		w.components, w.others = nil, nil
		rep.At, rep.Problem = time.Now(), fmt.Sprintf("version %d was deployed in cluster %s, and this is %s", h.Version, h.Cluster.Name, t.Cluster.Name)
		return b, rep, nil
	}
	glimpses, err := r.compare(ctx, w, b, t, head.Revision)
	if err != nil {
		return b, rep, err
	}
	rep.At = time.Now()
	rep.Drift = sortDrift(slices.Concat(w.components, w.others))
	rep.Problem = w.problem
	rep.Failing, rep.Missing = w.instances.take(glimpses, rep.At, r.limits.Calm)
	return b, rep, nil
}

// deployed finds the version that a head is about.
func (r *Reconciler) deployed(ctx context.Context, w *watched, head record.Head) error {
	if w.revision == head.Revision {
		return nil
	}
	if head.Version != w.deployed.Version && head.Action != record.Repair {
		// What someone else has deployed owes nothing to repairs of what was before.
		w.attempts, w.next, w.repair = 0, time.Time{}, nil
	}
	if len(w.others) > 0 {
		w.whole = time.Now()
	}
	if head.Action != record.Unhold {
		w.deployed = head
		return nil
	}
	for before := head.Revision; ; {
		past, err := r.cfg.Store.History(ctx, w.id, before, 20)
		if err != nil {
			return err
		}
		if len(past) == 0 {
			w.deployed = record.Head{}
			return nil
		}
		for _, h := range past {
			before = h.Revision
			if h.Action != record.Hold && h.Action != record.Unhold {
				w.deployed = h
				return nil
			}
		}
	}
}

// compare finds drift, by a glance where the backend can and that is enough.
func (r *Reconciler) compare(ctx context.Context, w *watched, b backend.Backend, t traits, revision int64) ([]backend.Glimpse, error) {
	glancer, can := b.(backend.Glancer)
	var glimpses []backend.Glimpse
	var seen [32]byte
	if can {
		var err error
		if glimpses, err = glancer.Glance(ctx, w.deployed.Nodes); err != nil {
			return nil, err
		}
		seen = digest(glimpses)
	}
	switch {
	case !can || r.mayRead(w):
		p, err := r.compareWhole(ctx, w, b)
		if err != nil {
			w.whole = time.Now()
			return nil, err
		}
		if !can {
			if glimpses, err = ask(ctx, b, p); err != nil {
				return nil, err
			}
		}
	case revision != w.revision || seen != w.seen:
		if err := r.compareComponents(ctx, w, t, glimpses); err != nil {
			return nil, err
		}
	}
	w.revision, w.seen = revision, seen
	return glimpses, nil
}

// mayRead tells whether it is a mesh's turn for a whole plan.
func (r *Reconciler) mayRead(w *watched) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Before(w.whole) || now.Before(r.whole) {
		return false
	}
	w.whole, r.whole = now.Add(r.cfg.Jitter(r.limits.Whole)), now.Add(r.limits.Apart)
	r.pace = r.pace.Add(time.Second * time.Duration(8*len(w.nodes)) / time.Duration(r.limits.Requests))
	return true
}

// compareWhole plans the way back to the recorded version.
func (r *Reconciler) compareWhole(ctx context.Context, w *watched, b backend.Backend) (*plan.Plan, error) {
	r.mu.Lock()
	r.stats.Wholes++
	r.mu.Unlock()
	body, err := r.cfg.Store.Body(ctx, w.deployed)
	if err != nil {
		return nil, err
	}
	p, findings, err := planner.MakeVersion(ctx, b, w.deployed.Backend, w.deployed, body, planner.Options{Keep: planner.Keep(w.deployed)})
	if err != nil && !errors.As(err, new(*planner.CodeGoneError)) {
		return nil, err
	}
	w.problem = firstError(findings)
	if p == nil {
		return nil, nil
	}
	w.components, w.others = nil, nil
	want := body.State(w.id)
	for _, c := range p.Changes() {
		if d, ok := driftOf(c, want.Resources); !ok {
			continue
		} else if c.Addr.Kind().IsComponent() {
			w.components = append(w.components, d)
		} else {
			w.others = append(w.others, d)
		}
	}
	return p, nil
}

// compareComponents compares what a glance has shown with the recorded version.
func (r *Reconciler) compareComponents(ctx context.Context, w *watched, t traits, glimpses []backend.Glimpse) error {
	body, err := r.cfg.Store.Body(ctx, w.deployed)
	if err != nil {
		return err
	}
	all, live, want := body.State(w.id), state.New(w.id), state.New(w.id)
	for _, c := range all.Components() {
		want.Put(c)
	}
	for _, g := range glimpses {
		if g.Component != nil {
			live.Put(g.Component)
		}
	}
	live.Mask(want.SensitivePaths())
	changes, findings := diff.Diff(live, want, t.Rules, diff.Options{})
	w.problem, w.components = firstError(findings), nil
	for _, c := range changes {
		if d, ok := driftOf(c, want.Resources); ok {
			w.components = append(w.components, d)
		}
	}
	return nil
}

// ask asks about the components that a plan says do not all run.
func ask(ctx context.Context, b backend.Backend, p *plan.Plan) ([]backend.Glimpse, error) {
	if p == nil {
		return nil, nil
	}
	var out []backend.Glimpse
	for _, s := range p.Steps {
		if s.Change.Action != diff.NoOp || s.Op != plan.AwaitRunning && s.Op != plan.Resume {
			continue
		}
		h, err := b.Health(ctx, s.Addr)
		if err != nil {
			return nil, err
		}
		live, _ := s.Change.Before.(*state.Component)
		out = append(out, backend.Glimpse{Addr: s.Addr, Component: live, Health: h})
	}
	return out, nil
}

// digest is of the components that a glance has shown, not of how they do.
func digest(glimpses []backend.Glimpse) (out [32]byte) {
	h := sha256.New()
	for _, g := range glimpses {
		h.Write([]byte(g.Addr))
		if g.Component != nil {
			h.Write([]byte(state.Digest(g.Component)))
		}
		h.Write([]byte{0})
	}
	h.Sum(out[:0])
	return out
}

// firstError is what keeps a mesh from being compared.
func firstError(findings diag.List) string {
	for _, d := range findings {
		if d.Severity == diag.Error {
			return d.Detail
		}
	}
	return ""
}

// tell keeps a report, and tells of it where it says another thing than the last one.
func (r *Reconciler) tell(w *watched, rep Report) {
	r.mu.Lock()
	last := w.report
	if !rep.Clean() {
		if rep.Since = last.Since; last.Clean() {
			rep.Since = rep.At
		}
	} else {
		rep.Since = time.Time{}
	}
	w.report = rep
	r.mu.Unlock()
	if last.At.IsZero() && rep.Clean() && rep.Repair == nil {
		return
	}
	// Which version it is compared with is no news by itself.
	last.Version = rep.Version
	if !last.same(rep) && r.cfg.OnReport != nil {
		r.cfg.OnReport(rep)
	}
}

// traits is what is known of a backend's cluster for a while.
type traits struct {
	backend.Traits
	until time.Time
}

// traitsFor is how long it is believed: a cluster seldom becomes another one.
const traitsFor = 10 * time.Minute

func (r *Reconciler) traitsOf(ctx context.Context, b backend.Backend, h record.Head) (traits, error) {
	r.mu.Lock()
	t, now := r.traits[b], time.Now()
	r.mu.Unlock()
	if t.until.After(now) {
		return t, nil
	}
	known, err := b.Traits(ctx, h.ID())
	if err != nil {
		return t, err
	}
	t = traits{Traits: known, until: now.Add(traitsFor)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.traits) > 16 {
		clear(r.traits) // backends that are opened anew each time
	}
	r.traits[b] = t
	return t, nil
}
