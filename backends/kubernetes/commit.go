package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/foreign/functionmesh"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// tries is how often a write begins anew that met another one: the operator writes
// the status of the same object.
const tries = 10

// again is the pause before the second try; it grows with each.
const again = 20 * time.Millisecond

// commit carries out steps of elements of FunctionMeshes, all of one in one write.
func (b *Backend) commit(ctx context.Context, steps []plan.Step) []error {
	errs := make([]error, len(steps))
	byMesh := map[string][]int{}
	for i, s := range steps {
		name, _ := home(subject(s))
		byMesh[name] = append(byMesh[name], i)
	}
	for name, places := range byMesh {
		c := &commitment{b: b, name: name, layout: b.layoutOf(ownerOf(steps[places[0]])), errs: errs, steps: steps, places: places}
		for try := 1; ; try++ {
			err := c.once(ctx)
			if kube.IsMoved(err) && try < tries {
				time.Sleep(time.Duration(try) * again)
				continue
			}
			for _, i := range c.written {
				errs[i] = err
			}
			break
		}
	}
	return errs
}

// ownerOf is the mesh of a step's component.
func ownerOf(s plan.Step) mesh.ID {
	for _, r := range []state.Resource{s.Change.After, s.Change.Between, s.Change.Before} {
		if c, ok := r.(*state.Component); ok && c != nil && c.Owner != "" {
			parts := strings.SplitN(c.Owner, "/", 3)
			if len(parts) == 3 {
				return mesh.ID{Tenant: parts[0], Namespace: parts[1], Name: parts[2]}
			}
		}
	}
	return mesh.ID{}
}

// commitment is one write to a FunctionMesh.
type commitment struct {
	b      *Backend
	name   string
	layout *layout
	steps  []plan.Step
	// places are the steps of this object; errs has one error for each step.
	places []int
	errs   []error
	// written are the steps that the write is for.
	written []int
	// newest is one of the components that are written, nil where some are only deleted.
	newest *state.Component
}

func (c *commitment) once(ctx context.Context) error {
	ref := kube.Ref{Resource: kube.FunctionMeshes, Namespace: c.layout.namespace, Name: c.name}
	object, err := c.b.kube.Get(ctx, ref)
	if err != nil && !kube.IsNotFound(err) {
		c.written = c.places
		return err
	}
	live := map[string]*placed{}
	if object != nil {
		for _, p := range elements(object) {
			live[resource.Key(p.component.Kind, p.component.Name)] = &p
		}
	}
	marker := resource.Marker{}
	if m := markerOf(object); m != nil {
		marker = *m
	}
	specs := map[string]map[string]any{}
	for key, p := range live {
		specs[key] = rawElement(object, p)
	}
	c.written, c.newest = nil, nil
	others := neighbours{c: c}
	for _, i := range c.places {
		s := c.steps[i]
		key := resource.Key(s.Addr.Kind(), lastPart(s.Addr.Name()))
		v, err := c.decide(s, live[key], object, marker)
		if err == nil && v.to != nil && v.write {
			err = stays(object, s)
		}
		if err == nil && v.write && s.Op == plan.Create {
			err = others.taken(ctx, s)
		}
		var spec map[string]any
		if err == nil && v.write && v.to != nil {
			spec, err = open(v.to)
		}
		if err == nil && v.most > 0 {
			var n int
			n, err = c.instances(ctx, key)
			v.paused = max(1, n)
		}
		c.errs[i] = err
		if err != nil || !v.write {
			continue
		}
		c.written = append(c.written, i)
		if v.to == nil {
			delete(specs, key)
			marker = marker.Without(s.Addr.Kind(), lastPart(s.Addr.Name()))
			continue
		}
		specs[key], marker = v.started(spec), v.mark(marker)
		c.newest = v.to
	}
	switch {
	case len(c.written) == 0:
		return nil
	case len(specs) == 0:
		err := c.b.kube.Delete(ctx, ref, kube.Deletion{UID: object.UID(), Version: object.Version()})
		if kube.IsNotFound(err) {
			return nil
		}
		return err
	}
	if err := c.autoscaled(ctx, specs); err != nil {
		return err
	}
	return c.b.apply(ctx, kube.FunctionMeshes, c.object(object, specs, marker), c.adopts(c.written) || c.layout.adopts && object != nil && markerOf(object) == nil)
}

// adopts tells whether some of the steps take something over, which the plan has said.
func (c *commitment) adopts(places []int) bool {
	return slices.ContainsFunc(places, func(i int) bool { return c.steps[i].Change.Action == diff.Adopt })
}

