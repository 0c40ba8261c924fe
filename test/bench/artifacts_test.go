package bench

import (
	"archive/zip"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/test/harness"
)

const (
	jars = 300
	// classes and classSize make up a jar of a megabyte.
	classes, classSize = 400, 2500
	// atLeast is how many times faster a run is that knows the jars: the gate, since
	// it does not hang on the machine.
	atLeast = 3
)

// BenchmarkArtifacts validates a mesh of 300 functions with a jar of 1 MB each, as
// whole processes: without a cache, with an empty one, and with a full one.
func BenchmarkArtifacts(b *testing.B) {
	dir := b.TempDir()
	mesh := "topics: [{name: in, external: true}]\nfunctions:\n"
	for i := range jars {
		writeJar(b, filepath.Join(dir, fmt.Sprintf("f%d.jar", i)), fmt.Sprintf("org.example.F%d", i))
		mesh += fmt.Sprintf("  - {name: f%d, className: org.example.F%d, jar: f%d.jar, inputs: [in]}\n", i, i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "mesh.yaml"), []byte("name: many\ntenant: public\nnamespace: default\n"+mesh), 0o600); err != nil {
		b.Fatal(err)
	}
	harness.Binary(b)
	run := func(cache string, args ...string) time.Duration {
		c := harness.Run(b, dir, []string{"XDG_CACHE_HOME=" + cache}, append([]string{"validate", "mesh.yaml"}, args...)...)
		c.Want(0)
		return c.Took
	}
	// What was just written is not trusted, so that nothing is kept of it.
	for warm := time.Now(); time.Since(warm) < 3*time.Second; {
		run(filepath.Join(dir, "none"), "--no-cache")
	}
	var without, cold, cached []time.Duration
	for round := range 5 {
		cache := filepath.Join(dir, fmt.Sprintf("cache%d", round))
		without = append(without, run(cache, "--no-cache"))
		cold = append(cold, run(cache))
		if kept, err := os.ReadDir(filepath.Join(cache, "meshc", "artifacts")); err != nil || len(kept) < jars {
			b.Fatalf("kept %d, %v", len(kept), err)
		}
		cached = append(cached, run(cache))
	}
	for _, list := range [][]time.Duration{without, cold, cached} {
		slices.Sort(list)
	}
	ratio := float64(cold[2]) / float64(cached[2])
	harness.Figure(b, "%d jars of 1 MB: cold %s, cached %s (%.1f times faster), without a cache %s",
		jars, round(cold[2]), round(cached[2]), ratio, round(without[2]))
	if ratio < atLeast {
		b.Errorf("a run that knows the jars is %.1f times faster than one that does not, and should be %d times", ratio, atLeast)
	}
	for b.Loop() {
		run(filepath.Join(dir, "cache4"))
	}
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// writeJar makes a jar of one function among classes that do not matter.
func writeJar(b *testing.B, path, function string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := zip.NewWriter(f)
	add := func(name string, data []byte) {
		e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = e.Write(data)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	noise := make([]byte, classSize)
	for i := range classes {
		if i == classes/2 {
			add(strings.ReplaceAll(function, ".", "/")+".class", artifacttest.Function(function, "java.lang.String", "java.lang.String").Bytes())
		}
		_, _ = rand.Read(noise)
		add(fmt.Sprintf("org/example/lib/part%d/Class%d.class", i/40, i), noise)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
