package loss

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// randomMesh is a mesh as the random test changes it: a chain of functions from in
// to out, which all numbers have to pass, and taps that read a topic of the chain
// beside it.
type randomMesh struct {
	*rand.Rand
	// place is tenant/namespace.
	place string
	chain []*randomNode
	taps  [tapSlots]*randomNode
	// made counts names of nodes and topics; retired topics may be used again.
	made    int
	retired []string
	// partitions of the topics that have some.
	partitions map[string]int
	// log says what was done for the next plan.
	log []string
	// byHand are the names of components that someone else changes before the plan,
	// with the fields to send.
	byHand map[string]map[string]any
}

const tapSlots = 3

// randomNode is a function that passes on what it reads.
type randomNode struct {
	name, in, out string
	// sub is the given name of the subscription, from the name before a rename.
	sub, from string
	// order is "", retainOrdering or retainKeyOrdering.
	order       string
	parallelism int
	jar         string
	delay       int
	schema      bool
	adopt       bool
}

func newRandomMesh(seed uint64, place string) *randomMesh {
	m := &randomMesh{Rand: rand.New(rand.NewPCG(seed, 0)), place: place, partitions: map[string]int{}, byHand: map[string]map[string]any{}}
	in := "in"
	for range 3 {
		out := m.topic()
		m.chain = append(m.chain, m.node(in, out))
		in = out
	}
	m.chain[2].out = "out"
	return m
}

func (m *randomMesh) node(in, out string) *randomNode {
	m.made++
	return &randomNode{name: fmt.Sprintf("n%d", m.made), in: in, out: out, parallelism: 1 + m.IntN(2), jar: "a.jar"}
}

// topic is a topic of the mesh's own, new or used before.
func (m *randomMesh) topic() string {
	if len(m.retired) > 0 && m.IntN(3) == 0 {
		i := m.IntN(len(m.retired))
		name := m.retired[i]
		m.retired = slices.Delete(m.retired, i, i+1)
		return name
	}
	m.made++
	name := fmt.Sprintf("t%d", m.made)
	if m.IntN(3) == 0 {
		m.partitions[name] = 2
	}
	return name
}

// subscription is the name by which a node reads.
func (m *randomMesh) subscription(n *randomNode) string {
	switch {
	case n.sub != "":
		return n.sub
	case n.from != "":
		return m.place + "/" + n.from
	}
	return m.place + "/" + n.name
}

// readers are the subscriptions of the taps by slot, as topic#name; "" where there is none.
func (m *randomMesh) readers() []string {
	var out []string
	for _, t := range m.taps {
		text := ""
		if t != nil {
			text = "/" + t.in + "#" + m.subscription(t)
		}
		out = append(out, text)
	}
	return out
}

func (m *randomMesh) any() *randomNode {
	all := slices.Clone(m.chain)
	for _, t := range m.taps {
		if t != nil {
			all = append(all, t)
		}
	}
	return all[m.IntN(len(all))]
}

