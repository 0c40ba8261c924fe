package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/graph"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/lint/rules"
	"github.com/meshc/meshc/compiler/mesh"
)

// shapes are meshes of n functions that rules may be slow on.
var shapes = []struct {
	name string
	node func(n, i int) string
}{
	{"chain", func(_, i int) string { return fmt.Sprintf("inputs: [t%d]\n  output: t%d", i, i+1) }},
	// Inputs that nothing writes, each like a topic that is written.
	{"slips", func(_, i int) string { return fmt.Sprintf("inputs: [topic-t%dx]\n  output: topic-t%dy", i, i) }},
	// All read one topic and write another.
	{"star", func(_, i int) string {
		return fmt.Sprintf("inputs: [t0]\n  output: all\n  outputSchemaType: JSON\n  subName: s%d\n  maxMessageRetries: 1\n  deadLetterTopic: dead", i)
	}},
	{"patterns", func(n, i int) string {
		return fmt.Sprintf("topicsPattern: persistent://public/default/t.*%d\n  output: t%d", i, (i+n/2)%n)
	}},
	// Dead letters go to one node, which writes what all read.
	{"returns", func(_, i int) string {
		if i == 0 {
			return "inputs: [dead]\n  output: t0"
		}
		return "inputs: [t0]\n  maxMessageRetries: 1\n  deadLetterTopic: dead"
	}},
}

func meshOf(n int, node func(n, i int) string) *mesh.Mesh {
	var s strings.Builder
	s.WriteString("name: m\ntopics:\n- {name: t0, external: true}\nfunctions:\n")
	for i := range n {
		fmt.Fprintf(&s, "- name: f%d\n  className: org.example.F\n  jar: builtin://f\n  %s\n", i, node(n, i))
	}
	return compiler.Compile([]compiler.Input{{Name: "m.yaml", Data: []byte(s.String())}}, compiler.Options{}).Units[0].Mesh
}

func BenchmarkAll(b *testing.B) {
	for _, shape := range shapes {
		for _, n := range []int{1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", shape.name, n), func(b *testing.B) {
				m := meshOf(n, shape.node)
				g := graph.New(m)
				for b.Loop() {
					lint.Run(rules.All(), m, g, lint.NewWorld([]*mesh.Mesh{m}, []*graph.Graph{g}))
				}
			})
		}
	}
}
