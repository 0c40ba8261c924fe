package failure

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// version is one of the endless versions of the mesh that the tests apply one
// after the other. The numbers go in at "in", through three functions, to "out".
type version struct {
	number     int
	partitions int
	parallel   int
	subName    int
	ordering   bool
	extra      bool
	side       bool
}

func firstVersion() version { return version{partitions: 1, parallel: 1, side: true} }

// next changes code and settings of all functions (updates, an upload), replaces
// one function at least, and now and then adds partitions. The side function of
// the version before goes, drained, and another one comes.
func (v version) next(r *rand.Rand) version {
	v.number++
	if r.IntN(2) == 0 {
		v.ordering = !v.ordering
	} else {
		v.extra = !v.extra
	}
	if r.IntN(2) == 0 {
		v.parallel = 3 - v.parallel
	}
	if r.IntN(2) == 0 && v.partitions < 6 {
		v.partitions++
	}
	v.side = r.IntN(4) > 0
	return v
}

func (v version) sideIn() string  { return fmt.Sprintf("side-in-%d", v.number) }
func (v version) sideOut() string { return fmt.Sprintf("side-out-%d", v.number) }

func (v version) String() string {
	return fmt.Sprintf("version %d (%d partitions, parallelism %d, subName %d, ordering %t, extra %t, side %t)",
		v.number, v.partitions, v.parallel, v.subName, v.ordering, v.extra, v.side)
}

// body is the mesh file without its header.
func (v version) body() string {
	var b strings.Builder
	fmt.Fprintf(&b, "jarFile: code-%d.jar\ntopics:\n  - {name: in, external: true}\n  - {name: words, partitions: %d}\nfunctions:\n", v.number, v.partitions)
	function := func(name, inputs, output, more string) {
		fmt.Fprintf(&b, "  - {name: %s, className: org.example.loss.Forward, inputs: [%s], output: %s, userConfig: {v: %d}%s}\n", name, inputs, output, v.number, more)
	}
	function("first", "in", "words", "")
	last := ""
	if v.subName > 0 {
		last = fmt.Sprintf(", subName: last-%d", v.subName)
	}
	if v.extra {
		function("middle", "words, extra", "mid", fmt.Sprintf(", parallelism: %d", v.parallel))
	} else {
		function("middle", "words", "mid", fmt.Sprintf(", parallelism: %d", v.parallel))
	}
	if v.ordering {
		last += ", retainOrdering: true"
	}
	function("last", "mid", "out", last)
	if v.side {
		function(fmt.Sprintf("side-%d", v.number), v.sideIn(), v.sideOut(), "")
	}
	return b.String()
}

// write writes the version's mesh file and its jar, and returns the file's name.
func (v version) write(b *harness.Bench) string {
	b.Helper()
	paddedJar(b, fmt.Sprintf("code-%d.jar", v.number), 4<<20)
	return filepath.Base(b.File("victim", v.body()))
}

// paddedJar writes a jar of the loss tests with so many bytes of noise in it
// that its upload can be caught in the middle. Each call gives another content.
func paddedJar(b *harness.Bench, name string, size int) {
	b.Helper()
	b.Jar("loss-a.jar", name)
	path := filepath.Join(b.Dir, name)
	if err := pad(path, size); err != nil {
		b.Fatal(err)
	}
}

func pad(path string, size int) error {
	old, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer old.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range old.File {
		if err := w.Copy(f); err != nil {
			return err
		}
	}
	noise, err := w.CreateHeader(&zip.FileHeader{Name: "noise", Method: zip.Store})
	if err != nil {
		return err
	}
	data := make([]byte, size)
	random := rand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%032d", rand.Int64()))))
	_, _ = random.Read(data) // never fails
	if _, err := noise.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}

// converge applies a file and looks whether that leaves nothing to do.
func converge(t *testing.T, b *harness.Bench, file string, flags ...string) *harness.Command {
	t.Helper()
	c := b.Run(append([]string{"apply", file, "--yes"}, flags...)...).Want(0)
	b.Run("plan", file, "--detailed-exitcode").Want(0)
	return c
}
