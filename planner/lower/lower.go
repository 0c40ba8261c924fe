// Package lower turns a checked mesh into the resources that it needs: the
// desired state.
package lower

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// Options are what lowering has to know of the cluster.
type Options struct {
	// Packages tells that code is deployed by package URL.
	Packages bool
	// CodeElsewhere tells that code files are nobody's to send: they are not read.
	CodeElsewhere bool
	// PulsarElsewhere tells that topics are nobody's to prepare: files of schemas are
	// not read either.
	PulsarElsewhere bool
	// NamesOnly leaves the code files alone: enough to find what belongs to the mesh.
	NamesOnly bool
}

// State returns what the mesh needs. Code files are read and hashed, each once;
// one that cannot be read is an error, not a finding, since compiling has seen it.
func State(m *mesh.Mesh, opts Options) (*state.State, error) {
	l := &lowerer{mesh: m, opts: opts, out: state.New(m.ID), hashes: map[string]code{}, transforms: map[*mesh.Sink]string{}}
	l.namespaces()
	l.topics()
	l.policies()
	if !opts.PulsarElsewhere {
		if err := l.schemas(); err != nil {
			return nil, err
		}
	}
	for _, n := range m.Nodes {
		if err := l.component(n); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

type lowerer struct {
	mesh   *mesh.Mesh
	opts   Options
	out    *state.State
	hashes map[string]code
	// transforms are where the functions before sinks come from.
	transforms map[*mesh.Sink]string
}

func (l *lowerer) put(r state.Resource, place state.Place) {
	l.out.Put(r)
	l.out.Places[r.Addr()] = place
}

// namespaces lists every namespace that the mesh touches, so that an absent one
// is found before anything is written.
func (l *lowerer) namespaces() {
	own := &state.Namespace{Name: l.mesh.Tenant + "/" + l.mesh.Namespace}
	if l.mesh.CreateNamespace {
		own.Owner = l.mesh.ID.String()
	}
	l.put(own, state.Place{Span: l.mesh.NamespaceSpan})
	for _, t := range l.mesh.Topics {
		ns := &state.Namespace{Name: state.NamespaceOf(t.Name)}
		if _, seen := l.out.Resources[ns.Addr()]; !seen {
			l.put(ns, state.Place{Span: t.Span})
		}
	}
}

func (l *lowerer) topics() {
	for _, t := range l.mesh.Topics {
		topic := &state.Topic{Name: t.Name, Partitions: t.Partitions, External: t.External}
		if !t.External {
			topic.Owner = l.mesh.ID.String()
		}
		l.put(topic, state.Place{Span: t.Span, Fields: map[string]diag.Span{"partitions": t.Span}})
	}
}

func (l *lowerer) component(n mesh.Node) error {
	code, err := l.code(n)
	if err == nil {
		err = l.transform(n)
	}
	if err != nil {
		return err
	}
	life := n.Base().Lifecycle
	out := &state.Component{
		Kind: state.Kind(n.Kind()), Tenant: l.mesh.Tenant, Namespace: l.mesh.Namespace, Name: n.NodeName(),
		Fields: l.fields(n), Code: code, Owner: l.mesh.ID.String(),
		Protect: life.Protect, Adopt: life.Adopt, MovedFrom: life.MovedFrom, Allow: life.Allow,
	}
	l.put(out, state.Place{Span: n.NodeSpan(), Fields: spans(n.Base())})
	if in := n.Reads(); in != nil {
		for _, e := range in.Inputs {
			l.put(&state.Subscription{
				Topic: e.Topic.Name, Name: mesh.Subscription(l.mesh.ID, n), Position: in.Position, Owner: l.mesh.ID.String(),
			}, state.Place{Span: e.Span})
		}
	}
	return nil
}

// fullName is that of a node's component: tenant/namespace/name.
func (l *lowerer) fullName(n mesh.Node) string {
	return l.mesh.Tenant + "/" + l.mesh.Namespace + "/" + n.NodeName()
}

// spans are the places of the fields that the file gives.
func spans(c *mesh.Component) map[string]diag.Span {
	out := map[string]diag.Span{}
	if c.Fields != nil {
		for _, e := range c.Fields.Entries {
			out[e.Key] = e.Span()
		}
	}
	return out
}

// packageURL names a package by its content, so that equal code has one name
// and is sent once, whatever its file is called. Its type is the kind of component.
func (l *lowerer) packageURL(kind state.Kind, sha string) string {
	return string(kind) + "://" + strings.Join([]string{l.mesh.Tenant, l.mesh.Namespace, l.mesh.Name}, "/") + "@" + sha[:32]
}
