package format_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/format"
)

// big gives a mesh of so many functions in PIP-66's spelling and order.
func big(functions int) []byte {
	var b strings.Builder
	b.WriteString("functionInfos:\n")
	for i := range functions {
		fmt.Fprintf(&b, "- classname: org.example.F # the class\n  replicas: 2\n  # Above the name.\n  name: f%d\n  userConfig: {a: 1, b: [x, y]}\n  inputs:\n  - t%d\n  output: [t%d]\n\n", i, i, i+1)
	}
	b.WriteString("name: big\n")
	return []byte(b.String())
}

// Lines that are hostile to a formatter that copies what it has again and again.
// How long each takes is told, not judged: machines differ.
func TestFormatHostile(t *testing.T) {
	const size = 1 << 17
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, data := range map[string]string{
		"items":        "name: m\nitems:\n" + fill("- a\n"),
		"one line":     "items: [" + fill("a,") + "a]\nname: m\n",
		"broken line":  "items: [" + fill("a,\n ") + "a]\nname: m\n",
		"comments":     "name: m\n" + fill("# c\n") + "functions: []\n",
		"blanks":       "functions: []\n" + fill("\n") + "name: m\n",
		"text":         "functions: []\nx: |+\n" + fill("  a\n\n") + "name: m\n",
		"folded":       "functions: []\nx: \"" + fill("a\n ") + "\"\nname: m\n",
		"long comment": "functions: [] #" + fill("# ") + "\nname: m\n",
		"nested":       "a:\n - " + strings.Repeat("- ", 60) + "a\n" + fill("# c\n"),
		"indented":     "a: [" + strings.Repeat(" ", size) + "]\n",
		"documents":    fill("---\na: b\n"),
		"keys":         "z: &a {}\n" + fill("a0: *a\n"),
		"spaces":       "functions: []\n" + fill("   \n") + "name: m\n",
		"mesh":         string(big(5000)),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, list, err := format.File("m.yaml", []byte(data))
			if err != nil {
				t.Fatal(err)
			}
			t.Log(time.Since(start), len(list), "findings")
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := big(n)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, _, err := format.File("m.yaml", data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
