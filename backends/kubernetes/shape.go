package kubernetes

import (
	"fmt"
	"maps"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// layout is how a mesh becomes resources.
type layout struct {
	id mesh.ID
	// name is the FunctionMesh's.
	name, namespace string
	// adopts tells that the mesh takes over components that run.
	adopts bool
	// nodes are the resources of components: those of their own, or the children that
	// the operator makes.
	nodes map[state.Addr]node
}

type node struct {
	name string
}

// Shape implements backend.Shaper.
func (b *Backend) Shape(m *mesh.Mesh, want *state.State) diag.List {
	opts := functionmesh.Options{Components: b.opts.Components, Features: b.opts.Operator, Location: func(n mesh.Node) string {
		if c, ok := want.Resources[addrOf(m, n)].(*state.Component); ok && b.opts.Pulsar != nil {
			return c.Code.URL
		}
		return ""
	}}
	all, findings := functionmesh.Convert(m, opts)
	l := &layout{id: m.ID, name: all.Name, namespace: all.Namespace, nodes: map[state.Addr]node{}}
	if l.namespace == "" {
		l.namespace = b.opts.Namespace
	}
	var nodes []*state.Component
	for _, e := range all.Nodes {
		c, ok := want.Resources[addrOf(m, e.Node)].(*state.Component)
		if !ok {
			continue
		}
		name := e.Child
		if b.opts.Components {
			name = e.Resource
			if e.Namespace != "" && e.Namespace != l.namespace {
				findings.Add(diag.NotConvertible, e.Node.NodeSpan(), fmt.Sprintf("The %s `%s` is for the namespace `%s` of Kubernetes, and its mesh for `%s`.", e.Node.Kind(), e.Node.NodeName(), e.Namespace, l.namespace),
					"A mesh that meshc deploys is in one namespace; make the node a mesh of its own.")
			}
		}
		l.adopts = l.adopts || c.Adopt
		l.nodes[c.Addr()] = node{name: name}
		spec := maps.Clone(sensitive(e.Spec, c.FullName()).(map[string]any))
		if e.Node.Reads() != nil {
			// Spelled out although it is the default: subscriptions are meshc's.
			spec["subscriptionName"] = mesh.Subscription(m.ID, e.Node)
			spec["cleanupSubscription"] = false
		}
		c.Fields = resource.Fields(c.Kind, name, spec)
		c.Fields[homeField] = homeOf(kube.FunctionMeshes, l.name)
		labels, annotations := all.Labels, all.Annotations
		if b.opts.Components {
			c.Fields[homeField] = homeOf(kinds[c.Kind], name)
			labels, annotations = e.Labels, e.Annotations
		}
		mark(c, labels, annotations)
		b.location(c)
		nodes = append(nodes, c)
	}
	findings = append(findings, b.sizes(m, l, nodes, func(c *state.Component) diag.Span { return want.Places[c.Addr()].Span })...)
	b.mu.Lock()
	b.layouts[m.ID] = l
	b.mu.Unlock()
	if b.opts.Pulsar == nil {
		findings = append(findings, alone(m, want)...)
	}
	return findings
}

// ForWorkers implements backend.Shaper.
func (b *Backend) ForWorkers() bool { return false }

// Prepares implements backend.Shaper.
func (b *Backend) Prepares() bool { return b.opts.Pulsar != nil }

// location makes a component's code what its spec says: local code that is sent by
// nobody is where the image has it.
func (b *Backend) location(c *state.Component) {
	if read := resource.Code(resource.Spec(c)); read.URL != c.Code.URL {
		c.Code = read
	}
}

// alone takes out of a desired state what only a connection to Pulsar could see to,
// and says so.
func alone(m *mesh.Mesh, want *state.State) (findings diag.List) {
	for addr := range want.Resources {
		if !addr.Kind().IsComponent() {
			delete(want.Resources, addr)
			delete(want.Places, addr)
		}
	}
	findings.Add(diag.NoPulsar, m.Span,
		"No connection to Pulsar is given: topics, schemas, subscriptions and packages are neither prepared nor looked at, and nothing is drained. What a node writes before the next one has subscribed is lost to it, unless its position is Earliest.",
		"Give `--admin-url`, so that meshc prepares and keeps them; what it does then loses no message.")
	return findings
}

func addrOf(m *mesh.Mesh, n mesh.Node) state.Addr {
	return state.ComponentAddr(state.Kind(n.Kind()), m.Tenant, m.Namespace, n.NodeName())
}

// layoutOf is how a mesh becomes resources; a mesh that is known by name alone has
// what was found of it.
func (b *Backend) layoutOf(id mesh.ID) *layout {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.layouts[id]
	if !ok {
		l = &layout{id: id, namespace: b.opts.Namespace, nodes: map[state.Addr]node{}}
		b.layouts[id] = l
	}
	return l
}
