// Package state describes what a mesh needs in a cluster, and what is there, in
// one form: desired and live are the same type, so that they can be compared.
package state

import (
	"slices"

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
	KindSource       Kind = "source"
	KindSink         Kind = "sink"
)

// Components are the kinds of components: they share one space of names in a
// Pulsar namespace.
var Components = []Kind{KindFunction, KindSource, KindSink}

// IsComponent tells whether resources of the kind are of type Component.
func (k Kind) IsComponent() bool { return k == KindFunction || k == KindSource || k == KindSink }

// Resource is a thing in the cluster. It is a closed set: Namespace, Topic,
// Schema, Policies, Subscription, Package, Component.
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
	// URL is type://tenant/namespace/name@version; the type is the kind of component.
	URL    string `json:"url"`
	SHA256 string `json:"sha256"`
	// Size is in bytes.
	Size int64 `json:"size"`
	// Path (desired only) is the local file to send.
	Path  string `json:"path,omitempty"`
	Owner string `json:"owner,omitempty"`
	// Created (live only) is when it was made, in milliseconds since 1970.
	Created int64 `json:"created,omitempty"`
}

// Component is a Pulsar function, source or sink.
type Component struct {
	// Kind is KindFunction, KindSource or KindSink. In JSON it stands beside the resource.
	Kind      Kind   `json:"-"`
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
	// Drifted (live only) tells that someone else changed the config since meshc wrote it.
	Drifted bool `json:"drifted,omitempty"`
	// DriftedBy (live only) are those who did, each with what they hold, where the
	// cluster tells: the field managers of a resource of Kubernetes.
	DriftedBy []string `json:"driftedBy,omitempty"`
	// Protect forbids plans to delete or replace the component. The marker carries
	// it, so that it also counts for what the mesh no longer names.
	Protect bool `json:"protect,omitempty"`
	// Adopt (desired only) takes over a component without a marker.
	Adopt bool `json:"adopt,omitempty"`
	// MovedFrom (desired only) is the name before a rename, in the same namespace.
	MovedFrom string `json:"movedFrom,omitempty"`
	// Allow (desired only) are the risks of plans that are allowed for the component.
	Allow []string `json:"allow,omitempty"`
	// OtherKind is set in a live state where a component of another kind has the
	// name: "function", "source" or "sink".
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
	// Builtin: the workers have the code; the component names it.
	Builtin Mode = "builtin"
)

// Code is the code of a component.
type Code struct {
	Mode   Mode   `json:"mode,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Size (desired only) is in bytes.
	Size int64 `json:"size,omitempty"`
	// URL is set in mode ByURL, and for a builtin function, whose config does not give
	// the name back: builtin://name.
	URL string `json:"url,omitempty"`
	// Path (desired only) is the local file.
	Path string `json:"path,omitempty"`
}

// ID tells one code from another, as far as its mode allows: the hash of what was
// sent, or the location where that is all that is known; "" for neither.
func (c Code) ID() string {
	if c.SHA256 != "" || c.Mode != ByURL {
		return c.SHA256
	}
	return c.URL
}

func (n *Namespace) resource()    {}
func (t *Topic) resource()        {}
func (s *Subscription) resource() {}
func (p *Package) resource()      {}
func (c *Component) resource()    {}

// OwnerID implements Resource.
func (n *Namespace) OwnerID() string { return n.Owner }

// OwnerID implements Resource.
func (t *Topic) OwnerID() string { return t.Owner }

// OwnerID implements Resource.
func (s *Subscription) OwnerID() string { return s.Owner }

// OwnerID implements Resource.
func (p *Package) OwnerID() string { return p.Owner }

// OwnerID implements Resource.
func (c *Component) OwnerID() string { return c.Owner }

// FullName returns tenant/namespace/name.
func (c *Component) FullName() string { return c.Tenant + "/" + c.Namespace + "/" + c.Name }

// Inputs returns the full names of the topics that the component reads, sorted;
// none for a source.
func (c *Component) Inputs() []string { return texts(c.Fields["inputs"]) }

// Patterns returns the regular expressions of full topic names that the component
// reads, sorted; most components have none.
func (c *Component) Patterns() []string { return texts(c.Fields["topicsPattern"]) }

// Reads tells whether the component reads a topic, given by its full name: by that
// name or by a pattern.
func (c *Component) Reads(topic string) bool {
	return slices.Contains(c.Inputs(), topic) || slices.ContainsFunc(c.Patterns(), func(p string) bool { return Matches(p, topic) })
}

// TopicFields are the fields of components that hold the name of a topic to write.
var TopicFields = []string{"output", "topicName", "deadLetterTopic", "logTopic"}

// Writes returns the full names of the topics that the component writes, those of
// dead letters, late data and log lines among them.
func (c *Component) Writes() []string {
	var out []string
	for _, field := range TopicFields {
		if t, _ := c.Fields[field].(string); t != "" {
			out = append(out, t)
		}
	}
	if window, ok := c.Fields["windowConfig"].(map[string]any); ok {
		if t, _ := window["lateDataTopic"].(string); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// Output returns the full name of the topic for what the component produces, ""
// where it has none.
func (c *Component) Output() string {
	field := "output"
	if c.Kind == KindSource {
		field = "topicName"
	}
	t, _ := c.Fields[field].(string)
	return t
}

// Parallelism returns the number of instances.
func (c *Component) Parallelism() int {
	n, _ := c.Fields["parallelism"].(float64)
	return int(n)
}

// Subscription returns the name of the subscription on the inputs: as given, or
// tenant/namespace/name as function workers name it.
func (c *Component) Subscription() string {
	if s, _ := c.Fields[c.SubscriptionField()].(string); s != "" {
		return s
	}
	return c.FullName()
}

// SubscriptionField names the field that gives the subscription's name.
func (c *Component) SubscriptionField() string {
	if c.Kind == KindSink {
		return "sourceSubscriptionName"
	}
	return "subName"
}

// CleansUp tells that the worker deletes the component's subscriptions with it.
func (c *Component) CleansUp() bool {
	on, _ := c.Fields["cleanupSubscription"].(bool)
	return on && len(c.Inputs())+len(c.Patterns()) > 0
}

// Shares tells that the component's subscription gives each message to whichever
// consumer is free, so that another component may join it: a Shared one, where
// order is kept by neither partition nor key (FunctionCommon, SubscriptionType).
func (c *Component) Shares() bool {
	order, _ := c.Fields["retainOrdering"].(bool)
	keys, _ := c.Fields["retainKeyOrdering"].(bool)
	return !order && !keys && c.Guarantees() != "EFFECTIVELY_ONCE"
}

// Position returns where a new subscription of the component starts, "Latest" or
// "Earliest"; "" for a source.
func (c *Component) Position() string {
	field := "subscriptionPosition"
	if c.Kind == KindSink {
		field = "sourceSubscriptionPosition"
	}
	p, _ := c.Fields[field].(string)
	return p
}

// Guarantees returns the delivery guarantee in Pulsar's spelling.
func (c *Component) Guarantees() string {
	g, _ := c.Fields["processingGuarantees"].(string)
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
