package planner

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Run says who carries a plan out, and why.
type Run struct {
	Action record.Action
	Author string
	Reason record.Reason
	// Request is what the caller named its request by (record.Head).
	Request string
	// Of is the version that a Rollback or a Repair deploys again.
	Of int64
	// Reconcile is what is to be done about drift (record.Head) where it is not what
	// the plan says; "" takes the plan's.
	Reconcile string
	// Seen is the newest head as it was when the plan was made, the zero Head for none: a run
	// that something came after is refused. nil is for callers that let nobody else in.
	Seen *record.Head
}

// HeldBackError refuses a run, since someone holds the mesh (meshc lock).
type HeldBackError struct {
	Mesh string
	Hold record.HoldInfo
}

// Error implements error.
func (e *HeldBackError) Error() string {
	text := fmt.Sprintf("%s is locked by %s since %s", e.Mesh, e.Hold.By, e.Hold.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
	if e.Hold.Reason != "" {
		text += ": " + e.Hold.Reason
	}
	return text
}

// HeldBack returns a *HeldBackError where someone else than author holds the mesh.
func HeldBack(h record.Head, author string) error {
	if h.Hold == nil || h.Hold.By == author {
		return nil
	}
	return &HeldBackError{Mesh: h.Mesh, Hold: *h.Hold}
}

// RecordError tells that a run is over and its end could not be recorded.
type RecordError struct {
	Mesh    string
	Version int64
	Err     error
}

// Error implements error.
func (e *RecordError) Error() string {
	return fmt.Sprintf("the end of version %d of %s could not be recorded: %v", e.Version, e.Mesh, e.Err)
}

// Unwrap gives the cause.
func (e *RecordError) Unwrap() error { return e.Err }

// endLimit bounds how long the end of a run is tried to be recorded.
const endLimit = 15 * time.Second

// ApplyRecorded carries a plan out as Apply does, and records it as a version of the
// mesh: before the first write that it has begun, and how it ended. A plan without
// steps is recorded where the newest version is another one, or did not end well, or
// says another thing about drift. The head is the newest one then. Errors are those of
// Apply and of the store, before anything is written, a *HeldBackError, an *UnderwayError,
// a *record.ConflictError where a run came after Run.Seen, and a *RecordError, with the
// report of a run that is over.
func ApplyRecorded(ctx context.Context, b backend.Backend, s record.Store, p *plan.Plan, run Run, o apply.Options) (apply.Report, record.Head, error) {
	id, err := mesh.ParseID(p.Mesh)
	if err != nil {
		return apply.Report{}, record.Head{}, err
	}
	w := &recorder{store: s, id: id, plan: p, run: run}
	w.wanted, w.body = sync.OnceValue(w.gather), sync.OnceValue(w.makeBody)
	if p.Empty() {
		err := w.unchanged(ctx, o.Lock)
		return apply.Report{}, w.head, err
	}
	if lock := o.Lock; lock != nil {
		o.Lock = func(ctx context.Context) (backend.Lease, error) {
			go w.body() // beside what is read before the first write
			lease, err := lock(ctx)
			// A namespace that is still to be made has its lock later.
			w.locked = lease != nil || errors.Is(err, backend.ErrNoNamespace)
			return lease, err
		}
	}
	begin := o.Begin
	o.Begin = func(ctx context.Context) error {
		if begin != nil {
			if err := begin(ctx); err != nil {
				return err
			}
		}
		return w.begin(ctx)
	}
	report, err := apply.Run(ctx, b, p, o)
	if err != nil {
		return report, w.head, err
	}
	return report, w.head, w.end(ctx, report)
}

// recorder keeps the record of one run.
type recorder struct {
	store record.Store
	id    mesh.ID
	plan  *plan.Plan
	run   Run
	head  record.Head
	// locked tells that the run holds the mesh's lock.
	locked bool
	// wanted is the desired state, and body what the version is made of, each worked out
	// once, when it is asked for.
	wanted func() printed
	body   func() *record.Body
}

// printed is a state with its fingerprint.
type printed struct {
	*state.State
	print string
}

// newest reads the newest head, and refuses a mesh that someone else holds.
func (w *recorder) newest(ctx context.Context) (record.Head, error) {
	h, err := w.store.Head(ctx, w.id)
	if err != nil && !errors.Is(err, record.ErrNone) {
		return h, err
	}
	if !h.Readable() {
		return h, fmt.Errorf("%s: %w", w.id, record.ErrNewer)
	}
	return h, HeldBack(h, w.run.Author)
}

// begin records that the run has begun.
func (w *recorder) begin(ctx context.Context) error {
	newest, err := w.newest(ctx)
	if err == nil {
		err = w.first(newest)
	}
	if err != nil {
		return err
	}
	return w.write(ctx, w.next(newest), w.body())
}

// unchanged records a plan that has nothing to do, where that is news. lock is as in
// apply.Options.
func (w *recorder) unchanged(ctx context.Context, lock func(context.Context) (backend.Lease, error)) error {
	newest, err := w.newest(ctx)
	if err != nil {
		return err
	}
	next := w.next(newest)
	w.head = newest
	same := newest.State == next.State && cmp.Or(newest.Reconcile, mesh.Report) == cmp.Or(next.Reconcile, mesh.Report)
	if w.plan.Destroy && !newest.Live() || same && newest.Outcome == record.Applied && newest.Live() != w.plan.Destroy {
		return nil
	}
	if lock != nil {
		lease, err := lock(ctx)
		if w.locked = lease != nil || errors.Is(err, backend.ErrNoNamespace); err != nil && !w.locked {
			return err
		}
	}
	if err := w.first(newest); err != nil {
		return err
	}
	next.Unlocked = !w.locked
	next.Outcome, next.Ended = record.Applied, next.Began
	return w.write(ctx, next, w.body())
}

func (w *recorder) write(ctx context.Context, h record.Head, b *record.Body) error {
	stored, err := w.store.Write(ctx, h, b)
	if err == nil {
		w.head = stored
	}
	return err
}

// next is the head of the run, as it begins.
func (w *recorder) next(newest record.Head) record.Head {
	h := record.Head{
		Mesh: w.id.String(), Revision: newest.Revision + 1, Version: newest.Version + 1, Action: w.run.Action, Outcome: record.Running,
		Author: w.run.Author, Began: time.Now().UTC(), Reason: w.run.Reason, Request: w.run.Request, Of: w.run.Of, Reconcile: cmp.Or(w.run.Reconcile, w.plan.Reconcile),
		Backend: w.plan.Backend, Cluster: w.plan.Cluster, Source: sourceOf(w.plan.Sources), Hold: newest.Hold, Unlocked: !w.locked,
		Packages: maps.Clone(newest.Packages),
	}
	desired := w.wanted()
	h.State = desired.print
	for _, c := range desired.Components() {
		h.Nodes = append(h.Nodes, c.Addr())
		if c.Code.URL != "" {
			if h.Packages == nil {
				h.Packages = map[string]int64{}
			}
			h.Packages[c.Code.URL] = h.Version
		}
	}
	maps.DeleteFunc(h.Packages, func(_ string, version int64) bool { return version <= h.Version-record.DefaultKeep })
	for _, c := range w.plan.Changes() {
		if !c.Addr.Kind().IsComponent() {
			continue
		}
		switch c.Action {
		case diff.Create:
			h.Changes.Created++
		case diff.Replace:
			h.Changes.Replaced++
		case diff.Delete:
			h.Changes.Deleted++
		default:
			h.Changes.Updated++
		}
	}
	return h
}

// gather works out the desired state. The plan is not to be changed meanwhile.
func (w *recorder) gather() printed {
	desired := wanted(w.id, w.plan)
	return printed{desired, desired.Fingerprint()}
}

// makeBody works out what the version is made of. The plan is not to be changed meanwhile.
func (w *recorder) makeBody() *record.Body {
	bare := withoutSecrets(w.plan)
	bare.Desired, bare.Sources = nil, nil
	b := &record.Body{Sources: w.plan.Sources, Plan: bare}
	desired := w.wanted()
	for _, addr := range desired.Addrs() {
		b.Desired = append(b.Desired, state.Boxed{Resource: desired.Resources[addr]})
	}
	b.Prepare()
	return b
}

// end records how the run ended. Between its beginning and its end others may have
// held the mesh or let go of it; that stays.
func (w *recorder) end(ctx context.Context, r apply.Report) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	next := w.head
	next.Ended = time.Now().UTC()
	next.Outcome, next.Error = outcome(r)
	for {
		next.Revision++
		err := w.write(ctx, next, nil)
		var conflict *record.ConflictError
		if !errors.As(err, &conflict) || conflict.Winner.Version != next.Version {
			if err != nil {
				return &RecordError{Mesh: w.plan.Mesh, Version: next.Version, Err: err}
			}
			return nil
		}
		next.Revision, next.Hold = conflict.Winner.Revision, conflict.Winner.Hold
	}
}

