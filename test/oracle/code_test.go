package oracle

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

const (
	connectorsYAML   = "name: oracle\nsourceClass: org.example.oracle.Sources$Silent\nsinkClass: org.example.oracle.Sinks$Drop\nfunctionClass: org.example.oracle.Echo\n"
	wrongClassesYAML = "name: oracle\nsourceClass: org.example.oracle.Nothing\nsinkClass: org.example.oracle.Nothing\n"
	noClassesYAML    = "name: oracle\n"
	functionYAML     = "name: oracle\nfunctionClass: org.example.oracle.Echo\n"
	wrongFunction    = "name: oracle\nfunctionClass: org.example.oracle.Nothing\n"

	exclaimPython = `from pulsar import Function, SerDe


class Exclaim(Function):
    def process(self, input, context):
        return input + "!"


class Serde(SerDe):
    def serialize(self, input):
        return input.encode()

    def deserialize(self, input_bytes):
        return input_bytes.decode()


def process(input):
    return input + "!"
`
)

// makeCode writes the code files that cases name into a folder.
func makeCode(t *testing.T) string {
	t.Helper()
	jar, err := os.ReadFile(harness.Built(t, "test/oracle/java/target/oracle.jar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"oracle.jar":         jar,
		"connectors.nar":     nar(t, jar, "pulsar-io.yaml", connectorsYAML),
		"no-classes.nar":     nar(t, jar, "pulsar-io.yaml", noClassesYAML),
		"wrong-classes.nar":  nar(t, jar, "pulsar-io.yaml", wrongClassesYAML),
		"function.nar":       nar(t, jar, "pulsar-functions.yaml", functionYAML),
		"wrong-function.nar": nar(t, jar, "pulsar-functions.yaml", wrongFunction),
		"empty.jar":          nil,
		"text.jar":           []byte("not a jar\n"),
		"exclaim.py":         []byte(exclaimPython),
		"empty.py":           nil,
		"broken.py":          []byte("class Exclaim(:\n"),
		"text":               []byte("not a program\n"),
		"empty":              nil,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// What the Go functions of Pulsar are built with cannot be had as a module;
	// a module of that name leaves the same marks in the program.
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, "exclaim"), ".")
	build.Dir = filepath.Join("testdata", "exclaim")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the Go function: %v\n%s", err, out)
	}
	return dir
}

// nar packs a jar as a NAR with a description of what is in it.
func nar(t *testing.T, jar []byte, name, description string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range []struct{ name, content string }{
		{"META-INF/", ""},
		{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nNar-Id: oracle\n\n"},
		{"META-INF/services/", ""},
		{"META-INF/services/" + name, description},
		{"META-INF/bundled-dependencies/", ""},
		{"META-INF/bundled-dependencies/oracle.jar", string(jar)},
	} {
		entry, err := w.Create(f.name)
		if err == nil {
			_, err = entry.Write([]byte(f.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
