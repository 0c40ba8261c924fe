package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// atMost is how many times longer ten times as many nodes may take: the gate, since
// it does not hang on the machine.
const atMost = 12

// BenchmarkNodes validates chains of functions as whole processes and gates on
// growth being linear.
func BenchmarkNodes(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "words.py"), []byte("class Split:\n    def process(self, input, context):\n        return input\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	harness.Binary(b)
	sizes := []int{1000, 3000, 10_000}
	took := map[int][]time.Duration{}
	memory := map[int]int64{}
	for _, n := range sizes {
		name := fmt.Sprintf("mesh%d.yaml", n)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(chainOf(n)), 0o600); err != nil {
			b.Fatal(err)
		}
		run := func() {
			c := harness.Run(b, dir, nil, "validate", name)
			c.Want(0)
			took[n], memory[n] = append(took[n], c.Took), max(memory[n], c.Memory())
		}
		run()
		took[n] = nil // the first run reads the program itself
		for range 7 {
			run()
		}
		slices.Sort(took[n])
	}
	median := func(n int) time.Duration { return took[n][len(took[n])/2] }
	ratio := float64(took[10_000][0]) / float64(took[1000][0])
	for _, n := range sizes {
		harness.Figure(b, "validate of %d functions: %s (fastest %s), %d MB", n, round(median(n)), round(took[n][0]), memory[n]>>20)
	}
	harness.Figure(b, "10,000 functions take %.1f times as long as 1,000", ratio)
	if ratio > atMost {
		b.Errorf("ten times as many nodes take %.1f times as long, and should take less than %d times", ratio, atMost)
	}
	for b.Loop() {
		harness.Run(b, dir, nil, "validate", "mesh1000.yaml").Want(0)
	}
}

// chainOf gives a mesh of n functions, each reading what the one before writes.
func chainOf(n int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "name: big\ntopics:\n- {name: t0, external: true}\n- {name: t%d, external: true}\nfunctions:\n", n)
	for i := range n {
		fmt.Fprintf(&s, "- name: f%d\n  className: words.Split\n  py: words.py\n  parallelism: 2\n  inputs: [t%d]\n  output: t%d\n  userConfig: {minLength: 3, level: %d}\n", i, i, i+1, i)
	}
	return s.String()
}
