package manager

import (
	"context"
	"errors"
	"net/http"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// The attributes of spans. None has a token, a value, a body or who asked.
const (
	attrMesh      = "meshc.mesh"
	attrVersion   = "meshc.version"
	attrRevision  = "meshc.revision"
	attrOperation = "meshc.operation"
	attrOutcome   = "meshc.outcome"
	attrSteps     = "meshc.steps"
	attrStep      = "meshc.step"
	attrAddress   = "meshc.address"
)

// trace begins a span about a mesh.
func (m *Manager) trace(ctx context.Context, name, mesh string, attrs ...tracing.Attr) (context.Context, *tracing.Span) {
	return m.opts.Tracing.Begin(ctx, name, append(attrs, tracing.String(attrMesh, mesh))...)
}

// traced begins the span of a request where it is to have one. Those who watch the
// process ask every few seconds, and about no mesh.
func (m *Manager) traced(r *http.Request) (*http.Request, *tracing.Span) {
	switch r.URL.Path {
	case api.Healthy, api.Ready, api.Metrics:
		return r, nil
	}
	return m.opts.Tracing.BeginRequest(r)
}

// endRun ends the span of a run with what became of it; err is for one that has not begun.
func endRun(s *tracing.Span, doc api.Operation, err error) {
	switch {
	case errors.As(err, new(*repeatedError)):
		s.Set(tracing.String(attrOutcome, "repeated"))
	case err != nil:
		s.Set(tracing.String(attrOutcome, string(doc.Outcome)))
		s.Fail(kindOf(err))
	default:
		s.Set(tracing.String(attrOutcome, string(doc.Outcome)), tracing.Int(attrVersion, doc.Version))
		if doc.Outcome != record.Applied && doc.Outcome != api.Unchanged {
			s.Fail(string(doc.Outcome))
		}
	}
	s.End()
}

// endPlan ends the span of a plan.
func endPlan(s *tracing.Span, p *plan.Plan, err error) {
	if err != nil {
		s.Fail(kindOf(err))
	} else {
		s.Set(tracing.Int(attrSteps, int64(len(p.Steps))))
	}
	s.End()
}

// stepSpans makes a span of each step of a run, below that of the run.
type stepSpans struct {
	t     *tracing.Tracing
	ctx   context.Context
	run   *tracing.Span
	steps map[string]*tracing.Span
}

func (m *Manager) stepSpans(ctx context.Context, run *tracing.Span) *stepSpans {
	return &stepSpans{t: m.opts.Tracing, ctx: ctx, run: run, steps: map[string]*tracing.Span{}}
}

// event takes what happens in a run; calls never overlap (apply.Options.Events).
func (x *stepSpans) event(e backend.Event) {
	if x.run == nil {
		return
	}
	switch e := e.(type) {
	case backend.Started:
		_, x.steps[e.Step.ID] = x.t.Begin(x.ctx, string(e.Step.Op)+" "+string(e.Step.Addr.Kind()),
			tracing.String(attrStep, e.Step.ID), tracing.String(attrAddress, string(e.Step.Addr)))
	case backend.Retrying:
		x.steps[e.Step.ID].Event("retry", tracing.String("error.type", kindOf(e.Err)))
	case backend.GaveUp:
		x.steps[e.Step.ID].Event("gave up waiting")
	case backend.Done:
		x.end(e.Step.ID)
	case backend.Failed:
		x.steps[e.Step.ID].Fail(kindOf(e.Err))
		x.end(e.Step.ID)
	case backend.Skipped:
		x.run.Event("skipped", tracing.String(attrStep, e.Step.ID))
		// One that has begun is so when the run is stopped.
		x.steps[e.Step.ID].Set(tracing.String(attrOutcome, "stopped"))
		x.end(e.Step.ID)
	case backend.GoingBack:
		x.run.Event("going back", tracing.Int(attrSteps, int64(e.Steps)))
	}
}

func (x *stepSpans) end(id string) {
	x.steps[id].End()
	delete(x.steps, id)
}

// tracedRepair makes the spans of a repair, for reconcile.Config.
func (m *Manager) tracedRepair(ctx context.Context, id mesh.ID) (context.Context, func(backend.Event), func(record.Head, error)) {
	ctx, span := m.trace(ctx, string(record.Repair), id.String())
	steps := m.stepSpans(ctx, span)
	return ctx, steps.event, func(h record.Head, err error) {
		doc := api.Operation{Version: h.Version, Outcome: h.Outcome}
		if err == nil && h.Version == 0 {
			doc.Outcome = api.Unchanged // it was as it should be by then
		}
		endRun(span, doc, err)
	}
}

// tracedWrites makes a span of each write of a record.
type tracedWrites struct {
	record.Store
	m *Manager
}

// Write implements record.Store.
func (s tracedWrites) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	ctx, span := s.m.trace(ctx, "write record", next.Mesh, tracing.Int(attrVersion, next.Version), tracing.Int(attrRevision, next.Revision))
	h, err := s.Store.Write(ctx, next, body)
	if err != nil {
		span.Fail(kindOf(err))
	}
	span.End()
	return h, err
}

// writes is the store for who writes.
func (m *Manager) writes() record.Store {
	if m.opts.Tracing == nil {
		return sure{m.opts.Records}
	}
	return sure{tracedWrites{m.opts.Records, m}}
}
