package state

import "strings"

// Addr is the address of a resource: its kind, a slash and its full name, such
// as function/public/default/split. It is what people write for --only.
type Addr string

// Kind returns the part before the first slash.
func (a Addr) Kind() Kind {
	kind, _, _ := strings.Cut(string(a), "/")
	return Kind(kind)
}

// Name returns the part after the first slash.
func (a Addr) Name() string {
	_, name, _ := strings.Cut(string(a), "/")
	return name
}

// NamespaceAddr returns the address of a namespace, given as tenant/namespace.
func NamespaceAddr(name string) Addr { return Addr(KindNamespace) + "/" + Addr(name) }

// TopicAddr returns the address of a topic, given by its full name.
func TopicAddr(full string) Addr { return Addr(KindTopic) + "/" + Addr(full) }

// SubscriptionAddr returns the address of a subscription of a topic.
func SubscriptionAddr(topic, name string) Addr {
	return Addr(KindSubscription) + "/" + Addr(topic) + "#" + Addr(name)
}

// PackageAddr returns the address of a package, given by its URL.
func PackageAddr(url string) Addr { return Addr(KindPackage) + "/" + Addr(url) }

// ComponentAddr returns the address of a function, source or sink.
func ComponentAddr(kind Kind, tenant, namespace, name string) Addr {
	return Addr(string(kind) + "/" + tenant + "/" + namespace + "/" + name)
}

// Addr implements Resource.
func (n *Namespace) Addr() Addr { return NamespaceAddr(n.Name) }

// Addr implements Resource.
func (t *Topic) Addr() Addr { return TopicAddr(t.Name) }

// Addr implements Resource.
func (s *Subscription) Addr() Addr { return SubscriptionAddr(s.Topic, s.Name) }

// Addr implements Resource.
func (p *Package) Addr() Addr { return PackageAddr(p.URL) }

// Addr implements Resource.
func (c *Component) Addr() Addr { return ComponentAddr(c.Kind, c.Tenant, c.Namespace, c.Name) }

// NamespaceOf returns tenant/namespace of a topic's full name.
func NamespaceOf(topic string) string {
	rest := topic[strings.Index(topic, "://")+3:]
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		return rest[:i]
	}
	return rest
}
