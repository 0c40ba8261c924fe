package manager

import (
	"sync"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/reconcile"
)

// drifts are what was told of drift lately.
type drifts struct {
	mu  sync.Mutex
	log ring[api.DriftEvent]
}

func newDrifts(keep int) *drifts { return &drifts{log: newRing[api.DriftEvent](keep)} }

func (d *drifts) add(e api.DriftEvent) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log.add(e)
}

// since gives what was told after a position. What is forgotten is passed over: the
// newest drift of a mesh is in its status.
func (d *drifts) since(at int64, n int) (events []api.DriftEvent, next int64, news <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	events, next, _, news = d.log.since(max(at, d.log.first), n)
	return events, next, news
}

func (d *drifts) end() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.first + int64(len(d.log.items))
}

// driftOf gives what the wire tells of a report.
func driftOf(r reconcile.Report) api.Drift {
	out := api.Drift{Version: r.Version, Seen: r.At, Since: r.Since, Changes: []api.DriftChange{}, Problem: clean(r.Problem)}
	for _, d := range r.Drift {
		c := api.DriftChange{Addr: string(d.Addr), Action: string(d.Action), Why: clean(string(d.Why)), By: d.By}
		for _, f := range d.Fields {
			c.Fields = append(c.Fields, f.Field)
		}
		out.Changes = append(out.Changes, c)
	}
	for _, f := range r.Failing {
		out.Failing = append(out.Failing, api.Failing{Addr: string(f.Addr), Instance: f.Instance, Error: clean(f.Error), Restarts: f.Restarts, Worker: clean(f.Worker)})
	}
	for _, m := range r.Missing {
		out.Missing = append(out.Missing, api.Missing{Addr: string(m.Addr), Wanted: m.Wanted, Running: m.Running, Stopped: m.Stopped, Since: m.Since})
	}
	if r.Repair != nil {
		out.Repair = &api.Repair{State: string(r.Repair.State), Reason: clean(r.Repair.Reason), Version: r.Repair.Version, Next: r.Repair.Next}
		for _, risk := range r.Repair.Risks {
			out.Repair.Risks = append(out.Repair.Risks, string(risk.Kind)+": "+clean(risk.Detail))
		}
	}
	return out
}
