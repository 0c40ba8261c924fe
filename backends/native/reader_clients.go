package native

import "github.com/meshc/meshc/planner/state"

// ours tells whether a client that names itself so is a component of the mesh, or
// one without a marker that the mesh names. Instances name themselves
// tenant/namespace/name. One that the mesh names and that was not there a moment ago
// counts, too: it came or went while this was read, as what a killed run had in the
// air does, and the check before the first write finds out which.
func (r *reader) ours(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range state.Components {
		addr := state.Addr(string(kind) + "/" + id)
		c, there := r.out.Resources[addr].(*state.Component)
		if there && c.Owner == r.owner() || r.wanted[addr] && (!there || c.Owner == "") {
			return true
		}
	}
	return false
}

// adoptable tells whether a client that names itself so is a component without a
// marker that has the name of a node.
func (r *reader) adoptable(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range state.Components {
		addr := state.Addr(string(kind) + "/" + id)
		if c, there := r.out.Resources[addr].(*state.Component); there && c.Owner == "" && r.wanted[addr] {
			return true
		}
	}
	return false
}

// reads tells whether a component of the mesh reads a topic through a subscription.
// It is asked for each subscription of each topic; by then all components are read.
func (r *reader) reads(sub, topic string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index == nil {
		r.index = r.out.Index()
	}
	for _, c := range r.index.Through(topic, sub) {
		if c.Owner == r.owner() {
			return true
		}
	}
	return false
}
