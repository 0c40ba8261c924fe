package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// errOvertaken: another version, or a lock, came between the look and the repair.
var errOvertaken = errors.New("the mesh was changed meanwhile")

// held forgets the repairs of a mesh that have lasted.
func (r *Reconciler) held(w *watched, rep Report) {
	if w.attempts == 0 || !rep.Clean() || rep.At.Sub(w.last) < max(time.Minute, 2*r.limits.pause(w.attempts)) {
		return
	}
	w.attempts, w.repair = 0, nil
	r.mu.Lock()
	w.report.Repair = nil // that it held is no news
	r.mu.Unlock()
}

// broken tells whether a report has something that deploying again can mend. An
// instance that keeps failing is not: workers start it again by themselves.
func broken(rep Report, idle time.Duration) bool {
	return len(rep.Drift) > 0 || slices.ContainsFunc(rep.Missing, func(m Missing) bool { return m.Stopped > 0 && rep.At.Sub(m.Since) >= idle })
}

// repair deploys the recorded version again where the mesh says so, and tells how
// that went.
func (r *Reconciler) repair(ctx context.Context, w *watched, b backend.Backend, rep Report) {
	if b == nil || w.deployed.Reconcile != mesh.Repair {
		w.repair, w.attempts = nil, 0
		return
	}
	if !broken(rep, r.limits.Idle) {
		if w.repair != nil && w.repair.State != Done {
			w.repair, rep.Repair = nil, nil // it went away by itself
			r.tell(w, rep)
		}
		return
	}
	if r.cfg.ReportOnly {
		w.repair = &Repair{State: Refused, Reason: "this manager reports, and repairs nothing"}
		rep.Repair = w.repair
		r.tell(w, rep)
		return
	}
	if err := r.remember(ctx, w); err != nil {
		return // the next look tells
	}
	now := time.Now()
	if now.Before(w.next) {
		return
	}
	if from, ok := r.affordable(w, now); !ok {
		w.next = from
		w.repair = &Repair{State: Waiting, Next: from, Reason: fmt.Sprintf("%d repairs of a mesh and %d in all are the limit within an hour", r.limits.Repairs, r.limits.AllRepairs)}
	} else {
		select {
		case r.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		again := r.attempt(ctx, w, b, rep)
		<-r.slots
		if again {
			return
		}
	}
	rep.At, rep.Repair = time.Now(), w.repair
	r.tell(w, rep)
}

// remember takes over what managers before this one have spent on a mesh, and on all.
func (r *Reconciler) remember(ctx context.Context, w *watched) error {
	if err := r.recall(ctx); err != nil || w.remembered {
		return err
	}
	found, err := r.past(ctx, w.id)
	if err != nil {
		return err
	}
	w.remembered = true
	if w.spent = found; len(found) == 0 {
		return nil
	}
	w.last = latest(w.last, found[len(found)-1])
	w.attempts = max(w.attempts, len(found))
	w.next = latest(w.next, w.last.Add(r.limits.pause(w.attempts)))
	return nil
}

// affordable tells whether the budgets allow one more repair; if not, from when on.
func (r *Reconciler) affordable(w *watched, now time.Time) (time.Time, bool) {
	from, ok := w.spent.left(now, r.limits.Repairs)
	r.mu.Lock()
	defer r.mu.Unlock()
	all, allOK := r.repairs.left(now, r.limits.AllRepairs)
	if all.After(from) {
		from = all
	}
	return from, ok && allOK
}

// attempt tries one repair, and books how it went; again is true where nothing is to be
// told, since the next look finds out what there is to do.
func (r *Reconciler) attempt(ctx context.Context, w *watched, b backend.Backend, rep Report) (again bool) {
	ctx, told, ended := r.cfg.OnRepair(ctx, w.id)
	head, err := r.run(ctx, w, b, rep, told)
	ended(head, err)
	w.last = time.Now()
	var held *backend.HeldError
	var back *planner.HeldBackError
	var conflict *record.ConflictError
	var stale *apply.StaleError
	var refused *refusal
	switch {
	case err == nil && head.Version == 0, errors.Is(err, errOvertaken), errors.As(err, &back), errors.As(err, &conflict), errors.As(err, &stale), ctx.Err() != nil && head.Version == 0:
		return true
	case errors.As(err, &held):
		w.next = w.last.Add(r.limits.Every)
		w.repair = &Repair{State: Waiting, Reason: held.Error()}
		return false
	}
	w.attempts++
	w.next = w.last.Add(r.cfg.Jitter(r.limits.pause(w.attempts)))
	switch {
	case errors.As(err, &refused):
		w.repair = &Repair{State: Refused, Reason: refused.reason, Risks: refused.risks}
	case err != nil:
		w.repair = &Repair{State: Failed, Reason: err.Error(), Version: head.Version, Next: w.next}
	case head.Outcome != record.Applied:
		w.repair = &Repair{State: Failed, Reason: head.Error, Version: head.Version, Next: w.next}
	default:
		w.repair = &Repair{State: Done, Version: head.Version}
	}
	return false
}

// refusal is why a repair is not tried.
type refusal struct {
	reason string
	risks  []plan.Risk
}

func (e *refusal) Error() string { return e.reason }

// run plans under the mesh's lock and carries the plan out. The head is that of the
// version that was made, zero for none.
func (r *Reconciler) run(ctx context.Context, w *watched, b backend.Backend, rep Report, told func(backend.Event)) (record.Head, error) {
	locker, ok := b.(backend.Locker)
	if !ok {
		return record.Head{}, &refusal{reason: "the mesh cannot be locked where it runs"}
	}
	who := r.cfg.Holder
	who.Command, who.Since = "repair", time.Now()
	lease, err := locker.Lock(ctx, w.id, who)
	if err != nil {
		// Without its namespace there is no place for a lock; repairs do not make it.
		return record.Head{}, err
	}
	defer lease.Release()
	if err := r.overtaken(ctx, w, w.revision); err != nil {
		return record.Head{}, err
	}
	body, err := r.cfg.Store.Body(ctx, w.deployed)
	if err != nil {
		return record.Head{}, err
	}
	p, findings, err := planner.MakeVersion(ctx, b, w.deployed.Backend, w.deployed, body, planner.Options{Keep: planner.Keep(w.deployed), NoWaits: true})
	switch {
	case errors.As(err, new(*planner.CodeGoneError)):
		return record.Head{}, &refusal{reason: err.Error()}
	case err != nil:
		return record.Head{}, err
	case p == nil:
		return record.Head{}, &refusal{reason: firstError(findings)}
	case p.Cluster.Name != w.deployed.Cluster.Name:
		return record.Head{}, errOvertaken
	case p.Empty() && w.deployed.Outcome == record.Applied:
		w.components, w.others, w.seen = nil, nil, [32]byte{} // it is as it should be by now
		return record.Head{}, nil
	}
	if err := r.resolvable(p); err != nil {
		return record.Head{}, &refusal{reason: err.Error()}
	}
	if not := notAllowed(p); len(not) > 0 {
		return record.Head{}, &refusal{reason: "the way back has risks that the mesh does not allow: " + not[0].Detail, risks: not}
	}
	of := w.deployed.Version
	if w.deployed.Action == record.Repair {
		of = w.deployed.Of
	}
	hard, cancel := r.untilGrace(ctx)
	defer cancel()
	_, head, err := planner.ApplyRecorded(hard, b, r.cfg.Store, p,
		planner.Run{Action: record.Repair, Author: r.cfg.Author, Of: of, Reason: record.Reason{Text: reason(rep)}},
		apply.Options{
			Stop: ctx.Done(), Resolve: r.cfg.Resolve, Events: told,
			Lock:  func(context.Context) (backend.Lease, error) { return lease, nil },
			Begin: func(ctx context.Context) error { return r.begin(ctx, w) },
		})
	if err == nil {
		r.mu.Lock()
		w.head, w.nodes = head, head.Nodes
		r.mu.Unlock()
	}
	if head.Action != record.Repair {
		head = record.Head{}
	}
	return head, err
}

// begin is asked before the first write of a repair.
func (r *Reconciler) begin(ctx context.Context, w *watched) error {
	if r.cfg.Fence != nil {
		if err := r.cfg.Fence(ctx); err != nil {
			return fmt.Errorf("%w: %w", errOvertaken, err)
		}
	}
	if err := r.overtaken(ctx, w, w.revision); err != nil {
		return err
	}
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.repairs.left(now, r.limits.AllRepairs); !ok {
		return errOvertaken // another mesh had the last one
	}
	w.spent, r.repairs = append(w.spent, now), append(r.repairs, now)
	r.stats.Repairs++
	return nil
}

// overtaken gives errOvertaken where the newest head of a mesh is no longer that of a revision.
func (r *Reconciler) overtaken(ctx context.Context, w *watched, revision int64) error {
	newest, err := r.cfg.Store.Head(ctx, w.id)
	if err == nil && (newest.Revision != revision || newest.Hold != nil) {
		return errOvertaken
	}
	return err
}

// untilGrace is a context that ends some time after ctx does, so that what is in the
// air can finish.
func (r *Reconciler) untilGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(r.limits.Grace):
			cancel()
		case <-hard.Done():
		}
	})
	return hard, func() { stop(); cancel() }
}

// resolvable tells which sensitive value a plan needs that is not known here.
func (r *Reconciler) resolvable(p *plan.Plan) error {
	resolve := r.cfg.Resolve
	if resolve == nil {
		resolve = func(string) (string, error) { return "", errors.New("the manager knows no sensitive values") }
	}
	for _, s := range p.Steps {
		if after, ok := s.Change.After.(*state.Component); ok && s.Op.Writes() {
			if _, err := after.Resolve(resolve); err != nil {
				return err
			}
		}
	}
	return nil
}

// notAllowed are the risks of a plan that have to be allowed and are not.
func notAllowed(p *plan.Plan) []plan.Risk {
	refused := p.Refused(nil)
	var out []plan.Risk
	for _, s := range p.Steps {
		out = append(out, refused[s.ID]...)
	}
	return out
}

// reason says in the record why a repair was made.
func reason(rep Report) string {
	switch n := len(rep.Drift); {
	case n == 0:
		return "instances stood still"
	case n == 1:
		return "drift: " + string(rep.Drift[0].Addr)
	default:
		return fmt.Sprintf("drift: %s and %d more", rep.Drift[0].Addr, n-1)
	}
}
