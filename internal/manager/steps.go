package manager

import (
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// stepEvent gives what the wire tells of an event.
func stepEvent(e backend.Event) api.StepEvent {
	switch e := e.(type) {
	case backend.Started:
		return api.StepEvent{Type: api.StepStarted, Step: e.Step.ID}
	case backend.Waiting:
		return api.StepEvent{Type: api.StepWaiting, Step: e.Step.ID, For: clean(e.For)}
	case backend.Progress:
		return api.StepEvent{Type: api.StepProgress, Step: e.Step.ID, Sent: e.Sent, Total: e.Total}
	case backend.Retrying:
		return api.StepEvent{Type: api.StepRetrying, Step: e.Step.ID, Error: errorText(e.Err), After: e.After.Seconds()}
	case backend.GaveUp:
		return api.StepEvent{Type: api.StepGaveUp, Step: e.Step.ID, Error: errorText(e.Left)}
	case backend.Done:
		return api.StepEvent{Type: api.StepDone, Step: e.Step.ID, Took: e.Took.Seconds()}
	case backend.Failed:
		return api.StepEvent{Type: api.StepFailed, Step: e.Step.ID, Error: errorText(e.Err)}
	case backend.Skipped:
		return api.StepEvent{Type: api.StepSkipped, Step: e.Step.ID, Because: e.Because}
	case backend.GoingBack:
		return api.StepEvent{Type: api.StepRollback, Steps: e.Steps}
	}
	return api.StepEvent{}
}

// resultOf gives what the wire tells of a report.
func resultOf(r apply.Report) api.Result {
	out := api.Result{Done: ids(r.Done), Failed: []api.FailedStep{}, Skipped: ids(r.Skipped), Interrupted: r.Interrupted,
		Unlocked: errorText(r.Unlocked), TookSeconds: r.Took.Seconds()}
	for _, f := range r.Failed {
		out.Failed = append(out.Failed, api.FailedStep{Step: f.Step.ID, Error: errorText(f.Err)})
	}
	if back := r.Rollback; back != nil {
		out.Rollback = &api.RolledBack{OK: back.OK(), Result: resultOf(back.Report), Error: errorText(back.Err)}
		for _, l := range back.Left {
			out.Rollback.Left = append(out.Rollback.Left, string(l.Addr)+": "+clean(l.Why))
		}
	}
	return out
}

func ids(steps []plan.Step) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = s.ID
	}
	return out
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return clean(err.Error())
}
