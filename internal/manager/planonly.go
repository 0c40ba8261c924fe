package manager

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// planOnly answers what would be done.
func (m *Manager) planOnly(w http.ResponseWriter, r *http.Request, c Caller) error {
	j, err := m.newJob(r, c, record.Apply)
	if err != nil {
		return err
	}
	switch {
	case j.orders.version > 0:
		err = m.target(r, j)
	case j.orders.destroy && r.ContentLength == 0:
	default:
		if j.in, err = m.takeInput(r); err == nil && j.in.plan != nil {
			j.in.done()
			err = usage("this is a plan already")
		}
	}
	if err != nil {
		return err
	}
	if j.in != nil {
		defer j.in.done()
	}
	leave, err := m.plans.wait(r.Context(), m.opts.Limits.Turn, errPlans)
	if err != nil {
		return err
	}
	defer leave()
	b, done, err := c.Open(r.Context())
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeout(r.Context(), m.opts.Limits.PlanTime)
	defer cancel()
	p, found, err := m.plan(ctx, c, b, j)
	if err != nil {
		return err
	}
	if j.in != nil {
		p.MoveCode(func(sum string) string { return j.in.typed(sum) })
		p.Desired = pathless(p.Desired)
	}
	var text strings.Builder
	if err := plan.Write(&text, []*plan.Plan{p}); err != nil {
		return err
	}
	if found == nil {
		found = diag.List{}
	}
	writeJSON(w, http.StatusOK, "application/json", api.Planned{Plan: json.RawMessage(text.String()), Findings: found, Risks: risksOf(p.Refused(j.orders.allow))})
	return nil
}

// typed gives the path that the mesh has for a code file, by its hash.
func (in *input) typed(sum string) string {
	for path, at := range in.code {
		if at == in.sums[sum] {
			return path
		}
	}
	return ""
}

// pathless leaves out where code lies on this machine.
func pathless(list []state.Boxed) []state.Boxed {
	out := make([]state.Boxed, len(list))
	for i, boxed := range list {
		switch r := boxed.Resource.(type) {
		case *state.Package:
			bare := *r
			bare.Path = ""
			out[i].Resource = &bare
		case *state.Component:
			bare := *r
			bare.Code.Path = ""
			out[i].Resource = &bare
		default:
			out[i] = boxed
		}
	}
	return out
}
