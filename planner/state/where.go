package state

import (
	"fmt"
	"strings"
)

// Where gives the namespace that a resource is in, as tenant/namespace. Names are
// written in full wherever meshc makes a resource, so that one that is not comes from a
// file that was made by other means: the error names it. A resource without a name to
// speak of is an error as well, as is one that holds more segments than Pulsar's names have.
func Where(r Resource) (string, error) {
	switch r := r.(type) {
	case *Namespace:
		return place(r.Addr(), strings.Split(r.Name, "/"), 2)
	case *Topic:
		return whereTopic(r.Addr(), r.Name)
	case *Subscription:
		return whereTopic(r.Addr(), r.Topic)
	case *Schema:
		return whereTopic(r.Addr(), r.Topic)
	case *Policies:
		if r.On.Kind() == KindNamespace {
			return place(r.Addr(), strings.Split(r.On.Name(), "/"), 2)
		}
		return whereTopic(r.Addr(), r.On.Name())
	case *Package:
		scheme, rest, _ := strings.Cut(r.URL, "://")
		if !Kind(scheme).IsComponent() {
			return "", fmt.Errorf("%s is no package", r.Addr())
		}
		return place(r.Addr(), strings.Split(rest, "/"), 3)
	case *Component:
		return place(r.Addr(), []string{r.Tenant, r.Namespace, r.Name}, 3)
	}
	return "", fmt.Errorf("there is no resource")
}

// whereTopic is Where for the full name of a topic.
func whereTopic(addr Addr, name string) (string, error) {
	scheme, rest, _ := strings.Cut(name, "://")
	if scheme != "persistent" && scheme != "non-persistent" {
		return "", fmt.Errorf("%s is not named in full", addr)
	}
	return place(addr, strings.Split(rest, "/"), 3)
}

// place joins the first two of the parts of a name, of which there have to be so many.
func place(addr Addr, parts []string, n int) (string, error) {
	for _, p := range parts {
		if p == "" || p == "." || p == ".." || strings.ContainsAny(p, "/\\") {
			return "", fmt.Errorf("%s is not named in full", addr)
		}
	}
	if len(parts) != n {
		return "", fmt.Errorf("%s is not named in full", addr)
	}
	return parts[0] + "/" + parts[1], nil
}
