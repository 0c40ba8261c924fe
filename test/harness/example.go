package harness

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/meshc/meshc/compiler"
)

var namespaceLine = regexp.MustCompile(`(?m)^namespace: .*$`)

// Example compiles a mesh file of a folder of examples/ in the bench's
// namespace. The file's code is copied, so that a test may change it; edit may
// be nil.
func (b *Bench) Example(folder, file string, edit func(string) string) compiler.Unit {
	b.Helper()
	if err := buildOnce(); err != nil {
		b.Fatal(err)
	}
	from := filepath.Join(root(), "examples", folder)
	for _, pattern := range []string{"target/*.jar", "*.py"} {
		files, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			b.copy(f, filepath.Join(b.Dir, filepath.Dir(pattern), filepath.Base(f)))
		}
	}
	data, err := os.ReadFile(filepath.Join(from, file))
	if err != nil {
		b.Fatal(err)
	}
	// The examples are of the tenant public, as the namespaces of tests are.
	text := namespaceLine.ReplaceAllString(string(data), "namespace: "+b.Namespace)
	if edit != nil {
		text = edit(text)
	}
	result := compiler.Compile([]compiler.Input{{Name: filepath.Join(b.Dir, file), Data: []byte(text)}}, compiler.Options{NeedCode: true})
	if result.Findings.HasErrors() {
		b.Fatalf("%+v", result.Findings)
	}
	return result.Units[0]
}

func (b *Bench) copy(from, to string) {
	b.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}
