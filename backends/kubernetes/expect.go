package kubernetes

import (
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Expect implements backend.Expecter: the mesh says in which namespace it is, with its
// lock and all.
func (b *Backend) Expect(m *mesh.Mesh) {
	if name := m.Kubernetes.Get("namespace").Text(); name != "" {
		b.layoutOf(m.ID).namespace = name
	}
}

// ExpectPlan implements backend.Expecter. A plan goes to the namespace that it names,
// unless another one was asked for: then it is refused as one of another cluster.
func (b *Backend) ExpectPlan(p *plan.Plan) {
	id, err := mesh.ParseID(p.Mesh)
	if err != nil {
		return // apply refuses it
	}
	l := b.layoutOf(id)
	if name := namespaceOf(p.Cluster); name != "" && !b.opts.NamespaceGiven {
		l.namespace = name
	}
	for _, c := range p.Changes() {
		l.adopts = l.adopts || c.Action == diff.Adopt
		if after, ok := c.After.(*state.Component); ok {
			if name, own := home(after); !own {
				l.name = name
			}
		}
	}
}

const (
	namespaceWords = "namespace "
	pulsarWords    = ", Pulsar "
)

// clusterName tells the place of a mesh from others behind the same API server.
func clusterName(namespace, pulsar string) string {
	if pulsar == "" {
		return namespaceWords + namespace
	}
	return namespaceWords + namespace + pulsarWords + pulsar
}

// namespaceOf is the namespace of clusterName; "" for another name.
func namespaceOf(c plan.Cluster) string {
	rest, ok := strings.CutPrefix(c.Name, namespaceWords)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, pulsarWords)
	return name
}

var _ backend.Expecter = (*Backend)(nil)
