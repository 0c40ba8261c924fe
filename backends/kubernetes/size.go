package kubernetes

import (
	"encoding/json"
	"fmt"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

const (
	// mostAnnotations is what the keys and values of an object's annotations may have in
	// all (apimachinery, TotalAnnotationSizeLimitB).
	mostAnnotations = 256 << 10
	// mostObject is what etcd takes in one write (--max-request-bytes).
	mostObject = 3 << 19
	// besideNode is what the operator says of a node in the status of a FunctionMesh,
	// besideObject what the API server adds to any object.
	besideNode, besideObject = 160, 8 << 10
)

// sizes tells whether objects are larger than the API server takes, which it says only
// when they are written: the one FunctionMesh, or each node's own.
func (b *Backend) sizes(m *mesh.Mesh, l *layout, nodes []*state.Component, at func(*state.Component) diag.Span) (findings diag.List) {
	if !b.opts.Components {
		if len(nodes) > 0 {
			b.fits(&findings, m.Span, kube.FunctionMeshes, l.name, m.ID, nodes, fmt.Sprintf("With `--components` each of its %d nodes is a resource of its own; or make two meshes of it.", len(nodes)))
		}
		return findings
	}
	for _, c := range nodes {
		b.fits(&findings, at(c), kinds[c.Kind], l.nodes[c.Addr()].name, m.ID, []*state.Component{c}, "Let the code read what is large from elsewhere, such as a file of its image or a ConfigMap that is a volume of its pod.")
	}
	return findings
}

// fits reports an object with these nodes that is too large, told as it is when all of
// them are paused: that is its largest form.
func (b *Backend) fits(list *diag.List, at diag.Span, r kube.Resource, name string, id mesh.ID, nodes []*state.Component, remedy string) {
	marker := resource.Marker{Mesh: id.String(), Nodes: map[string]resource.Node{}}
	size, specs := besideObject, 0
	for _, c := range nodes {
		marker.Nodes[resource.Key(c.Kind, c.Name)] = resource.Widest(c)
		spec, err := open(c)
		if err != nil {
			return // nothing of it can be written
		}
		text, _ := json.Marshal(spec) // came out of JSON, or will go into it
		specs += len(text)
		size += len(text) + besideNode + len(c.Name)
	}
	o := r.New("", name)
	dress(o, id, marked(nodes[0], marksFields[0]), marked(nodes[0], marksFields[1]), marker, name)
	annotations := 0
	for key, v := range o.Map("metadata", "annotations") {
		text, _ := v.(string)
		annotations += len(key) + len(text)
	}
	meta, _ := json.Marshal(o)
	size += len(meta)
	if annotations > mostAnnotations {
		list.Add(diag.ResourceTooLarge, at, fmt.Sprintf("The annotations of the %s `%s`, in which meshc keeps its marker, have %d kB, and Kubernetes takes %d.", r.Kind, name, annotations/1000, mostAnnotations/1000), remedy)
	}
	if size > mostObject {
		list.Add(diag.ResourceTooLarge, at, fmt.Sprintf("The %s `%s` has %d kB, %d of them its spec, and Kubernetes takes %d.", r.Kind, name, size/1000, specs/1000, mostObject/1000), remedy)
	}
}