// outcome says how a run ended, and the first thing that went wrong.
func outcome(r apply.Report) (record.Outcome, string) {
	text := ""
	if len(r.Failed) > 0 {
		text = r.Failed[0].Step.ID + ": " + r.Failed[0].Err.Error()
	} else if r.Unlocked != nil {
		text = r.Unlocked.Error()
	}
	switch {
	case r.OK():
		return record.Applied, ""
	case r.Rollback != nil && r.Rollback.OK():
		return record.RolledBack, text
	case r.Interrupted || r.Unlocked != nil:
		return record.Interrupted, text
	}
	return record.Failed, text
}

// wanted is the desired state of a plan, without literal secrets, and without what
// depends on the machine that planned it: where code files lie, how nodes were called once.
func wanted(id mesh.ID, p *plan.Plan) *state.State {
	s := state.New(id)
	if p.Destroy {
		return s
	}
	for _, boxed := range p.Desired {
		switch r := boxed.Resource.(type) {
		case nil:
		case *state.Package:
			bare := *r
			bare.Path = ""
			s.Put(&bare)
		case *state.Component:
			bare := r.Bare(load.LooksSecret)
			bare.Code.Path, bare.MovedFrom = "", ""
			s.Put(bare)
		default:
			s.Put(r)
		}
	}
	return s
}

// sourceOf is the fingerprint of the files that a mesh was compiled from.
func sourceOf(sources []plan.Source) string {
	if len(sources) == 0 {
		return ""
	}
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%d %s %d ", len(s.Name), s.Name, len(s.Text))
		h.Write([]byte(s.Text))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Keep are the packages that a mesh's last versions run, for Options.Keep.
func Keep(h record.Head) map[string]bool {
	out := map[string]bool{}
	for url := range h.Packages {
		out[url] = true
	}
	return out
}
