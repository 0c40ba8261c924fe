package apply

import (
	"errors"
	"slices"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// held tells whether a component stays stopped although all is over that its start
// comes after, and the failed step that is to blame, "" in a stopped run. What was paused
// goes on when the change that it was paused for is made, or was not begun. A change
// that was begun and has not come to its end holds it back: old instances may still
// be about to stop, and what they are sent now could be lost. The next plan finds
// the component stopped and starts it.
func (r *runner) held(s plan.Step) (because string, held bool) {
	if s.Op != plan.Resume {
		return "", false
	}
	if pause := r.find(plan.Pause, s.Addr); pause != "" && !r.begun[pause] {
		return r.because[pause], true // it was never stopped
	}
	for _, n := range s.After {
		t := r.steps[n]
		begun := r.begun[r.find(plan.Keep, t.Addr)] || r.begun[r.find(plan.Update, t.Addr)] || r.begun[r.find(plan.Delete, t.Addr)]
		switch {
		case r.done[n], t.Op == plan.Pause:
			continue
		case t.Addr == s.Addr:
			// Without its update it runs as before; between two halves of a replacement it is not there.
			held = t.Op == plan.Create && r.begun[r.find(plan.Delete, s.Addr)]
		case t.Op == plan.Resume:
			pause := r.find(plan.Pause, t.Addr)
			// One that stops what runs needs a drain, and has done nothing before that.
			held = r.begun[pause] || pause == "" && (len(t.Needs) == 0 || r.begun[t.ID])
		default:
			held = begun
		}
		if held {
			return r.because[n], true
		}
	}
	return "", false
}

// find gives the ID of a step, "" if the plan has none of the sort.
func (r *runner) find(op plan.Op, addr state.Addr) string {
	id := string(op) + " " + string(addr)
	if _, ok := r.steps[id]; !ok {
		return ""
	}
	return id
}

// possible tells whether a step that starts a component may still come, once nothing
// else does: one that needed what is not done will not.
func (r *runner) possible(s plan.Step) bool {
	return s.Op == plan.Resume && !slices.ContainsFunc(s.Needs, func(n string) bool { return !r.done[n] })
}

// refused tells that a failed step has left all as it was.
func refused(o outcome) bool {
	_, unknown := passes(o.err)
	return errors.Is(o.err, backend.ErrMoved) || (o.step.Op == plan.Update || o.step.Op == plan.Keep) && !unknown
}

// Paused returns the components that the run stopped, or may have stopped, and did
// not start again, in the order of their steps. A replacement that was completed
// runs anew.
func (r Report) Paused() []state.Addr {
	over := map[state.Addr]bool{}
	var out []state.Addr
	stopped := func(s plan.Step) {
		if s.Op == plan.Pause {
			out = append(out, s.Addr)
		}
	}
	for _, s := range r.Done {
		stopped(s)
		over[s.Addr] = over[s.Addr] || s.Op == plan.Resume || s.Op == plan.Create
	}
	for _, f := range r.Failed {
		stopped(f.Step)
	}
	return slices.DeleteFunc(out, func(a state.Addr) bool { return over[a] })
}
