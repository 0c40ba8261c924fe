package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/planner/state"
)

// OnlyError tells of an address in Options.Only that a mesh does not have.
type OnlyError struct{ Mesh, Only string }

// Error implements error.
func (e *OnlyError) Error() string { return fmt.Sprintf("mesh %s has no %q", e.Mesh, e.Only) }

// narrowed gives the desired state of a run that is to touch only some addresses:
// these are as the mesh wants them, everything else stays as it is live. A
// component takes along what it cannot do without: its code, its topics, its
// subscriptions, and those of the mesh's readers of the topics that it writes, so
// that nothing is sent which nobody keeps. chosen are the addresses that are touched.
func narrowed(live, want *state.State, only []string) (out *state.State, chosen map[state.Addr]bool, err error) {
	chosen = map[state.Addr]bool{}
	for _, text := range only {
		addrs := named(text, live, want)
		if len(addrs) == 0 {
			return nil, nil, &OnlyError{Mesh: want.Mesh.String(), Only: text}
		}
		for _, a := range addrs {
			chosen[a] = true
			for _, s := range []*state.State{live, want} {
				if c, ok := s.Resources[a].(*state.Component); ok {
					along(c, live, want, chosen)
				}
			}
		}
	}
	out = state.New(want.Mesh)
	out.Places = want.Places
	for _, a := range union(live, want) {
		there, isLive := live.Resources[a]
		wanted, isWanted := want.Resources[a]
		ours := isLive && (there.OwnerID() == want.Mesh.String() || there.OwnerID() == "" && isWanted && !a.Kind().IsComponent())
		switch {
		case chosen[a] && isWanted:
			out.Put(wanted)
		case !chosen[a] && ours:
			out.Put(there)
		}
	}
	return out, chosen, nil
}

// along chooses what a component needs, and the subscriptions that keep what it sends.
func along(c *state.Component, live, want *state.State, chosen map[state.Addr]bool) {
	namespace := func(name string) {
		addr := state.NamespaceAddr(name)
		chosen[addr] = true
		if _, there := live.Resources[addr]; !there {
			chosen[state.PoliciesAddr(addr)] = true
		}
	}
	topic := func(name string) {
		namespace(state.NamespaceOf(name))
		addr := state.TopicAddr(name)
		chosen[addr], chosen[state.SchemaAddr(name)], chosen[state.PoliciesAddr(addr)] = true, true, true
	}
	namespace(c.Tenant + "/" + c.Namespace)
	chosen[state.PackageAddr(c.Code.URL)] = true
	if c.MovedFrom != "" {
		// The component whose place it takes goes with the same plan, and with it the
		// subscriptions that are not taken over, which are drained first.
		for _, kind := range state.Components {
			addr := state.ComponentAddr(kind, c.Tenant, c.Namespace, c.MovedFrom)
			old, there := live.Resources[addr].(*state.Component)
			if there && !chosen[addr] && old.Owner == c.Owner {
				along(old, live, want, chosen)
			}
			chosen[addr] = true
		}
	}
	for _, t := range c.Inputs() {
		topic(t)
		chosen[state.SubscriptionAddr(t, c.Subscription())] = true
	}
	for _, t := range c.Writes() {
		topic(t)
		for a, r := range want.Resources {
			if sub, ok := r.(*state.Subscription); ok && sub.Topic == t {
				chosen[a] = true
			}
		}
	}
}

// named finds addresses by what people type: the whole address, the kind and the
// short name (function/split), or the name of a node.
func named(text string, states ...*state.State) []state.Addr {
	kind, name, both := strings.Cut(text, "/")
	var out []state.Addr
	for _, s := range states {
		for a := range s.Resources {
			short := string(a)[strings.LastIndexByte(string(a), '/')+1:]
			switch {
			case string(a) == text,
				both && string(a.Kind()) == kind && short == name,
				!both && a.Kind().IsComponent() && short == text:
				if !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func union(live, want *state.State) []state.Addr {
	out := append(live.Addrs(), want.Addrs()...)
	slices.Sort(out)
	return slices.Compact(out)
}
