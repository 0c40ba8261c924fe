package resource

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/meshc/meshc/planner/state"
)

// The keys that meshc puts on resources.
const (
	// MarkerAnnotation holds a Marker as JSON.
	MarkerAnnotation = "meshc/marker"
	// MeshLabel is the mesh's name, for those who look by label.
	MeshLabel = "meshc/mesh"
)

const markerVersion = 1

// Marker is what meshc writes on a resource: whose it is, and what its spec does not show.
type Marker struct {
	Version int `json:"v"`
	// Mesh is tenant/namespace/name.
	Mesh string `json:"mesh"`
	// Nodes are the components in the resource, by kind/name: all elements of a
	// FunctionMesh, or the one that the resource is.
	Nodes map[string]Node `json:"nodes"`
}

// Node is what a marker says of one component.
type Node struct {
	// Generation counts writes, from 1.
	Generation int `json:"gen"`
	// Spec is the digest of the canonical spec as it was written, to tell what others changed since.
	Spec string `json:"spec"`
	// SHA256 is the hash of the code that meshc has sent, in hexadecimal; "" for code of others.
	SHA256 string `json:"sha256,omitempty"`
	// Sensitive are the places of the fields whose values the mesh file keeps secret
	// (state.Component.SensitivePaths), so that no plan shows what is there now.
	Sensitive []string `json:"sec,omitempty"`
	// Protect forbids plans to delete or replace the component.
	Protect bool `json:"protect,omitempty"`
	// Paused is how many instances there are when the component is not paused; 0 when it is not.
	Paused int `json:"paused,omitempty"`
	// Most is the maxReplicas that the spec has when the component is not paused; 0 for none.
	Most int `json:"most,omitempty"`
}

// Key names a component in a marker: kind/name.
func Key(kind state.Kind, name string) string { return string(kind) + "/" + name }

// ReadMarker reads the marker among a resource's annotations. One that is absent,
// broken or of a newer version is none.
func ReadMarker(annotations map[string]string) (Marker, bool) {
	var m Marker
	if json.Unmarshal([]byte(annotations[MarkerAnnotation]), &m) != nil || m.Version != markerVersion || m.Mesh == "" {
		return Marker{}, false
	}
	return m, true
}

// String is the annotation's value.
func (m Marker) String() string {
	m.Version = markerVersion
	text, _ := json.Marshal(m) // texts, numbers and maps of them always encode
	return string(text)
}

// With is the marker with a component as it is written now; paused is how many
// instances it has when it is not, 0 for one that is not paused.
func (m Marker) With(c *state.Component, paused int) Marker {
	m.Mesh = c.Owner
	m.Nodes = maps.Clone(m.Nodes)
	if m.Nodes == nil {
		m.Nodes = map[string]Node{}
	}
	spec := Spec(c)
	if paused > 0 {
		spec = WithReplicas(spec, paused) // as it is read back
	}
	m.Nodes[Key(c.Kind, c.Name)] = Node{Generation: max(1, c.Generation), Spec: Digest(spec), SHA256: c.Code.SHA256, Sensitive: c.SensitivePaths(), Protect: c.Protect, Paused: paused}
	return m
}

// Saying is the marker with another digest of a component's spec, and with the
// maxReplicas that a paused one has when it is not; 0 for none.
func (m Marker) Saying(kind state.Kind, name, digest string, most int) Marker {
	m.Nodes = maps.Clone(m.Nodes)
	node := m.Nodes[Key(kind, name)]
	node.Spec, node.Most = digest, most
	m.Nodes[Key(kind, name)] = node
	return m
}

// Widest is the longest that a marker says of a component: as one that is paused, after
// many writes.
func Widest(c *state.Component) Node {
	n := Node{
		Generation: 999_999, Spec: strings.Repeat("0", len(Digest(nil))), SHA256: c.Code.SHA256, Sensitive: c.SensitivePaths(),
		Protect: c.Protect, Paused: max(1, c.Parallelism()),
	}
	if most, ok := Spec(c)["maxReplicas"].(float64); ok {
		n.Most = int(most)
	}
	return n
}

// Without is the marker without a component.
func (m Marker) Without(kind state.Kind, name string) Marker {
	m.Nodes = maps.Clone(m.Nodes)
	delete(m.Nodes, Key(kind, name))
	return m
}

// Digest is a short name of a canonical spec.
func Digest(spec map[string]any) string { return state.FieldsDigest(spec) }
