package manager

import (
	"context"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/reconcile"
)

// housekeeper is a store that wants to be tidied up now and then, by one of those who use it.
type housekeeper interface {
	Housekeep(ctx context.Context) error
}

const (
	// leadBeat is how often is looked whether this manager leads.
	leadBeat = 250 * time.Millisecond
	// tidyEvery is the time between two times that the store is tidied up.
	tidyEvery = 10 * time.Minute
)

// newWatcher makes what looks for drift, nil where nobody is to.
func (m *Manager) newWatcher() *reconcile.Reconciler {
	if m.opts.Reconcile == nil {
		return nil
	}
	cfg := *m.opts.Reconcile
	cfg.Store, cfg.Fence = m.writes(), m.leads
	if m.opts.Tracing != nil {
		cfg.OnRepair = m.tracedRepair
	}
	cfg.OnReport = func(r reconcile.Report) {
		e := api.DriftEvent{Mesh: r.Mesh, Drift: driftOf(r)}
		m.log.Info("drift", "mesh", r.Mesh, "version", r.Version, "clean", r.Clean(), "changes", len(r.Drift), "failing", len(r.Failing), "missing", len(r.Missing))
		m.metrics.drift(e)
		m.drifts.add(e)
	}
	return reconcile.New(cfg)
}

// lead does what is the leader's, for as long as this manager leads, until ctx ends.
func (m *Manager) lead(ctx context.Context) {
	beat := time.NewTicker(leadBeat)
	defer beat.Stop()
	for {
		if m.opts.Leadership.Leading() && m.fit() == nil && m.index.ready() && !m.closing() {
			m.leadOnce(ctx)
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// leadOnce leads until this manager does not any more.
func (m *Manager) leadOnce(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if m.watcher == nil {
			<-ctx.Done()
			return
		}
		if err := m.watcher.Run(ctx); err != nil && ctx.Err() == nil {
			m.log.Error("live meshes are not watched for drift", "err", err)
		}
	}()
	defer func() { cancel(); <-done }()
	beat := time.NewTicker(leadBeat)
	defer beat.Stop()
	tidied, looked := time.Now(), time.Time{}
	for m.opts.Leadership.Leading() && m.fit() == nil {
		if h, ok := m.opts.Records.(housekeeper); ok && time.Since(tidied) > tidyEvery {
			tidied = time.Now()
			if err := h.Housekeep(ctx); err != nil && ctx.Err() == nil {
				m.log.Warn("the records are not tidied up", "err", err)
			}
		}
		if time.Since(looked) > lookEvery {
			m.endAbandoned(ctx)
			looked = time.Now()
		}
		select {
		case <-beat.C:
		case <-done:
			return
		case <-m.stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (m *Manager) closing() bool {
	select {
	case <-m.stop:
		return true
	default:
		return false
	}
}
