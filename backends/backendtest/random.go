package backendtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/state"
)

// seeded gives random numbers that MESHC_SEED repeats; the seed is printed.
func (b *bench) seeded() *rand.Rand {
	seed, err := strconv.ParseUint(os.Getenv("MESHC_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	b.Logf("MESHC_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// random is a mesh that changes: functions and sinks between topics t0 to t5, each
// of which writes a later topic than it reads.
type random struct {
	*rand.Rand
	nodes []node
	made  int
}

type node struct {
	sink       bool
	name, from string
	in, out    int
	// also is one more input; below 0 there is none.
	also               int
	parallelism, value int
	ordered            bool
}

const randomTopics = 6

func (r *random) grow() {
	r.made++
	n := node{name: fmt.Sprintf("n%d", r.made), sink: r.IntN(4) == 0, parallelism: 1 + r.IntN(2), value: r.IntN(3)}
	r.connect(&n)
	r.nodes = append(r.nodes, n)
}

func (r *random) connect(n *node) {
	n.in, n.also = r.IntN(randomTopics-1), -1
	n.out = n.in + 1 + r.IntN(randomTopics-1-n.in)
	if r.IntN(3) == 0 && n.in > 0 {
		n.also = n.in - 1
	}
}

// change does one thing to the mesh and says what.
func (r *random) change() string {
	i := r.IntN(len(r.nodes))
	n := &r.nodes[i]
	switch r.IntN(8) {
	case 0:
		r.grow()
		return "one more node"
	case 1:
		if len(r.nodes) > 1 {
			name := n.name
			r.nodes = slices.Delete(r.nodes, i, i+1)
			return "without " + name
		}
	case 2:
		if n.from == "" {
			r.made++
			n.from, n.name = n.name, fmt.Sprintf("n%d", r.made)
			return n.from + " is " + n.name
		}
	case 3:
		r.connect(n)
		return n.name + " between other topics"
	case 4:
		n.ordered = !n.ordered
		return "order of " + n.name
	case 5:
		n.parallelism = 3 - n.parallelism
		return "parallelism of " + n.name
	case 6:
		if n.from != "" {
			// It reads through a subscription of its own name from here on.
			n.from = ""
			return n.name + " was always " + n.name
		}
	}
	n.value++
	return "value of " + n.name
}

// String is the body of the mesh file.
func (r *random) String() string {
	var topics, functions, sinks []string
	for i := range randomTopics {
		topics = append(topics, fmt.Sprintf("{name: t%d, partitions: %d}", i, 1+i%2))
	}
	for _, n := range r.nodes {
		fields := fmt.Sprintf("name: %s, parallelism: %d, inputs: [t%d", n.name, n.parallelism, n.in)
		if n.also >= 0 {
			fields += fmt.Sprintf(", t%d", n.also)
		}
		fields += "]"
		if n.ordered {
			fields += ", retainOrdering: true"
		}
		if n.from != "" {
			fields += ", lifecycle: {movedFrom: " + n.from + "}"
		}
		if n.sink {
			sinks = append(sinks, fmt.Sprintf("  - {SINK, %s, timeoutMs: %d}\n", fields, 60000+n.value))
		} else {
			functions = append(functions, fmt.Sprintf("  - {FUNCTION, %s, output: t%d, userConfig: {v: %d}}\n", fields, n.out, n.value))
		}
	}
	text := "topics: [" + strings.Join(topics, ", ") + "]\n"
	if len(functions) > 0 {
		text += "functions:\n" + strings.Join(functions, "")
	}
	if len(sinks) > 0 {
		text += "sinks:\n" + strings.Join(sinks, "")
	}
	return text
}

// From any mesh to any other: what the plan says is done, nothing is left to do, and
// nothing but the mesh is there.
func randomMeshes(b *bench) {
	r := &random{Rand: b.seeded()}
	for range 3 {
		r.grow()
	}
	var p = b.plan(b.mesh("m", r.String()), planner.Options{})
	for round := range b.fixture.Rounds {
		if round > 0 {
			for range 1 + r.IntN(3) {
				b.Logf("round %d: %s", round, r.change())
			}
		}
		_, p = b.deploy("m", r.String())
		var names []string
		want := map[state.Addr]bool{}
		for _, n := range r.nodes {
			names = append(names, n.name)
		}
		b.wantNames("m", names...)
		for _, addr := range p.Scope {
			want[addr] = true
		}
		live := b.read("m", p.Scope...)
		for addr := range live.Resources {
			if kind := addr.Kind(); !want[addr] && (kind.IsComponent() || kind == state.KindSubscription) {
				b.Errorf("round %d: %s is left", round, addr)
			}
		}
		for addr := range want {
			if live.Resources[addr] == nil && addr.Kind() != state.KindPolicies {
				b.Errorf("round %d: %s is not there", round, addr)
			}
		}
		if b.Failed() {
			b.Fatal(r.String())
		}
	}
	b.destroy(b.mesh("m", r.String()))
	for addr := range b.read("m", p.Scope...).Resources {
		if addr.Kind() != state.KindNamespace {
			b.Errorf("destroy left %s", addr)
		}
	}
}
