package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/internal/manager/tracing"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// managerRun serves until it is told to end.
func managerRun(ctx context.Context, o *managerOptions) error {
	log := o.f.serviceLog()
	config, err := o.tls.config()
	if err != nil {
		return err
	}
	cluster, err := backends.OpenCluster(o.connect.settings(o.f))
	if err != nil {
		return err
	}
	store, err := o.openRecords(ctx, cluster, log)
	if err != nil {
		return err
	}
	defer store.Close()
	gate, err := o.gate(ctx, cluster, log)
	if err != nil {
		return err
	}
	peers, err := cluster.Peers()
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return err
	}
	defer l.Close()
	name := memberName()
	traces := o.f.traces(name, log)
	defer traces.Close(context.WithoutCancel(ctx))
	seat := cluster.Coordinate(name, o.advertise, log, nil)
	m, err := manager.New(manager.Options{
		Records: store, Gate: gate, Leadership: seat, Backend: cluster.Name(), Log: log, Forward: o.forward(peers), Secure: config != nil,
		Limits: manager.Limits{Upload: o.upload << 20}, Reconcile: o.watch(cluster, name), Own: own(cluster), Tracing: traces,
	})
	if err != nil {
		return err
	}
	log.Info("serving", "address", l.Addr().String(), "member", name, "advertise", o.advertise, "auth", o.auth, "traces", traces.Receiver())
	return o.serve(ctx, m, seat, l, func(ctx context.Context) error { return m.Serve(ctx, l, config, o.connections, o.grace) })
}

// serve runs all parts; the first signal hands the lead over and lets runs finish.
func (o *managerOptions) serve(ctx context.Context, m *manager.Manager, seat *backends.Coordination, l net.Listener, serve func(context.Context) error) error {
	serving, stop := context.WithCancel(ctx)
	defer stop()
	ending := make(chan struct{})
	undo := o.f.interrupts.softly(func() {
		// The next one leads already while this one finishes.
		resign, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		seat.Resign(resign)
		close(ending)
		stop()
	})
	defer undo()
	// What belongs to a run, its records and lock, lives until the last run has ended.
	parts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() { seat.Run(parts) })
	all.Go(func() { _ = m.Run(parts) })
	err := serve(serving)
	cancel()
	all.Wait()
	_ = l.Close()
	select {
	case <-ending:
		return err
	default:
		return errors.Join(err, ctx.Err())
	}
}

// openRecords opens the store. A cluster that is not there yet is waited for, as
// services start in any order.
func (o *managerOptions) openRecords(ctx context.Context, cluster *backends.Cluster, log *slog.Logger) (manager.Records, error) {
	var store record.Store
	err := o.connect.within(ctx, func(ctx context.Context) error {
		for pause := time.Second; ; pause = min(2*pause, 10*time.Second) {
			s, err := cluster.Records(ctx)
			if err == nil {
				store = s
				return nil
			}
			if errors.Is(err, record.ErrForbidden) || errors.Is(err, record.ErrNoPlace) || ctx.Err() != nil {
				return fmt.Errorf("records of meshes: %w", err)
			}
			log.Warn("the records cannot be opened; trying again", "err", err)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return fmt.Errorf("records of meshes: %w", err)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	records, ok := store.(manager.Records)
	if !ok {
		_ = store.Close()
		return nil, errors.New("these records cannot be watched")
	}
	return records, nil
}

// gate says who gets in.
func (o *managerOptions) gate(ctx context.Context, cluster *backends.Cluster, log *slog.Logger) (manager.Gate, error) {
	switch o.auth {
	case authTLS:
		roles, err := o.tls.named()
		return manager.NewCertificates(cluster, roles), err
	case authToken:
		verified, err := cluster.Verifies(ctx)
		if err != nil {
			return nil, err
		}
		if !verified {
			log.Warn("the cluster answers without credentials: any token is taken by it, and so by this manager")
		}
		return manager.NewTokens(cluster, o.claim, verified), nil
	}
	log.Warn("whoever reaches this manager can do what it can: --insecure-no-auth")
	h := o.f.holder()
	return manager.Open{Who: h.User + "@" + h.Host, Backend: cluster.Backend()}, nil
}

// watch says how drift is looked for; nil for not at all.
func (o *managerOptions) watch(cluster *backends.Cluster, name string) *reconcile.Config {
	if !o.reconcile {
		return nil
	}
	holder := o.f.holder()
	holder.Command = "repair"
	cfg := &reconcile.Config{
		Open:   own(cluster),
		Author: "manager@" + name, Holder: holder, Limits: reconcile.Limits{Every: o.every}, ReportOnly: !o.repair,
		// Files of this host are none of the meshes' business.
		Resolve: func(from string) (string, error) { return load.Resolve(from, load.Options{Env: o.f.env}) },
	}
	if n, ok := cluster.Backend().(backend.Noticer); ok {
		cfg.Notice = n.Notice
	}
	return cfg
}

// own opens the backend of a version with the manager's own credentials.
func own(cluster *backends.Cluster) func(context.Context, record.Head) (backend.Backend, error) {
	b := cluster.Backend()
	return func(_ context.Context, h record.Head) (backend.Backend, error) {
		if h.Backend != cluster.Name() {
			return nil, fmt.Errorf("%s was deployed with backend %s, which this manager does not have", h.Mesh, h.Backend)
		}
		return b, nil
	}
}

// serviceLog is structured, and says by default what happens.
func (f *Factory) serviceLog() *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(f.logLevel)) // "off" is for commands; a service has a log
	return slog.New(slog.NewJSONHandler(f.Err, &slog.HandlerOptions{Level: level}))
}

// traces begins to trace where OTEL_* variables ask for it. A manager without traces is
// better than none.
func (f *Factory) traces(name string, log *slog.Logger) *tracing.Tracing {
	t, err := tracing.Start(tracing.Options{Getenv: f.Getenv, Version: thisVersion().Version, Instance: name, Log: log})
	if err != nil {
		log.Warn("there will be no traces", "err", err)
	}
	return t
}

// memberName tells this process from all other managers, also after a restart.
func memberName() string {
	// Without a host's name the rest is still unique.
	host, _ := os.Hostname()
	host = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, host)
	return fmt.Sprintf("%s-%d-%x", host, os.Getpid(), time.Now().UnixMilli())
}
