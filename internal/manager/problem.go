package manager

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// kinds are the status codes and titles of problems.
var kinds = map[string]struct {
	status int
	title  string
}{
	api.KindUsage:        {http.StatusBadRequest, "The request cannot be understood"},
	api.KindUnauthorized: {http.StatusUnauthorized, "Who asks is not known"},
	api.KindForbidden:    {http.StatusForbidden, "The caller may not do this"},
	api.KindNotFound:     {http.StatusNotFound, "There is no such thing"},
	api.KindExists:       {http.StatusConflict, "The mesh is there already"},
	api.KindFindings:     {http.StatusUnprocessableEntity, "The mesh has errors"},
	api.KindRisks:        {http.StatusConflict, "The plan has risks that are not allowed"},
	api.KindStale:        {http.StatusConflict, "The plan does not fit the cluster any more"},
	api.KindConflict:     {http.StatusConflict, "Another run came first"},
	api.KindHeld:         {http.StatusConflict, "The mesh is locked"},
	api.KindGone:         {http.StatusGone, "The version is not kept any more"},
	api.KindTooLarge:     {http.StatusRequestEntityTooLarge, "The request is too large"},
	api.KindTooSlow:      {http.StatusRequestTimeout, "The request did not come in time"},
	api.KindBusy:         {http.StatusServiceUnavailable, "The manager is busy"},
	api.KindNoLeader:     {http.StatusServiceUnavailable, "No manager leads"},
	api.KindUnreachable:  {http.StatusBadGateway, "The cluster does not answer"},
	api.KindUnknown:      {http.StatusBadGateway, "Whether the request was carried out is not known"},
	api.KindFailed:       {http.StatusInternalServerError, "The request failed"},
}

// notFound is a thing that is not there.
type notFound struct{ text string }

// Error implements error.
func (e *notFound) Error() string { return e.text }

// existsError refuses to register what is there.
type existsError struct{ head record.Head }

// Error implements error.
func (e *existsError) Error() string {
	return e.head.Mesh + " is there already, as version " + strconv.FormatInt(e.head.Version, 10) + "; update it by PUT"
}

// problemOf gives the answer for an error.
func problemOf(err error) *api.Problem {
	p := &api.Problem{Type: kindOf(err), Detail: clean(err.Error())}
	var conflict *record.ConflictError
	var held *planner.HeldBackError
	var found *findingsError
	var risks *apply.RiskError
	var stale *apply.StaleError
	var gone *planner.CodeGoneError
	var other *planner.OtherPlanError
	var exists *existsError
	switch {
	case errors.As(err, &conflict):
		p.Winner = winner(conflict.Winner)
	case errors.As(err, &exists):
		p.Winner = winner(exists.head)
	case errors.As(err, &held):
		p.Hold = &held.Hold
	case errors.As(err, &found):
		p.Findings = found.list
	case errors.As(err, &risks):
		p.Risks = risksOf(risks.Refused)
	case errors.As(err, &stale):
		for _, a := range stale.Moved {
			p.Moved = append(p.Moved, string(a))
		}
	case errors.As(err, &other):
		for _, a := range other.Addrs {
			p.Moved = append(p.Moved, string(a))
		}
	case errors.As(err, &gone):
		p.Missing = append(slices.Clone(gone.Missing), gone.Secrets...)
	}
	k := kinds[p.Type]
	p.Status, p.Title = k.status, k.title
	return p
}

func winner(h record.Head) *api.Mesh {
	m := api.NewMesh(h)
	return &m
}

func risksOf(refused map[string][]plan.Risk) []api.Risk {
	out := []api.Risk{}
	for step, list := range refused {
		for _, r := range list {
			out = append(out, api.Risk{Step: step, Kind: string(r.Kind), Detail: clean(r.Detail)})
		}
	}
	sortRisks(out)
	return out
}

// kindOf sorts an error into the kinds of problems.
func kindOf(err error) string {
	is := func(targets ...error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
	switch {
	case is(ErrUnauthorized):
		return api.KindUnauthorized
	case is(ErrForbidden):
		return api.KindForbidden
	case errors.As(err, new(*usageError)), errors.As(err, new(*planner.OnlyError)), errors.As(err, new(*planner.ForeignError)):
		return api.KindUsage
	case errors.As(err, new(*http.MaxBytesError)), is(record.ErrTooLarge):
		return api.KindTooLarge
	case is(os.ErrDeadlineExceeded):
		return api.KindTooSlow
	case errors.As(err, new(*notFound)), is(record.ErrNone):
		return api.KindNotFound
	case errors.As(err, new(*existsError)):
		return api.KindExists
	case errors.As(err, new(*findingsError)):
		return api.KindFindings
	case errors.As(err, new(*apply.RiskError)):
		return api.KindRisks
	case errors.As(err, new(*apply.StaleError)), errors.As(err, new(*apply.SensitiveError)), errors.As(err, new(*apply.ClusterError)), errors.As(err, new(*planner.OtherPlanError)), is(errStale, backend.ErrMoved):
		return api.KindStale
	case errors.As(err, new(*planner.HeldBackError)):
		return api.KindHeld
	case errors.As(err, new(*record.ConflictError)), errors.As(err, new(*backend.HeldError)), is(record.ErrNewer):
		return api.KindConflict
	case errors.As(err, new(*planner.CodeGoneError)), is(record.ErrGone):
		return api.KindGone
	case is(errUnknown, errUnsure):
		return api.KindUnknown
	case is(errNoLeader):
		return api.KindNoLeader
	case is(errBusy, errClosing, errRequests, errStarting, errInputs, errPlans, errStreams):
		return api.KindBusy
	case errors.As(err, new(*backend.NotReached)), errors.As(err, new(unreached)), is(context.DeadlineExceeded):
		return api.KindUnreachable
	}
	return api.KindFailed
}

// refuse writes a problem.
func (m *Manager) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	switch p.Type {
	case api.KindUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="meshc"`)
	case api.KindBusy, api.KindNoLeader:
		w.Header().Set("Retry-After", "1")
	case api.KindTooLarge, api.KindTooSlow:
		// What is left of the body is not read.
		w.Header().Set("Connection", "close")
	case api.KindFailed, api.KindUnreachable:
		m.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", p.Detail)
	}
	writeJSON(w, p.Status, api.ContentProblem, p)
}

// writeJSON writes an answer; who is not there any more to read it is no failure.
func writeJSON(w http.ResponseWriter, status int, kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		status, kind, data = http.StatusInternalServerError, api.ContentProblem, []byte(`{"type":"failed","title":"The request failed","status":500}`)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
}
