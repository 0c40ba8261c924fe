// Package native runs meshes on Pulsar's own function workers, through the REST
// API of brokers 4.0 and 4.2.
package native

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// Name is what --backend calls this backend.
const Name = "native"

// writesInFlight is how many creates and updates a worker inside a small broker
// never failed to take at once; five already block sometimes.
const writesInFlight = 4

// mostWrites is how many they may be where a broker has threads for more. Each
// create and each start of an instance asks the same broker by the worker's own
// admin client, which has 16 connections (PulsarAdminBuilder, maxConnectionsPerHost):
// with 28 creates in flight on 32 threads all stood still for up to 28 s at a
// time, and eight are as fast as twelve.
const mostWrites = 8

// dedicatedWrites is how many a worker takes at once that is a process of its own:
// it waits for a broker, not for a thread of its own. Sixteen did not block either,
// and were no faster.
const dedicatedWrites = 8

// Backend is Pulsar's function workers behind one admin service.
type Backend struct {
	client   *admin.Client
	settings conn.Settings
	url      string
	// packages is "on" or "off" by the user's word; else it is found out.
	packages string
	// verifyCode lets code be downloaded after it was written, and compared.
	verifyCode bool
	// elsewhere tells that components do not run on function workers, see Pulsar.
	elsewhere bool
	slots     *slots
	// records is the topic that Records keeps them on, "" for the usual one.
	records string
	// metadata is the topic of the workers; "" is the usual one.
	metadata string

	mu sync.Mutex
	// old are the consumers that a function had before it was updated.
	old map[string]consumers
	// made are the topics that this run has created and given no schema yet.
	made map[string]bool
	// gap is the usual time from one of them that runs to the next; the last ran at lastCame.
	gap      time.Duration
	lastCame time.Time
	// identities is held while a subscription that others replace is given its identity.
	identities sync.Mutex
	// turns are those of the functions that are awaited, the oldest first.
	turns []*turn
}

// Option changes how New builds a backend.
type Option func(*Backend)

// WithPackages tells whether code goes by package URL: "on", "off", or "auto"
// (the default), which asks the cluster.
func WithPackages(mode string) Option { return func(b *Backend) { b.packages = mode } }

// New builds the backend; it connects to nothing yet. client talks to the
// cluster that settings name.
func New(client *admin.Client, settings conn.Settings, opts ...Option) *Backend {
	b := &Backend{client: client, settings: settings, url: cleanURL(settings.AdminURL), slots: newSlots(writesInFlight), old: map[string]consumers{}, made: map[string]bool{}, gap: firstGap}
	for _, o := range opts {
		o(b)
	}
	return b
}

// cleanURL drops what must not be printed.
func cleanURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.User = nil
	return strings.TrimSuffix(u.String(), "/")
}

// Traits implements backend.Backend.
func (b *Backend) Traits(ctx context.Context, id mesh.ID) (t backend.Traits, err error) {
	err = b.whileStarting(ctx, func() error {
		t, err = b.traits(ctx, id)
		return err
	})
	return t, err
}

func (b *Backend) traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	t := backend.Traits{Cluster: plan.Cluster{URL: b.url}, WritesInFlight: writesInFlight, Rules: Rules{}}
	names, err := b.client.Clusters(ctx)
	if err != nil {
		return t, b.firstFailure(err)
	}
	// Only a superuser is told which of them this one is. A plan of one role is
	// carried out by another, so all have to see the same name.
	slices.Sort(names)
	t.Cluster.Name = strings.Join(names, ",")
	if t.Version, err = b.client.BrokerVersion(ctx); err != nil {
		return t, b.failure(err)
	}
	if b.settings.WorkerURL != "" {
		t.WritesInFlight = dedicatedWrites
		b.slots.widen(t.WritesInFlight)
	}
	// Only a superuser may see the configuration; without it the safe number stays.
	config, err := b.client.RuntimeConfig(ctx)
	switch admin.Classify(err) {
	case admin.OK:
		if b.settings.WorkerURL != "" {
			break // the threads of the broker are not those of the workers
		}
		t.WritesInFlight = min(max(writesInFlight, config.HTTPThreads()-writesInFlight), mostWrites)
		b.slots.widen(t.WritesInFlight)
	case admin.Unauthorized, admin.NotFound, admin.Refused:
	default:
		return t, b.failure(err)
	}
	t.Packages, err = b.usesPackages(ctx, config, id)
	return t, err
}

// Widen implements backend.Widener.
func (b *Backend) Widen(writes int) { b.slots.widen(writes) }

// usesPackages tells whether code is deployed by package URL. Where the cluster
// does not tell whether its workers do, the broker's own service decides.
func (b *Backend) usesPackages(ctx context.Context, config admin.RuntimeConfig, id mesh.ID) (bool, error) {
	if b.settings.WorkerURL != "" || b.elsewhere {
		// The broker's configuration is not that of the workers.
		config = nil
	}
	if b.packages == "on" {
		return true, nil
	}
	mode, err := b.client.PackagesMode(ctx, config, id.Tenant, id.Namespace)
	if err != nil {
		return false, b.failure(err)
	}
	if b.packages == "off" {
		if mode.Usable() == admin.Yes {
			// Workers that keep uploads as packages run the old code after an update,
			// and refuse to create a function again.
			return false, errors.New("the function workers of this cluster keep code in the package service, so functions deployed without it could be neither updated nor replaced: leave --packages off out")
		}
		return false, nil
	}
	return mode.Usable() != admin.No && mode.Broker != admin.No, nil
}

// failure tells the planner what an error of the client means for it.
func (b *Backend) failure(err error) error {
	if !errors.As(err, new(*admin.Error)) {
		return err // meshc's own word, such as ErrMoved, does not change by itself
	}
	switch admin.Classify(err) {
	case admin.Unreachable:
		return &backend.NotReached{URL: b.url, Err: err}
	case admin.Overloaded:
		return &backend.Temporary{Err: err, Overload: true}
	case admin.Unknown:
		// Asked only here: a time-out of net/http claims to be the context's, too.
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return &backend.Temporary{Err: err}
	case admin.Starting, admin.OutOfDate, admin.Busy, admin.NoChange:
		return &backend.Temporary{Err: err}
	default:
		return err
	}
}

// firstFailure is failure for the first request of all, where the place may be
// no Pulsar: it names the place.
func (b *Backend) firstFailure(err error) error {
	var answer *admin.Error
	class := admin.Classify(err)
	switch {
	case class == admin.Unreachable:
		return b.failure(err) // names it already
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		class == admin.Unauthorized, class == admin.Starting,
		errors.As(err, &answer) && answer.Status >= 500:
		return fmt.Errorf("%s: %w", b.url, b.failure(err))
	default:
		return fmt.Errorf("%s does not answer as Pulsar's web service does: %w; --admin-url, or a client.conf named by PULSAR_CLIENT_CONF, says where else it is", b.url, b.failure(err))
	}
}

// split parts tenant/namespace.
func split(namespace string) (tenant, ns string) {
	tenant, ns, _ = strings.Cut(namespace, "/")
	return tenant, ns
}

func moved(what string, args ...any) error {
	return fmt.Errorf(what+": %w", append(args, backend.ErrMoved)...)
}

var _ interface {
	backend.Backend
	backend.Lister
	backend.Asker
	backend.TopicLister
	backend.Glancer
	backend.Noticer
} = (*Backend)(nil)
