// Package lower turns a checked mesh into the resources that it needs: the
// desired state.
package lower

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// Options are what lowering has to know of the cluster.
type Options struct {
	// Packages tells that code is deployed by package URL.
	Packages bool
	// NamesOnly leaves the code files alone: enough to find what belongs to the mesh.
	NamesOnly bool
}

// State returns what the mesh needs. Code files are read and hashed, each once;
// one that cannot be read is an error, not a finding, since compiling has seen it.
func State(m *mesh.Mesh, opts Options) (*state.State, error) {
	l := &lowerer{mesh: m, opts: opts, out: state.New(m.ID), hashes: map[string]code{}}
	l.namespaces()
	l.topics()
	for _, n := range m.Nodes {
		switch n := n.(type) {
		case *mesh.Function:
			if err := l.function(n); err != nil {
				return nil, err
			}
		}
	}
	return l.out, nil
}

type lowerer struct {
	mesh   *mesh.Mesh
	opts   Options
	out    *state.State
	hashes map[string]code
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

func (l *lowerer) function(f *mesh.Function) error {
	code, err := l.code(f)
	if err != nil {
		return err
	}
	out := &state.Function{
		Tenant: l.mesh.Tenant, Namespace: l.mesh.Namespace, Name: f.Name,
		Fields: l.fields(f), Code: code, Owner: l.mesh.ID.String(),
	}
	l.put(out, state.Place{Span: f.Span, Fields: spans(f)})
	for _, in := range f.Inputs {
		l.put(&state.Subscription{
			Topic: in.Topic.Name, Name: mesh.Subscription(l.mesh.ID, f), Position: f.Position, Owner: l.mesh.ID.String(),
		}, state.Place{Span: in.Span})
	}
	return nil
}

// spans are the places of the fields that the file gives.
func spans(f *mesh.Function) map[string]diag.Span {
	out := map[string]diag.Span{}
	if f.Fields != nil {
		for _, e := range f.Fields.Entries {
			out[e.Key] = e.Span()
		}
	}
	return out
}

// fields gives the config in canonical form, with the defaults that a worker reads back.
func (l *lowerer) fields(f *mesh.Function) map[string]any {
	var inputs []string
	for _, in := range f.Inputs {
		inputs = append(inputs, in.Topic.Name)
	}
	given := map[string]any{
		"className": f.ClassName, "parallelism": f.Parallelism, "inputs": state.SortedTexts(inputs),
		"subscriptionPosition": f.Position, "processingGuarantees": f.Guarantees, "retainOrdering": f.RetainOrdering,
		// Spelled out although it is the worker's default: subscriptions are meshc's.
		"subName": mesh.Subscription(l.mesh.ID, f), "runtime": string(f.Runtime),
		"cleanupSubscription": false, "autoAck": true,
	}
	if f.Output != nil {
		given["output"] = f.Output.Topic.Name
	}
	if f.LogTopic != nil {
		given["logTopic"] = f.LogTopic.Topic.Name
	}
	for _, name := range []string{"userConfig", "resources"} {
		if v := f.Fields.Get(name); v.Known() && v.Shape == mesh.Mapping {
			given[name] = v.JSON()
		}
	}
	out := map[string]any{}
	for _, field := range fields.Carried(fields.Function) {
		if field.Name == "name" || field.Update == fields.Local {
			continue
		}
		v := state.Canonical(given[field.Name])
		if v == nil {
			v = state.Canonical(field.Default)
		}
		if v != nil {
			out[field.Name] = v
		}
	}
	if r, ok := out["resources"].(map[string]any); ok {
		out["resources"] = withDefaults(r)
	}
	return out
}

// withDefaults fills in the parts of resources that a worker fills in.
func withDefaults(r map[string]any) map[string]any {
	field, _ := fields.Named(fields.Function, "resources")
	defaults := state.Canonical(field.Default).(map[string]any)
	for k, v := range r {
		defaults[k] = v
	}
	return defaults
}

// packageURL names a package by its content, so that equal code has one name
// and is sent once, whatever its file is called.
func (l *lowerer) packageURL(sha string) string {
	return "function://" + strings.Join([]string{l.mesh.Tenant, l.mesh.Namespace, l.mesh.Name}, "/") + "@" + sha[:32]
}
