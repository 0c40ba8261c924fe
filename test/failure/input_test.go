package failure

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

const one = "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}\n"

// TestPlanFiles applies plan files that were damaged, or that do not fit.
func TestPlanFiles(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.File("mesh", one)
	b.Run("plan", "mesh.yaml", "--out", "p.json").Want(0)
	good, err := os.ReadFile(filepath.Join(b.Dir, "p.json"))
	if err != nil {
		t.Fatal(err)
	}
	apply := func(name string, content []byte, codes ...int) *harness.Command {
		t.Helper()
		writeFile(t, filepath.Join(b.Dir, "x.json"), string(content))
		c := b.Run("apply", "x.json", "--yes").Want(codes...).Says("meshc: ")
		if strings.Contains(c.Output(), "panic") || c.Took > soon {
			t.Errorf("%s: after %v\n%s", name, c.Took, c.Told())
		}
		t.Logf("%s: exit code %d: %s", name, c.Code, complaint(c))
		return c
	}
	for _, share := range []int{10, 50, 90, 99} {
		apply(fmt.Sprintf("the first %d %%", share), good[:len(good)*share/100], 1).Says("plan file", "meshc plan FILE --out")
	}
	apply("a letter changed", bytes.Replace(good, []byte(`"op"`), []byte(`"oq"`), 1), 1)
	apply("a newer format", bytes.Replace(good, []byte("meshc.plan/1"), []byte("meshc.plan/9"), 1), 1).Says("meshc plan")
	apply("of another cluster", bytes.Replace(good, []byte(`"name": "standalone"`), []byte(`"name": "elsewhere"`), 1), 5).Says("elsewhere", "nothing was written")
	apply("edited base", bytes.Replace(good, []byte(`"base": "sha256:`), []byte(`"base": "sha256:0`), 1), 5).Says("nothing was written")
	noFunctions(t, b)

	// Stale: the plan was carried out once, so the second time it does not fit.
	first := b.Run("apply", "p.json", "--yes").Want(0)
	t.Logf("applied in %v", first.Took.Round(time.Millisecond))
	apply("stale", good, 5).Says("changed since", "nothing was written")
	b.Run("plan", "mesh.yaml", "--detailed-exitcode").Want(0)
}

// TestCodeChangesAfterThePlan: a plan file names code by content.
func TestCodeChangesAfterThePlan(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	paddedJar(b, "code.jar", 1<<20)
	b.File("mesh", one)
	b.Run("plan", "mesh.yaml", "--out", "p.json").Want(0)
	paddedJar(b, "code.jar", 1<<20)
	c := b.Run("apply", "p.json", "--yes").Want(1).Says("code.jar", "is not the file that was planned", "to go on")
	t.Logf("changed: %s", complaint(c))
	noFunctions(t, b)
	if err := os.Remove(filepath.Join(b.Dir, "code.jar")); err != nil {
		t.Fatal(err)
	}
	b.Jar("loss-a.jar", "other.jar") // so that a plan can be made
	c = b.Run("apply", "p.json", "--yes").Want(1, 5).Says("meshc: ")
	t.Logf("gone: %s", complaint(c))
	noFunctions(t, b)
	paddedJar(b, "code.jar", 1<<20)
	converge(t, b, "mesh.yaml")
}

// TestFullDisk writes the plan where nothing can be written.
func TestFullDisk(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.File("mesh", one)
	places := map[string]string{"no folder": "no/such/p.json", "a folder": b.Dir}
	if full := tinyDisk(t); full != "" {
		places["full disk"] = filepath.Join(full, "p.json")
	}
	for name, place := range places {
		c := b.Run("plan", "mesh.yaml", "--out", place).Want(1).Says("meshc: ", place)
		t.Logf("%s: %s", name, complaint(c))
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(place), ".p.json*"))
		if len(left) > 0 {
			t.Errorf("%s: it left %v", name, left)
		}
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		// Standard output: the plan is a result, and a result that is lost is a failure.
		for _, args := range [][]string{{"plan", "mesh.yaml"}, {"plan", "mesh.yaml", "-o", "json"}, {"apply", "mesh.yaml", "--yes", "-o", "json"}} {
			code, said := intoFull(t, b, args...)
			t.Logf("%v to a full disk: exit code %d: %s", args, code, said)
			if code != 1 || !strings.Contains(said, "no space left") {
				t.Errorf("%v to a full disk: exit code %d: %s", args, code, said)
			}
		}
	}
	noFunctions(t, b)
}

// TestStrangeFiles compiles files that nobody would write.
func TestStrangeFiles(t *testing.T) {
	b := &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}
	b.File("mesh", one)
	nowhere := []string{"--admin-url", "http://" + closedPort(t), "--broker-url", "pulsar://127.0.0.1:1"}
	apply := func(name, file string, codes ...int) {
		t.Helper()
		c := harness.Run(t, b.Dir, nil, append([]string{"apply", file, "--yes"}, nowhere...)...).Want(codes...)
		t.Logf("%s: exit code %d after %v: %.600s", name, c.Code, c.Took.Round(time.Millisecond), c.Told())
		if c.Took > 2*soon || strings.Contains(c.Output(), "goroutine ") {
			t.Errorf("%s: %v\n%.2000s", name, c.Took, c.Told())
		}
	}
	jar := filepath.Join(b.Dir, "code.jar")
	writeFile(t, jar, "no jar at all")
	// Whether the content is code at all, the compiler may leave to the worker.
	apply("no jar", "mesh.yaml", 3, 1)
	writeFile(t, jar, "")
	apply("empty jar", "mesh.yaml", 3, 1)
	os.Remove(jar)
	if err := os.Mkdir(jar, 0o700); err != nil {
		t.Fatal(err)
	}
	apply("a folder for a jar", "mesh.yaml", 3)
	os.Remove(jar)
	if err := os.Symlink("code.jar", jar); err != nil {
		t.Fatal(err)
	}
	apply("a link to itself", "mesh.yaml", 3)
	os.Remove(jar)
	b.Jar("loss-a.jar", "code.jar")
	if os.Getuid() != 0 {
		os.Chmod(jar, 0)
		apply("unreadable jar", "mesh.yaml", 3)
		os.Chmod(jar, 0o600)
	}
	data, err := os.ReadFile(jar)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, jar, string(data[:len(data)/2]))
	apply("half a jar", "mesh.yaml", 3, 1)

	var huge strings.Builder
	huge.WriteString("functions:\n")
	for i := range 100_000 {
		fmt.Fprintf(&huge, "  - {name: f%d, className: a.B, inputs: [t%d], output: t%d, jar: a.jar}\n", i, i, i+1)
	}
	b.File("huge", huge.String())
	apply("100,000 functions", "huge.yaml", 3)
	b.File("deep", "functions: "+strings.Repeat("[", 100_000)+"\n")
	apply("deep", "deep.yaml", 3)
	writeFile(t, filepath.Join(b.Dir, "noise.yaml"), string(bytes.Repeat([]byte{0, 1, 2, 0xff}, 1<<20)))
	apply("noise", "noise.yaml", 3)
}
