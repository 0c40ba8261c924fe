package bench

import (
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// BenchmarkVersion is the whole process that does nothing.
func BenchmarkVersion(b *testing.B) { process(b, b.TempDir(), "version") }

// BenchmarkValidate is the whole process on a mesh of three functions.
func BenchmarkValidate(b *testing.B) {
	x := &harness.Bench{TB: b, Dir: b.TempDir(), Tenant: "public", Namespace: "default"}
	x.File("mesh", `topics: [{name: in, external: true}]
functions:
  - {name: first, className: a.B, jar: a.jar, inputs: [in], output: words}
  - {name: middle, className: a.B, jar: a.jar, inputs: [words], output: mid}
  - {name: last, className: a.B, jar: a.jar, inputs: [mid], output: out}
`)
	process(b, x.Dir, "validate", "mesh.yaml")
}

func process(b *testing.B, dir string, args ...string) {
	harness.Binary(b)
	for b.Loop() {
		harness.Run(b, dir, nil, args...).Want(0)
	}
}
