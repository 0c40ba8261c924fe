// Package state describes what a mesh needs in a cluster, and what is there, in
// one form: desired and live are the same type, so that they can be compared.
package state

import (
	"github.com/meshc/meshc/compiler/diag"
)

// Kind is the kind of a resource.
type Kind string

// The kinds of resources.
const (
	KindNamespace    Kind = "namespace"
	KindTopic        Kind = "topic"
	KindSubscription Kind = "subscription"
	KindPackage      Kind = "package"
	KindFunction     Kind = "function"
)

// Resource is a thing in the cluster. It is a closed set: Namespace, Topic,
// Subscription, Package, Function.
type Resource interface {
	// Addr returns the address, unique in a cluster.
	Addr() Addr
	// OwnerID returns the mesh that made the resource, as tenant/namespace/name;
	// empty means that no mesh did, or that it cannot be known.
	OwnerID() string
	resource()
}

// Namespace is a Pulsar namespace.
type Namespace struct {
	// Name is tenant/namespace.
	Name  string `json:"name"`
	Owner string `json:"owner,omitempty"`
}

// Topic is a persistent topic.
type Topic struct {
	// Name is the full name, persistent://tenant/namespace/name.
	Name string `json:"name"`
	// Partitions is the number of partitions. 0 in a live state is a topic without
	// partitions; 0 in a desired state takes what is there.
	Partitions int `json:"partitions"`
	// External topics (desired only) are someone else's: never created, never deleted.
	External bool   `json:"external,omitempty"`
	Owner    string `json:"owner,omitempty"`
}

// Subscription is a durable subscription of a topic, on all its partitions.
type Subscription struct {
	Topic string `json:"topic"`
	Name  string `json:"name"`
	// Position (desired only) is where it starts when it is created: "Latest" or "Earliest".
	Position string `json:"position,omitempty"`
	// Replaces names the subscription of the same topic that this one takes the
	// place of: from its creation on, messages are in both.
	Replaces string `json:"replaces,omitempty"`
	// Since (live only) is where it was created, partition by partition; empty with
	// a Replaces means that its creation was cut short.
	Since string `json:"since,omitempty"`
	Owner string `json:"owner,omitempty"`
}

// Package is an artifact in Pulsar's package service, named by its content.
type Package struct {
	// URL is function://tenant/namespace/name@version.
	URL    string `json:"url"`
	SHA256 string `json:"sha256"`
	// Size is in bytes.
	Size int64 `json:"size"`
	// Path (desired only) is the local file to send.
	Path  string `json:"path,omitempty"`
	Owner string `json:"owner,omitempty"`
}

// Function is a Pulsar function.
type Function struct {
	Tenant    string `json:"tenant"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Fields holds the config by Pulsar's field names in canonical form (see
	// Canonical): full topic names, defaults filled in, no nulls. A field that is
	// absent in the cluster is absent here.
	Fields map[string]any `json:"fields"`
	Code   Code           `json:"code"`
	// Owner is the mesh in the marker; empty without a marker.
	Owner string `json:"owner,omitempty"`
	// Generation counts the writes of meshc, from 1; 0 in a desired state.
	Generation int `json:"generation,omitempty"`
	// OtherKind is set in a live state where a source or sink has the name: "source" or "sink".
	OtherKind string `json:"otherKind,omitempty"`
}

// Mode is the way in which code reaches a function worker.
type Mode string

// The modes.
const (
	// ByURL: the code is in the package service and the component names its URL.
	ByURL Mode = "url"
	// ByData: the code is sent along with the component's config.
	ByData Mode = "data"
)

// Code is the code of a function.
type Code struct {
	Mode   Mode   `json:"mode,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Size (desired only) is in bytes.
	Size int64 `json:"size,omitempty"`
	// URL is set in mode ByURL.
	URL string `json:"url,omitempty"`
	// Path (desired only) is the local file.
	Path string `json:"path,omitempty"`
}

func (n *Namespace) resource()    {}
func (t *Topic) resource()        {}
func (s *Subscription) resource() {}
func (p *Package) resource()      {}
func (f *Function) resource()     {}

// OwnerID implements Resource.
func (n *Namespace) OwnerID() string { return n.Owner }

// OwnerID implements Resource.
func (t *Topic) OwnerID() string { return t.Owner }

// OwnerID implements Resource.
func (s *Subscription) OwnerID() string { return s.Owner }

// OwnerID implements Resource.
func (p *Package) OwnerID() string { return p.Owner }

// OwnerID implements Resource.
func (f *Function) OwnerID() string { return f.Owner }

// FullName returns tenant/namespace/name.
func (f *Function) FullName() string { return f.Tenant + "/" + f.Namespace + "/" + f.Name }

// Inputs returns the full names of the topics that the function reads, sorted.
func (f *Function) Inputs() []string { return texts(f.Fields["inputs"]) }

// Writes returns the full names of the topics that the function writes: output and log topic.
func (f *Function) Writes() []string {
	var out []string
	for _, field := range []string{"output", "logTopic"} {
		if t, _ := f.Fields[field].(string); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// Parallelism returns the number of instances.
func (f *Function) Parallelism() int {
	n, _ := f.Fields["parallelism"].(float64)
	return int(n)
}

// Subscription returns the name of the subscription on the inputs: subName, or
// tenant/namespace/name as function workers name it.
func (f *Function) Subscription() string {
	if s, _ := f.Fields["subName"].(string); s != "" {
		return s
	}
	return f.FullName()
}

// Guarantees returns the delivery guarantee in Pulsar's spelling.
func (f *Function) Guarantees() string {
	g, _ := f.Fields["processingGuarantees"].(string)
	return g
}

func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Place says where in a mesh file a resource, or one of its fields, comes from.
type Place struct {
	Span   diag.Span            `json:"span"`
	Fields map[string]diag.Span `json:"fields,omitempty"`
}
