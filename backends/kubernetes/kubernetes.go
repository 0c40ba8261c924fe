// Package kubernetes runs meshes as resources of the Function Mesh operator: one
// FunctionMesh with all nodes, or a resource of its own for each. The Pulsar side of
// a mesh (topics, schemas, subscriptions, packages, drains) is prepared and kept as
// with function workers, where a connection to Pulsar is given.
//
// The facts about the operator are those of streamnative/function-mesh 0.27.
package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Name is the backend's name on the command line and in plans.
const Name = "kubernetes"

// Options say how meshes become resources.
type Options struct {
	// Namespace is the one of Kubernetes for meshes that name none.
	Namespace string
	// NamespaceGiven tells that the user asked for it, and no kubeconfig did.
	NamespaceGiven bool
	// Components makes each node a Function, Source or Sink of its own.
	Components bool
	// Force takes fields over that other field managers have set.
	Force bool
	// Operator are the fields that the operator is said to know; the zero value is for the
	// newest. What the cluster's definitions say counts besides.
	Operator operator.Features
	// Pulsar is the other side of meshes; nil leaves it to others, and plans say what
	// they cannot promise then.
	Pulsar *native.Pulsar
	// RecordsOnPulsar keeps records on topics of that Pulsar, where those of meshes on
	// function workers are, instead of in ConfigMaps.
	RecordsOnPulsar bool
}

// Backend is a backend.Backend on a Kubernetes cluster with the Function Mesh
// operator. It is for one run of a command: what Shape learns of a mesh it keeps.
type Backend struct {
	kube *kube.Client
	// look reads what many steps wait for.
	look *kube.Together
	opts Options
	// writer commits the elements of FunctionMeshes in groups.
	writer group

	mu sync.Mutex
	// layouts are how the meshes that were shaped become resources.
	layouts map[mesh.ID]*layout
	// seen are the resources of the last Read by address.
	seen map[state.Addr]placed
	// ahead is what was begun to be read for a mesh and not yet asked for.
	ahead map[mesh.ID]*ahead
}

// New builds the backend; it connects to nothing yet.
func New(client *kube.Client, opts Options) *Backend {
	b := &Backend{kube: client, look: kube.NewTogether(client), opts: opts, layouts: map[mesh.ID]*layout{}, seen: map[state.Addr]placed{}, ahead: map[mesh.ID]*ahead{}}
	b.writer.write = b.commit
	return b
}

// Traits implements backend.Backend.
func (b *Backend) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	t := backend.Traits{}
	if b.opts.Pulsar != nil {
		var err error
		if t, err = b.opts.Pulsar.Traits(ctx, id); err != nil {
			return t, err
		}
	}
	t.Rules, t.WritesInFlight = Rules{}, writesInFlight
	if !b.opts.Components {
		// All steps that are ready are one write.
		t.WritesInFlight = groupInFlight
	}
	// What tells clusters apart better, such as the UID of kube-system, not all roles
	// may read, and a plan of one is carried out by another.
	t.Cluster = plan.Cluster{Name: clusterName(b.layoutOf(id).namespace, t.Cluster.Name), URL: b.kube.URL()}
	return t, nil
}

const (
	// writesInFlight is what one API server takes with profit.
	writesInFlight = 16
	// groupInFlight bounds the steps of one write to a FunctionMesh.
	groupInFlight = 1000
)

// Topics implements backend.TopicLister; without a connection to Pulsar none are known.
func (b *Backend) Topics(ctx context.Context, namespace string) ([]string, error) {
	if b.opts.Pulsar == nil {
		return nil, nil
	}
	return b.opts.Pulsar.Topics(ctx, namespace)
}

// Ask implements backend.Asker.
func (b *Backend) Ask(ctx context.Context, live, want *state.State) error {
	if err := b.askFeatures(ctx, live, want); err != nil {
		return b.failure(err)
	}
	if b.opts.Pulsar == nil {
		return nil
	}
	return b.opts.Pulsar.Ask(ctx, live, want)
}

// failure tells the planner what an error of the client means for it.
func (b *Backend) failure(err error) error {
	var temporary *kube.Temporary
	var unreached *kube.NotReached
	var unknown *kube.Unknown
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unreached):
		return &backend.NotReached{URL: b.kube.URL(), Err: unreached.Err, Remedy: "is the API server of Kubernetes running there? --kubeconfig and --kube-context say which one is meant"}
	case errors.As(err, &temporary):
		return &backend.Temporary{Err: err, Overload: temporary.Overload, After: temporary.After}
	case errors.As(err, &unknown):
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return &backend.Temporary{Err: err, After: unknown.After}
	default:
		return remedied(err)
	}
}

// remedied is an error of the client with what to do about it.
func remedied(err error) error {
	var known interface{ Remedy() string }
	if errors.As(err, &known) && known.Remedy() != "" {
		return fmt.Errorf("%w; %s", err, known.Remedy())
	}
	return err
}

var _ interface {
	backend.Backend
	backend.Asker
	backend.TopicLister
	backend.Shaper
} = (*Backend)(nil)
