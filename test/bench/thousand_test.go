package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/test/harness"
)

// mostSent bounds what a change that sends no code may send, in bytes of bodies.
const mostSent = 200_000

// overhead is how many times longer a command may take than its requests need with
// ten of them in flight.
const overhead = 1.15

// TestThousand plans and applies on a stand-in without a network, in a time that only
// the stand-in's answers and meshc's own waits take up: so the ratio does not hang on
// the machine, and one more wait or request shows. What a plan costs beside its
// requests is for TestTenThousandSteps of planner/plan.
func TestThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStandIn()
		client, err := admin.New(conn.Settings{}, admin.WithTransport(s))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		run := func(what string, u compiler.Unit, wantSteps bool) (ratio float64) {
			t.Helper()
			s.forget()
			begin := time.Now()
			b := native.New(client, conn.Settings{})
			p, findings, err := planner.Make(t.Context(), b, native.Name, u, planner.Options{})
			if err != nil || findings.HasErrors() {
				t.Fatalf("%v %v", err, findings)
			}
			if p.Empty() == wantSteps {
				t.Errorf("%s: %d steps", what, len(p.Steps))
			}
			if wantSteps {
				report, err := planner.Apply(t.Context(), b, p, apply.Options{Parallelism: 10})
				if err != nil || !report.OK() {
					t.Fatalf("%v %+v", err, report.Failed)
				}
			}
			took, least := time.Since(begin), s.least()
			ratio = float64(took) / float64(least)
			t.Logf("%s: %v, %.2f times what %d reads and %d writes need ten at a time; bodies of %d kB",
				what, took, ratio, s.reads.Load(), s.writes.Load(), s.bytes.Load()/1000)
			t.Logf("asked: %s", s.asked())
			return ratio
		}
		// each bounds the reads: so many for each function, and a few for all.
		within := func(ratio float64, functions, each int64) {
			t.Helper()
			if ratio > overhead {
				t.Errorf("that is more than %.2f times", overhead)
			}
			if n := s.reads.Load(); n > each*functions+50 {
				t.Errorf("%d reads are more than %d for each function", n, each)
			}
		}
		one := func(int) string { return "className: words.Split, py: words.py" }
		python(t, dir, "words.py")
		within(run("creation of 1,000 functions", compiled(t, chainFile(t, dir, "thousand", 1000, 1, one)), true), 1000, 3)
		within(run("plan that has nothing to do", compiled(t, chainFile(t, dir, "thousand", 1000, 1, one)), false), 1000, 4)

		s.empty()
		own := func(i int) string { return fmt.Sprintf("className: words%d.Split, py: words%d.py", i, i) }
		for i := range 100 {
			python(t, dir, fmt.Sprintf("words%d.py", i))
		}
		within(run("creation of 100 functions with a file each", compiled(t, chainFile(t, dir, "hundred", 100, 1, own)), true), 100, 5)
		run("more instances of 100 functions", compiled(t, chainFile(t, dir, "hundred", 100, 2, own)), true)
		// New instances are waited for as real workers start them, one after the other,
		// which a stand-in does not do: no ratio here.
		if n := s.bytes.Load(); n > mostSent {
			t.Errorf("a change of parallelism sends %d bytes, more than %d", n, mostSent)
		}
	})
}

func python(t testing.TB, dir, name string) {
	t.Helper()
	text := "class Split:\n    def process(self, input, context):\n        return input\n# " + strings.Repeat("x", 1<<20) + "\n" + name
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func compiled(t testing.TB, file string) compiler.Unit {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := compiler.Compile([]compiler.Input{{Name: file, Data: text}}, compiler.Options{NeedCode: true})
	if r.Findings.HasErrors() {
		t.Fatal(r.Findings)
	}
	return r.Units[0]
}

// BenchmarkThousand does the same as whole processes over the network. How long they
// take hangs on the machine, so it is told and not judged.
func BenchmarkThousand(b *testing.B) {
	dir := b.TempDir()
	harness.Binary(b)
	for b.Loop() {
		s := newStandIn()
		address := s.listen(b)
		run := func(what string, args ...string) {
			b.Helper()
			s.forget()
			c := harness.Run(b, dir, nil, append(args, "--admin-url", address)...).Want(0)
			harness.Figure(b, "%s: %s, %.2f times what its %d reads and %d writes need ten at a time; bodies of %d kB",
				what, round(c.Took), float64(c.Took)/float64(s.least()), s.reads.Load(), s.writes.Load(), s.bytes.Load()/1000)
		}
		writeJar(b, filepath.Join(dir, "one.jar"), "org.example.F")
		file := chainFile(b, dir, "thousand", 1000, 1, func(int) string { return "className: org.example.F, jar: one.jar" })
		run("apply of 1,000 functions", "apply", file, "--yes", "--parallelism", "10")
		run("plan of 1,000 functions that has nothing to do", "plan", file, "--detailed-exitcode")

		s.empty()
		own := func(i int) string { return fmt.Sprintf("className: org.example.F%d, jar: f%d.jar", i, i) }
		for i := range 100 {
			writeJar(b, filepath.Join(dir, fmt.Sprintf("f%d.jar", i)), fmt.Sprintf("org.example.F%d", i))
		}
		run("apply of 100 functions with a jar of 1 MB each", "apply", chainFile(b, dir, "hundred", 100, 1, own), "--yes", "--parallelism", "10")
		run("more instances of 100 functions", "apply", chainFile(b, dir, "hundred", 100, 2, own), "--yes", "--parallelism", "10")
	}
}

// chainFile writes the mesh of a chain of functions.
func chainFile(b testing.TB, dir, name string, functions, parallelism int, code func(int) string) string {
	b.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "tenant: public\nnamespace: default\nname: %s\nfunctions:\n", name)
	for i := range functions {
		fmt.Fprintf(&text, "  - {name: %[1]s-%04[2]d, %[3]s, inputs: [%[1]s-%[2]d], output: %[1]s-%[4]d, parallelism: %[5]d}\n", name, i, code(i), i+1, parallelism)
	}
	file := filepath.Join(dir, name+".yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}
