package manager

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// The reasons for which a run does not begin.
var (
	errStale    = errors.New("the cluster has changed since the plan was made; nothing was written")
	errBusy     = errors.New("as many runs are under way as this manager takes; nothing was written")
	errClosing  = errors.New("this manager is about to end; nothing was written")
	errUnknown  = errors.New("the leader has gone before it answered: whether it has accepted the request, the mesh's history tells")
	errNoLeader = errors.New("no manager leads at the moment; nothing was written")
)

// start plans a job and begins to carry it out, with the caller's own credentials.
// It returns when the run is on record as begun, or has ended before: then with the
// error, and nothing was written.
func (m *Manager) start(ctx context.Context, c Caller, j *job) (op *operation, err error) {
	begun := false
	defer func() {
		if !begun && j.in != nil {
			j.in.done()
		}
	}()
	select {
	case <-m.stop:
		return nil, errClosing
	default:
	}
	if err := m.leads(ctx); err != nil {
		return nil, err
	}
	op, ok := m.ops.begin(m.opts.Leadership.Name(), j.id.Tenant+"/"+j.id.Namespace, m.opts.Limits.Runs, api.Operation{
		Mesh: j.id.String(), Action: j.run.Action, Author: j.run.Author, Began: time.Now().UTC(),
	})
	if !ok {
		return nil, errBusy
	}
	begun = true
	w := &watched{Store: m.writes(), m: m, j: j, begun: make(chan record.Head, 1)}
	failed := make(chan error, 1)
	// The run goes on when the one who asked for it is gone.
	run, cancel := context.WithCancelCause(m.base)
	run, op.span = m.trace(tracing.Below(run, ctx), string(j.run.Action), j.id.String(), tracing.String(attrOperation, op.snapshot().ID))
	go func() {
		defer cancel(nil)
		failed <- m.carry(run, c, j, op, w)
	}()
	for {
		select {
		case h := <-w.begun:
			op.accepted(h)
			m.log.Info("run begun", "mesh", j.id.String(), "version", h.Version, "action", j.run.Action, "author", j.run.Author, "operation", op.snapshot().ID)
			return op, nil
		case err := <-failed:
			return op, err
		case <-ctx.Done():
			// Nobody waits for the answer: a run that is not on record yet is not begun.
			if w.giveUp() {
				cancel(context.Cause(ctx))
			}
			ctx = context.WithoutCancel(ctx)
		}
	}
}

// leads returns nil when this manager leads.
func (m *Manager) leads(ctx context.Context) error {
	if err := m.opts.Leadership.Confirm(ctx); err != nil {
		return fmt.Errorf("%w (%w)", errNoLeader, err)
	}
	return nil
}

// carry carries a job out from its lock to its end on record.
func (m *Manager) carry(ctx context.Context, c Caller, j *job, op *operation, w *watched) (err error) {
	var report apply.Report
	var head record.Head
	var unchanged bool
	defer func() {
		if bug := recover(); bug != nil {
			err = m.bug(j, bug)
		}
		m.finish(op, j, report, head, unchanged, w.written(), err)
	}()
	if j.in != nil {
		defer j.in.done()
	}
	if err := mayChange(ctx, c, j.id); err != nil {
		return err
	}
	b, done, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer done()
	lease, err := m.lock(ctx, b, j)
	if err != nil {
		return m.heldByItself(ctx, j, refused(ctx, c, err))
	}
	defer func() {
		// Where the namespace was still to be made it was taken later.
		if lease != nil {
			lease.Release()
		}
	}()
	if err := m.repeated(ctx, j); err != nil {
		if lease == nil {
			return err
		}
		return m.abandoned(ctx, err)
	}
	if err := m.newest(ctx, j); err != nil {
		return err
	}
	p, err := m.agreed(ctx, c, b, j)
	if err != nil {
		return err
	}
	unchanged = p.Empty()
	spans := m.stepSpans(ctx, op.span)
	report, head, err = planner.ApplyRecorded(ctx, b, w, p, j.run, apply.Options{
		Parallelism: j.orders.parallelism, Allow: j.orders.allow, WaitLimit: j.orders.waitLimit, OnFailure: j.orders.onFailure,
		Events: func(e backend.Event) { op.event(stepEvent(e)); spans.event(e) }, Stop: m.stop, Resolve: j.resolve,
		Lock: func(ctx context.Context) (backend.Lease, error) {
			if lease == nil {
				var err error
				lease, err = m.take(ctx, b, j)
				return lease, err
			}
			return lease, nil
		},
		// The last look before the first write: is this manager still the one?
		Begin: m.leads,
	})
	return err
}

