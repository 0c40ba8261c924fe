package state

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/meshc/meshc/compiler/mesh"
)

// State is a set of resources. In a live state it holds what exists of the
// addresses that were asked for and all else that the mesh made.
type State struct {
	Mesh      mesh.ID
	Resources map[Addr]Resource
	// Places (desired only) say where in the mesh file a resource comes from.
	Places map[Addr]Place
	// Facts (live only) are what moves by itself; they are no part of the fingerprint.
	Facts map[Addr]Facts
	// Undeclared (live only) are by topic the components of the mesh, sorted, that have
	// a producer there although their config does not name it: what code sends by itself.
	Undeclared map[string][]Addr
	// StateStore (live only) tells that functions can keep state in this cluster.
	StateStore bool
}

// Facts are observations of a live resource that change without anyone deploying.
type Facts struct {
	// Backlog and Unacked of a subscription are in messages (entries where producers batch).
	Backlog int64 `json:"backlog,omitempty"`
	Unacked int64 `json:"unacked,omitempty"`
	// Covered tells that all messages that are left in a subscription are in
	// another one of the mesh as well, which took its place or which it was to replace.
	Covered bool `json:"covered,omitempty"`
	// Others are the consumers of a subscription that are no functions of the mesh.
	Others int `json:"others,omitempty"`
	// OtherBacklog is what waits in subscriptions of a topic that are not the mesh's.
	OtherBacklog int64 `json:"otherBacklog,omitempty"`
	// Code is the SHA-256 of the code of a component without a marker, as downloaded;
	// empty where it is not known.
	Code string `json:"code,omitempty"`
	// Missing are the instances of a function that should run and do not.
	Missing int `json:"missing,omitempty"`
	// Stopped are those of them that nothing but a start brings back: they were
	// stopped, by a run that was cut short or by hand, or could not be started by a
	// worker that does not try again. Those that are about to start count as well.
	Stopped int `json:"stopped,omitempty"`
	// Unstarted are those of them that a worker could not start. They are started one
	// by one, which leaves the others alone; else all instances stop and start.
	Unstarted int `json:"unstarted,omitempty"`
	// Deduplication tells whether the broker drops messages of a topic that it has
	// stored already.
	Deduplication Switch `json:"deduplication,omitempty"`
	// Publishers of a topic are the producers connected that are not functions of the
	// mesh. Those of functions that do not name the topic are in State.Undeclared.
	Publishers int `json:"publishers,omitempty"`
	// Active topics have clients or hold messages.
	Active bool `json:"active,omitempty"`
	// KeptMinutes and KeptMB are the retention that counts on a topic now, from
	// whatever policy; see Retention.
	KeptMinutes int64 `json:"keptMinutes,omitempty"`
	KeptMB      int64 `json:"keptMB,omitempty"`
	// Refusal is what the cluster says when it is asked whether it would take what
	// is wanted; empty where it would.
	Refusal string `json:"refusal,omitempty"`
	// Leaving says of a component that what it is in is being deleted by someone, and
	// what holds it until then; empty where it stays.
	Leaving string `json:"leaving,omitempty"`
}

// Switch is the position of a setting, where it is known.
type Switch string

// The positions.
const (
	Unknown Switch = ""
	On      Switch = "on"
	Off     Switch = "off"
)

// New returns an empty state for a mesh.
func New(id mesh.ID) *State {
	return &State{Mesh: id, Resources: map[Addr]Resource{}, Places: map[Addr]Place{}, Facts: map[Addr]Facts{}}
}

// Put adds a resource, replacing one of the same address.
func (s *State) Put(r Resource) { s.Resources[r.Addr()] = r }

// Clone returns a state with the same resources, whose own maps can be changed.
func (s *State) Clone() *State {
	out := *s
	out.Resources, out.Places, out.Facts = maps.Clone(s.Resources), maps.Clone(s.Places), maps.Clone(s.Facts)
	out.Undeclared = maps.Clone(s.Undeclared)
	return &out
}

// Addrs returns the addresses in order.
func (s *State) Addrs() []Addr { return slices.Sorted(maps.Keys(s.Resources)) }

// Components returns the functions, sources and sinks in the order of their addresses.
func (s *State) Components() []*Component {
	var out []*Component
	for _, a := range s.Addrs() {
		if c, ok := s.Resources[a].(*Component); ok {
			out = append(out, c)
		}
	}
	return out
}

// Fingerprint is a digest of all resources: equal for equal states, whatever
// the order in which they were read. Facts do not take part.
func (s *State) Fingerprint() string {
	all, _ := s.Fingerprints()
	return all
}

// Fingerprints gives the Fingerprint and the Digest of each resource in one go.
func (s *State) Fingerprints() (all string, each map[Addr]string) {
	h := sha256.New()
	each = make(map[Addr]string, len(s.Resources))
	for _, a := range s.Addrs() {
		data := encoded(a, s.Resources[a])
		each[a] = digest(data)
		if data != nil {
			_, _ = h.Write(append(data, '\n')) // hashes take everything
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), each
}

// Print works Fingerprints out beside what the caller does meanwhile; the resources
// must not change before the function that it returns has given them.
func (s *State) Print() func() (all string, each map[Addr]string) {
	done := make(chan struct{})
	var all string
	var each map[Addr]string
	var broken any
	go func() {
		defer close(done)
		defer func() { broken = recover() }()
		all, each = s.Fingerprints()
	}()
	return func() (string, map[Addr]string) {
		<-done
		if broken != nil {
			panic(broken) // the caller's, who can tell of it
		}
		return all, each
	}
}

// Digest returns the fingerprint of one resource; "" for nil.
func Digest(r Resource) string {
	if r == nil {
		return ""
	}
	return digest(encoded(r.Addr(), r))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
