package manager

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// Records are the store that a manager works on.
type Records interface {
	record.Store
	record.Watcher
}

// Options say what a manager works with.
type Options struct {
	// Records are opened with the manager's own credentials. The manager writes for its
	// callers there, after Gate has said that they may deploy to the mesh's namespace.
	Records Records
	// Gate tells who asks and what that one may do. It has to be there.
	Gate Gate
	// Leadership says who leads; nil is for a manager that is alone.
	Leadership Leadership
	// Backend is the name of the backend that Gate's callers open.
	Backend string
	// Host is what records say about where a run was; "" is the host's name.
	Host   string
	Log    *slog.Logger
	Limits Limits
	// Forward passes requests on to other members; nil does not.
	Forward *Forward
	// Secure tells that the service is reached by TLS.
	Secure bool
	// Reconcile says how live meshes are watched for drift while this manager leads; nil
	// does not. Store, Fence, OnReport and Author are the manager's to fill in.
	Reconcile *reconcile.Config
	// Own opens the backend of a version with the manager's own credentials, to see whether
	// anyone carries a run out that has no end on record; nil leaves such runs as they are.
	Own func(ctx context.Context, h record.Head) (backend.Backend, error)
	// Tracing makes spans of what is done; nil makes none. Who started it closes it.
	Tracing *tracing.Tracing
}

// Manager serves the REST surface. Make it with New, and let Run run beside it.
type Manager struct {
	opts    Options
	log     *slog.Logger
	index   *index
	ops     *operations
	drifts  *drifts
	metrics *metrics
	// watcher looks for drift while this manager leads; nil where nobody does.
	watcher *reconcile.Reconciler
	inputs  turns
	plans   turns
	streams turns
	handler http.Handler
	// description is the OpenAPI document.
	description []byte

	// base ends runs at once, stop lets them finish what is in the air.
	base   context.Context
	cancel context.CancelFunc
	stop   chan struct{}
	once   sync.Once
}

// New makes a manager. Errors tell what is missing in the options.
func New(o Options) (*Manager, error) {
	switch {
	case o.Records == nil:
		return nil, errors.New("manager: no records")
	case o.Gate == nil:
		return nil, errors.New("manager: no gate: a manager is never open by default")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Host == "" {
		// Without a name records tell who asked all the same.
		o.Host, _ = os.Hostname()
	}
	if o.Leadership == nil {
		o.Leadership = Alone{}
	}
	o.Limits = o.Limits.orDefault()
	m := &Manager{opts: o, log: o.Log, stop: make(chan struct{}), inputs: make(turns, o.Limits.Inputs), plans: make(turns, o.Limits.Plans), streams: make(turns, o.Limits.Streams)}
	m.base, m.cancel = context.WithCancel(context.Background())
	m.index = newIndex(o.Limits.Events)
	m.drifts = newDrifts(o.Limits.Events)
	m.ops = newOperations(o.Limits.Operations)
	m.metrics = newMetrics(m)
	m.watcher = m.newWatcher()
	m.description = Describe()
	m.handler = m.guard(m.routes())
	return m, nil
}

// Handler serves the REST surface.
func (m *Manager) Handler() http.Handler { return m.handler }

// Run keeps the index of meshes up to date until ctx ends, and does what is the
// leader's while this manager leads; a store that fails is asked again.
func (m *Manager) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { m.lead(ctx) })
	all.Go(func() { m.criticise(ctx) })
	all.Go(func() { m.attend(ctx) })
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		began := time.Now()
		err := m.index.follow(ctx, m.opts.Records)
		if ctx.Err() != nil {
			return nil
		}
		m.log.Error("the records cannot be followed", "err", err)
		if time.Since(began) > time.Minute {
			pause = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// Ready tells whether the records are read and can be, and a leader is known.
func (m *Manager) Ready() bool {
	_, _, known := m.opts.Leadership.Leader()
	return m.index.ready() && m.fit() == nil && known
}

// Close ends what runs: first what is in the air is finished; when ctx ends, it is
// left where it is. No new run begins.
func (m *Manager) Close(ctx context.Context) {
	m.once.Do(func() { close(m.stop) })
	m.ops.drain(ctx)
	m.cancel()
}
