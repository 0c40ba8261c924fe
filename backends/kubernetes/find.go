package kubernetes

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/state"
)

// placed is a component and the resource that it is in.
type placed struct {
	component *state.Component
	// object is the FunctionMesh, or the component's own resource.
	object kube.Object
	// own tells of a resource of its own.
	own bool
	// name is that of the own resource, or of the child that the operator makes.
	name string
	// written is the digest of the spec as meshc wrote it; "" where it did not.
	written string
	// paused tells that a run has stopped it and not started it again.
	paused bool
	// instances is how many it had before.
	instances int
	// autoscaler is the name of the one that the operator has made of it, "" for none.
	autoscaler string
}

// found are all components of a namespace of Kubernetes.
type found struct {
	components []placed
	// children are the resources that the operator has made of elements, and all
	// other names that are taken, by kind and name.
	resources map[string]kube.Object
	// meshes are the FunctionMeshes by name.
	meshes map[string]kube.Object
	// ready are the pods that are, by the names of StatefulSets.
	ready map[string]int
}

// kinds are the resources that components are in, by their kind.
var kinds = map[state.Kind]kube.Resource{state.KindFunction: kube.Functions, state.KindSource: kube.Sources, state.KindSink: kube.Sinks}

// lists are the lists of a FunctionMesh by kind.
var lists = map[state.Kind]string{state.KindFunction: "functions", state.KindSource: "sources", state.KindSink: "sinks"}

// Labels that the operator puts on what it makes of a component.
const (
	componentLabel = "compute.functionmesh.io/component"
	nameLabel      = "compute.functionmesh.io/name"
)

// find reads a namespace with one LIST a kind.
func (b *Backend) find(ctx context.Context, namespace string) (found, error) {
	var meshes kube.Listed
	own := map[state.Kind]*[]placed{}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		meshes, err = b.kube.List(ctx, kube.FunctionMeshes, namespace, kube.Selector{})
		return err
	})
	for kind, r := range kinds {
		l := new([]placed)
		own[kind] = l
		g.Go(func() (err error) {
			*l, err = kube.ListAs(ctx, b.kube, r, namespace, kube.Selector{}, func(o kube.Object) placed { return lone(kind, o) })
			return err
		})
	}
	var ready map[string]int
	g.Go(func() (err error) {
		ready, err = b.kube.ReadyReplicas(ctx, namespace, kube.Selector{Labels: componentLabel})
		return err
	})
	var scalers map[string]kube.Object
	g.Go(func() (err error) {
		scalers, err = b.autoscalers(ctx, namespace)
		return err
	})
	if err := g.Wait(); err != nil {
		return found{}, err
	}
	out := found{resources: map[string]kube.Object{}, meshes: map[string]kube.Object{}, ready: ready}
	for _, o := range meshes.Items {
		out.meshes[o.Name()] = o
		out.components = append(out.components, elements(o)...)
	}
	for kind, l := range own {
		for _, p := range *l {
			out.resources[string(kind)+"/"+p.object.Name()] = p.object
			if p.component != nil {
				out.components = append(out.components, p)
			}
		}
	}
	for i := range out.components {
		p := &out.components[i]
		kind := p.component.Kind
		if name := setName(kind, p.name); scales(scalers[name], kinds[kind].Kind, p.name) {
			p.autoscaler = name
		}
	}
	return out, nil
}

// child tells that the operator made a resource of an element of a FunctionMesh.
func child(o kube.Object) bool { return parent(o) != "" }

// parent names the FunctionMesh that a resource is of, "" for none.
func parent(o kube.Object) string {
	for _, owner := range o.Items("metadata", "ownerReferences") {
		if r, ok := owner.(map[string]any); ok && r["kind"] == kube.FunctionMeshes.Kind {
			name, _ := r["name"].(string)
			return name
		}
	}
	return ""
}

// elements gives the components of a FunctionMesh.
func elements(o kube.Object) (out []placed) {
	m, texts := markerOf(o), written(o)
	for kind, list := range lists {
		for _, item := range o.Items("spec", list) {
			spec, ok := item.(map[string]any)
			if !ok {
				continue
			}
			element, _ := spec["name"].(string)
			name := o.Name() + "-" + element
			p := place(kind, o, name, spec, m, false)
			p.wear(texts)
			out = append(out, p)
		}
	}
	return out
}

// lone is single, without a component where the operator made the resource of an
// element.
func lone(kind state.Kind, o kube.Object) placed {
	if child(o) {
		return placed{object: o}
	}
	return single(kind, o)
}

// single gives the component of a resource of its own.
func single(kind state.Kind, o kube.Object) placed {
	p := place(kind, o, o.Name(), o.Map("spec"), markerOf(o), true)
	p.wear(written(o))
	return p
}

func place(kind state.Kind, o kube.Object, name string, spec map[string]any, m *resource.Marker, own bool) placed {
	p := placed{component: resource.Component(kind, name, spec, m), object: o, own: own, name: name}
	p.component.Fields[homeField] = homeOf(kube.FunctionMeshes, o.Name())
	if own {
		p.component.Fields[homeField] = homeOf(kinds[kind], name)
	}
	if m != nil {
		node := m.Nodes[resource.Key(kind, p.component.Name)]
		p.written, p.paused, p.instances = node.Spec, node.Paused > 0, node.Paused
	}
	return p
}

func markerOf(o kube.Object) *resource.Marker {
	m, ok := resource.ReadMarker(map[string]string{resource.MarkerAnnotation: o.Annotation(resource.MarkerAnnotation)})
	if !ok {
		return nil
	}
	return &m
}