// newest notes on which record a job is planned, so that a run without a lock that comes
// after is told; it refuses to register what is there by now.
func (m *Manager) newest(ctx context.Context, j *job) error {
	h, err := m.head(ctx, j.id)
	if err == nil && j.register && h.Live() {
		err = &existsError{h}
	}
	j.run.Seen = &h
	return err
}

// agreed plans a job and refuses what was not allowed.
func (m *Manager) agreed(ctx context.Context, c Caller, b backend.Backend, j *job) (*plan.Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, m.opts.Limits.PlanTime)
	defer cancel()
	if h, ok := m.index.head(j.id.String()); ok {
		if err := planner.HeldBack(h, j.run.Author); err != nil {
			return nil, err
		}
	}
	p, _, err := m.plan(ctx, c, b, j)
	if err != nil {
		return nil, err
	}
	if refused := p.Refused(j.orders.allow); len(refused) > 0 {
		return nil, &apply.RiskError{Refused: refused}
	}
	return p, mayHold(ctx, c, j.id, p)
}

// lock takes the mesh's lock before anything is planned; a namespace that is still
// to be made has none yet.
func (m *Manager) lock(ctx context.Context, b backend.Backend, j *job) (backend.Lease, error) {
	lease, err := m.take(ctx, b, j)
	if errors.Is(err, backend.ErrNoNamespace) {
		return nil, nil
	}
	return lease, err
}

func (m *Manager) take(ctx context.Context, b backend.Backend, j *job) (backend.Lease, error) {
	locker, ok := b.(backend.Locker)
	if !ok {
		return nil, nil
	}
	return locker.Lock(ctx, j.id, backend.Holder{User: j.run.Author, Host: m.opts.Host, Process: os.Getpid(), Command: string(j.run.Action), Since: time.Now()})
}

// finish books the end of a run.
func (m *Manager) finish(op *operation, j *job, report apply.Report, head record.Head, unchanged, accepted bool, err error) {
	var unrecorded *planner.RecordError
	over := err == nil || errors.As(err, &unrecorded)
	m.ops.end(op, accepted || over, func(doc *api.Operation) {
		if over {
			result := resultOf(report)
			doc.Result, doc.Version = &result, head.Version
			doc.Outcome, doc.Error = head.Outcome, clean(head.Error)
		}
		if unchanged && over && !accepted {
			doc.Outcome = api.Unchanged
		}
		if unrecorded != nil {
			doc.Warning = errorText(unrecorded)
		}
		if !over {
			doc.Outcome, doc.Error = record.Failed, errorText(err)
		}
		// Before who waits for the end is told.
		if over {
			endRun(op.span, *doc, nil)
		} else {
			endRun(op.span, *doc, err)
		}
	})
	doc := op.snapshot()
	m.metrics.ran(doc)
	m.log.Info("run ended", "mesh", doc.Mesh, "version", doc.Version, "action", doc.Action, "author", doc.Author, "outcome", doc.Outcome, "err", doc.Error, "operation", doc.ID)
}

// head reads the newest head of a mesh as the store has it now.
func (m *Manager) head(ctx context.Context, id mesh.ID) (record.Head, error) {
	h, err := m.opts.Records.Head(ctx, id)
	if errors.Is(err, record.ErrNone) {
		return record.Head{Mesh: id.String()}, nil
	}
	if err == nil && !h.Readable() {
		err = fmt.Errorf("%s: %w", id, record.ErrNewer)
	}
	return h, err
}