// moves are the changes that a plan can bring; each tells whether it could be made.
var moves = []struct {
	name string
	do   func(*randomMesh) string
}{
	{"scale", func(m *randomMesh) string {
		n := m.any()
		n.parallelism = 1 + (n.parallelism+m.IntN(2))%3
		return n.name
	}},
	{"code", func(m *randomMesh) string {
		n := m.any()
		n.jar = map[string]string{"a.jar": "b.jar", "b.jar": "a.jar"}[n.jar]
		return n.name
	}},
	{"config", func(m *randomMesh) string {
		n := m.any()
		// At 4 ms one instance just keeps up, so that a backlog builds up.
		n.delay = map[int]int{0: 1, 1: 4, 4: 0}[n.delay]
		return n.name
	}},
	{"order", func(m *randomMesh) string {
		n := m.any()
		kinds := []string{"", "retainOrdering", "retainKeyOrdering"}
		n.order = kinds[(slices.Index(kinds, n.order)+1+m.IntN(2))%3]
		return n.name + " " + n.order
	}},
	{"schema", func(m *randomMesh) string {
		n := m.any()
		n.schema = !n.schema
		return n.name
	}},
	{"subscription", func(m *randomMesh) string {
		n := m.any()
		m.made++
		n.sub = fmt.Sprintf("s%d", m.made)
		return n.name + " " + n.sub
	}},
	{"move", func(m *randomMesh) string {
		n := m.any()
		keep, old := m.subscription(n), n.name
		m.made++
		n.name, n.from = fmt.Sprintf("n%d", m.made), old
		if n.sub == "" && m.subscription(n) != keep {
			n.sub = keep
		}
		n.adopt = false
		return old + " to " + n.name
	}},
	{"rename", func(m *randomMesh) string {
		n := m.any()
		old := n.name
		m.made++
		n.name, n.from, n.sub, n.adopt = fmt.Sprintf("n%d", m.made), "", "", false
		return old + " to " + n.name
	}},
	{"forget the move", func(m *randomMesh) string {
		n := m.any()
		if n.from == "" {
			return ""
		}
		if m.IntN(2) == 0 {
			n.sub = m.subscription(n)
		}
		n.from = ""
		return n.name
	}},
	{"insert", func(m *randomMesh) string {
		if len(m.chain) > 5 {
			return ""
		}
		i := m.IntN(len(m.chain))
		before := m.chain[i]
		next := m.node(m.topic(), before.out)
		before.out = next.in
		m.chain = slices.Insert(m.chain, i+1, next)
		return next.name + " behind " + before.name
	}},
	{"remove", func(m *randomMesh) string {
		if len(m.chain) < 3 {
			return ""
		}
		i := 1 + m.IntN(len(m.chain)-1)
		gone := m.chain[i]
		if m.tapped(gone.in) {
			return ""
		}
		m.chain[i-1].out = gone.out
		m.chain = slices.Delete(m.chain, i, i+1)
		m.retired = append(m.retired, gone.in)
		return gone.name
	}},
	{"other topic", func(m *randomMesh) string {
		i := m.IntN(len(m.chain) - 1)
		old := m.chain[i].out
		if m.tapped(old) {
			return ""
		}
		m.chain[i].out = m.topic()
		m.chain[i+1].in = m.chain[i].out
		m.retired = append(m.retired, old)
		return fmt.Sprintf("%s to %s", old, m.chain[i].out)
	}},
	{"tap", func(m *randomMesh) string {
		slot := m.IntN(tapSlots)
		if t := m.taps[slot]; t != nil {
			m.taps[slot] = nil
			return fmt.Sprintf("%s off slot %d", t.name, slot)
		}
		t := m.node(m.chain[m.IntN(len(m.chain))].in, fmt.Sprintf("tap%d", slot))
		if m.IntN(2) == 0 {
			// Deleted and made again, under one name.
			t.name = fmt.Sprintf("tap%d", slot)
		}
		m.taps[slot] = t
		return fmt.Sprintf("%s onto %s, slot %d", t.name, t.in, slot)
	}},
	{"cleanup by hand", func(m *randomMesh) string {
		n := m.any()
		if m.byHand[n.name] != nil || n.from != "" {
			return ""
		}
		m.byHand[n.name] = map[string]any{"cleanupSubscription": true}
		return n.name
	}},
	{"adopt", func(m *randomMesh) string {
		n := m.any()
		if m.byHand[n.name] != nil || n.from != "" {
			return ""
		}
		m.byHand[n.name] = map[string]any{"cleanupSubscription": true, "customRuntimeOptions": "{}"}
		n.adopt = true
		return n.name
	}},
}

func (m *randomMesh) tapped(topic string) bool {
	return slices.ContainsFunc(m.taps[:], func(t *randomNode) bool { return t != nil && t.in == topic })
}

// change makes one to three changes for the next plan.
func (m *randomMesh) change() {
	m.log = nil
	clear(m.byHand)
	adopts := false
	for want := 1 + m.IntN(3); len(m.log) < want; {
		move := moves[m.IntN(len(moves))]
		// What someone else does comes before the plan, to what is there by then.
		if hand := strings.HasSuffix(move.name, "by hand") || move.name == "adopt"; hand && len(m.log) > 0 {
			continue
		}
		// Nodes are adopted with the inputs and the names that they have.
		if adopts && !slices.Contains([]string{"scale", "code", "config", "order", "schema"}, move.name) {
			continue
		}
		adopts = adopts || move.name == "adopt"
		if what := move.do(m); what != "" {
			m.log = append(m.log, move.name+" "+what)
		}
	}
}

// body is the mesh file below its header.
func (m *randomMesh) body() string {
	var b strings.Builder
	b.WriteString("topics:\n  - {name: in, external: true}\n  - {name: out, external: true}\n")
	for i := range tapSlots {
		fmt.Fprintf(&b, "  - {name: tap%d, external: true}\n", i)
	}
	for _, t := range slices.Sorted(maps.Keys(m.partitions)) {
		fmt.Fprintf(&b, "  - {name: %s, partitions: %d}\n", t, m.partitions[t])
	}
	b.WriteString("functions:\n")
	nodes := slices.Clone(m.chain)
	for _, t := range m.taps {
		if t != nil {
			nodes = append(nodes, t)
		}
	}
	for _, n := range nodes {
		fmt.Fprintf(&b, "  - {name: %s, className: org.example.loss.Forward, jar: %s, inputs: [%s], output: %s, parallelism: %d", n.name, n.jar, n.in, n.out, n.parallelism)
		if n.delay > 0 {
			fmt.Fprintf(&b, ", userConfig: {delayMs: %d}", n.delay)
		}
		if n.order != "" {
			fmt.Fprintf(&b, ", %s: true", n.order)
		}
		if n.schema {
			b.WriteString(", outputSchemaType: STRING")
		}
		if n.sub != "" {
			fmt.Fprintf(&b, ", subName: %s", n.sub)
		}
		var life []string
		if n.from != "" {
			life = append(life, "movedFrom: "+n.from)
		}
		if n.adopt {
			life = append(life, "adopt: true")
		}
		if len(life) > 0 {
			fmt.Fprintf(&b, ", lifecycle: {%s}", strings.Join(life, ", "))
		}
		b.WriteString("}\n")
	}
	return b.String()
}