// decide is decide for an element; a FunctionMesh of others is touched by nobody
// who does not adopt it.
func (c *commitment) decide(s plan.Step, live *placed, object kube.Object, marker resource.Marker) (verdict, error) {
	switch {
	case object == nil || marker.Mesh == c.layout.id.String():
	case marker.Mesh != "":
		return verdict{}, moved("FunctionMesh %s belongs to mesh %s", c.name, marker.Mesh)
	case !c.adopts(c.places) && !c.layout.adopts && s.Op != plan.Keep:
		// What is new can be written before what is taken over.
		return verdict{}, moved("a FunctionMesh %s without a marker of meshc is there", c.name)
	}
	return decide(s, live)
}

// rawElement is an element as it is stored, so that a write for others leaves it as it is.
func rawElement(object kube.Object, p *placed) map[string]any {
	name := strings.TrimPrefix(p.name, object.Name()+"-")
	for _, item := range object.Items("spec", lists[p.component.Kind]) {
		if spec, ok := item.(map[string]any); ok && spec["name"] == name {
			return spec
		}
	}
	return resource.Spec(p.component)
}

// autoscaled gives elements whose number of instances the cluster decides the number
// that they have now: the operator would set them back otherwise.
func (c *commitment) autoscaled(ctx context.Context, specs map[string]map[string]any) error {
	for key, spec := range specs {
		if !resource.Autoscaled(spec) || spec["replicas"] != nil && number(spec, "replicas") == 0 {
			continue
		}
		n, err := c.instances(ctx, key)
		if err != nil {
			return err
		}
		if n == 0 {
			n = int(number(spec, "replicas"))
		}
		specs[key] = resource.WithReplicas(spec, max(n, int(number(spec, "minReplicas")), 1))
	}
	return nil
}

// instances is how many the child of an element has; 0 where it is not there.
func (c *commitment) instances(ctx context.Context, key string) (int, error) {
	kind, name, _ := strings.Cut(key, "/")
	have, err := c.b.kube.Get(ctx, kube.Ref{Resource: kinds[state.Kind(kind)], Namespace: c.layout.namespace, Name: c.name + "-" + name})
	if kube.IsNotFound(err) {
		return 0, nil
	}
	return int(have.Int("spec", "replicas")), err
}

// number is a number of a spec, 0 where there is none: in what is stored whole numbers
// are int64, and float64 in what is compared.
func number(spec map[string]any, field string) float64 {
	n, _ := state.Canonical(spec[field]).(float64)
	return n
}

// object is the FunctionMesh as it is to be.
func (c *commitment) object(was kube.Object, specs map[string]map[string]any, marker resource.Marker) kube.Object {
	o := kube.FunctionMeshes.New(c.layout.namespace, c.name)
	var labels, annotations map[string]string
	if c.newest != nil {
		labels, annotations = marked(c.newest, marksFields[0]), marked(c.newest, marksFields[1])
	} else {
		texts := written(was)
		labels, annotations = stringMap(texts[marksFields[0]]), stringMap(texts[marksFields[1]])
	}
	dress(o, c.layout.id, labels, annotations, marker, c.name)
	if was != nil {
		o.Map("metadata")["resourceVersion"] = was.Version()
		o.Map("metadata")["uid"] = was.UID()
	}
	spec := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(specs)) {
		kind, _, _ := strings.Cut(key, "/")
		list := lists[state.Kind(kind)]
		items, _ := spec[list].([]any)
		spec[list] = append(items, specs[key])
	}
	o["spec"] = spec
	return o
}

// dress gives an object its labels and annotations, meshc's among them.
func dress(o kube.Object, id mesh.ID, labels, annotations map[string]string, marker resource.Marker, name string) {
	meta := o.Map("metadata")
	all := map[string]any{resource.MeshLabel: labelValue(id.Name)}
	for k, v := range labels {
		all[k] = v
	}
	meta["labels"] = all
	notes := map[string]any{resource.MarkerAnnotation: marker.String()}
	if name != id.Name {
		notes[functionmesh.Annotation] = id.Name
	}
	for k, v := range annotations {
		if k != resource.MarkerAnnotation {
			notes[k] = v
		}
	}
	meta["annotations"] = notes
}

// labelValue makes a value of a label of a mesh's name: at most 63 letters, digits,
// dashes, dots and underscores (Kubernetes, labels).
func labelValue(name string) string {
	const longest = 63
	value := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.', r == '_':
			return r
		}
		return '-'
	}, name)
	return strings.Trim(value[:min(len(value), longest)], "-._")
}

func stringMap(m map[string]any) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}

// apply writes an object; fields of others are taken only where that was asked for,
// or where the whole is taken over.
func (b *Backend) apply(ctx context.Context, r kube.Resource, o kube.Object, adopts bool) error {
	_, err := b.kube.Apply(ctx, r, o, kube.Options{Force: b.opts.Force || adopts})
	var conflict *kube.Conflict
	if errors.As(err, &conflict) {
		return fmt.Errorf("%w; nothing was written: meshc apply --force-conflicts takes the fields over", err)
	}
	return err
}
