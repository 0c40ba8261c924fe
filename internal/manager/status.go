package manager

import (
	"cmp"
	"context"
	"net/http"
	"sync"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// status asks the cluster, with the caller's credentials, how the nodes are doing.
// Drift is what the leader knows of, so followers pass the question on.
func (m *Manager) status(w http.ResponseWriter, r *http.Request, c Caller) error {
	if done, err := m.passOn(w, r); done && err == nil {
		return nil
	}
	id, h, err := m.known(r)
	if err != nil {
		return err
	}
	b, done, err := c.Open(r.Context())
	if err != nil {
		return err
	}
	defer done()
	live, err := b.Read(r.Context(), backend.Scope{Mesh: id})
	if err != nil {
		return err
	}
	var nodes []state.Addr
	for _, fn := range live.Components() {
		if fn.Owner == id.String() {
			nodes = append(nodes, fn.Addr())
		}
	}
	out := api.Status{Mesh: api.NewMesh(h), Nodes: make([]api.Node, len(nodes)), Running: true}
	if err := health(r.Context(), b, nodes, out.Nodes); err != nil {
		return err
	}
	for _, n := range out.Nodes {
		out.Running = out.Running && n.Running >= n.Wanted
	}
	// What is on record and not there does not run.
	out.Running = out.Running && len(nodes) >= len(h.Nodes)
	if m.watcher != nil && m.opts.Leadership.Leading() {
		if report, ok := m.watcher.Report(id.String()); ok {
			d := driftOf(report)
			out.Drift = &d
		}
	}
	writeJSON(w, http.StatusOK, "application/json", out)
	return nil
}

// questions is how many functions are asked about at the same time.
const questions = 8

func health(ctx context.Context, b backend.Backend, nodes []state.Addr, out []api.Node) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turn := make(chan struct{}, questions)
	var all sync.WaitGroup
	for i, addr := range nodes {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			h, err := b.Health(ctx, addr)
			if err != nil {
				cancel(err)
				return
			}
			n := api.Node{Addr: string(addr), Wanted: h.Wanted, Running: h.Running, Backlog: h.Backlog, Unacked: h.Unacked, RateIn: h.RateIn, RateOut: h.RateOut}
			for _, in := range h.Instances {
				n.Instances = append(n.Instances, api.Instance{Running: in.Running, Error: clean(in.Error), Restarts: in.Restarts, Received: in.Received, Processed: in.Processed,
					UserErrors: in.UserErrors, SystemErrors: in.SystemErrors, LastError: clean(in.LastError), Worker: clean(in.Worker)})
				if text := cmp.Or(in.Error, in.LastError); text != "" {
					n.Error = clean(text)
				}
			}
			out[i] = n
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func (m *Manager) leader(w http.ResponseWriter, _ *http.Request, _ Caller) error {
	l := m.opts.Leadership
	out := api.LeaderInfo{Member: l.Name(), Leading: l.Leading()}
	if name, url, known := l.Leader(); known {
		out.Leader, out.URL = name, url
	}
	writeJSON(w, http.StatusOK, "application/json", out)
	return nil
}

// alive is the answer of /healthz and /readyz.
type alive struct {
	Status  string `json:"status"`
	Records bool   `json:"records"`
	Leader  bool   `json:"leader"`
}

func (m *Manager) healthy(w http.ResponseWriter, _ *http.Request, _ Caller) error {
	_, _, known := m.opts.Leadership.Leader()
	writeJSON(w, http.StatusOK, "application/json", alive{"ok", m.index.ready(), known})
	return nil
}

func (m *Manager) isReady(w http.ResponseWriter, _ *http.Request, _ Caller) error {
	_, _, known := m.opts.Leadership.Leader()
	out, status := alive{"ok", m.index.ready(), known}, http.StatusOK
	select {
	case <-m.stop:
		out.Status, status = "ending", http.StatusServiceUnavailable
	default:
		if !m.Ready() {
			out.Status, status = "starting", http.StatusServiceUnavailable
		}
	}
	writeJSON(w, status, "application/json", out)
	return nil
}
