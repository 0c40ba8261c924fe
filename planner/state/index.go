package state

import (
	"maps"
	"slices"
)

// Index finds resources of a state by what they touch. It is made once of a state
// that does not change from then on: a plan asks tens of thousands of times.
type Index struct {
	// Components are those of the state, in the order of their addresses.
	Components []*Component

	through       map[route][]*Component
	reading       map[string][]*Component
	writing       map[string][]*Component
	subscriptions map[string][]*Subscription
	// undeclared are the topics that components write and do not name.
	undeclared map[Addr][]string
	// patterned are the components that read by patterns.
	patterned []*Component
}

// route is a topic and the name of a subscription.
type route struct{ topic, name string }

// Index makes the index of a state as it is now.
func (s *State) Index() *Index {
	x := &Index{
		through: map[route][]*Component{}, reading: map[string][]*Component{},
		writing: map[string][]*Component{}, subscriptions: map[string][]*Subscription{}, undeclared: map[Addr][]string{},
	}
	for _, a := range s.Addrs() {
		switch r := s.Resources[a].(type) {
		case *Component:
			x.add(r)
		case *Subscription:
			x.subscriptions[r.Topic] = append(x.subscriptions[r.Topic], r)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(s.Undeclared)) {
		for _, a := range s.Undeclared[t] {
			if c, ok := s.Resources[a].(*Component); ok && !slices.Contains(x.writing[t], c) {
				x.writing[t] = append(x.writing[t], c)
				x.undeclared[a] = append(x.undeclared[a], t)
			}
		}
	}
	return x
}

func (x *Index) add(c *Component) {
	x.Components = append(x.Components, c)
	seen := map[string]bool{}
	for _, t := range c.Inputs() {
		if seen[t] {
			continue
		}
		seen[t] = true
		x.reading[t] = append(x.reading[t], c)
		at := route{t, c.Subscription()}
		x.through[at] = append(x.through[at], c)
	}
	if len(c.Patterns()) > 0 {
		x.patterned = append(x.patterned, c)
	}
	clear(seen)
	for _, t := range c.Writes() {
		if !seen[t] {
			seen[t] = true
			x.writing[t] = append(x.writing[t], c)
		}
	}
}

// Through returns the components that read a topic through a subscription of this name.
func (x *Index) Through(topic, name string) []*Component {
	return x.byPattern(x.through[route{topic, name}], topic, func(c *Component) bool { return c.Subscription() == name })
}

// Reading returns the components that read a topic.
func (x *Index) Reading(topic string) []*Component {
	return x.byPattern(x.reading[topic], topic, func(*Component) bool { return true })
}

// byPattern adds the components that read a topic by a pattern.
func (x *Index) byPattern(named []*Component, topic string, ok func(*Component) bool) []*Component {
	for _, c := range x.patterned {
		if ok(c) && c.Reads(topic) && !slices.Contains(named, c) {
			named = append(slices.Clone(named), c)
		}
	}
	return named
}

// Writing returns the components that write a topic, dead letters and log lines included,
// and what code is seen to send by itself; see State.Undeclared.
func (x *Index) Writing(topic string) []*Component { return x.writing[topic] }

// Writes returns the topics that a component writes, as Writing finds it.
func (x *Index) Writes(c *Component) []string { return append(c.Writes(), x.undeclared[c.Addr()]...) }

// Subscriptions returns those of a topic, in the order of their addresses.
func (x *Index) Subscriptions(topic string) []*Subscription { return x.subscriptions[topic] }
