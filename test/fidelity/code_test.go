package fidelity

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// answers brings a mesh to a state, and tells what its function makes of a text, or
// what its source says, from then on.
type answers struct {
	*harness.Bench
	in  client.Producer
	out client.Consumer
}

func newAnswers(t *testing.T, b *harness.Bench) *answers {
	t.Helper()
	b.Topic("in", 0)
	b.Topic("out", 0)
	c := harness.Dial(t, b.Server.BrokerURL)
	out, err := c.Subscribe(client.ConsumerOptions{Topic: b.FullTopic("out"), SubscriptionName: "test", Schema: client.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.CreateProducer(client.ProducerOptions{Topic: b.FullTopic("in"), Schema: client.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	return &answers{b, in, out}
}

// become applies a mesh.
func (a *answers) become(nodes string) {
	a.Helper()
	u := a.Mesh("code", "topics: [{name: in, external: true}, {name: out, external: true}]\n"+nodes)
	a.Apply(a.Plan(u, planner.Options{}), plan.RiskKinds()...)
	a.Empty(u)
}

// says waits until a message of this text comes; the last one that came must be it.
func (a *answers) says(want string) {
	a.Helper()
	ctx, cancel := context.WithTimeout(a.Context(), time.Minute)
	defer cancel()
	last := "nothing"
	for last != want {
		msg, err := a.out.Receive(ctx)
		if err != nil {
			a.Fatalf("the last text is %q, want %q: %v", last, want, err)
		}
		last = string(msg.Payload())
		if err := a.out.Ack(msg); err != nil {
			a.Fatal(err)
		}
	}
}

// makes sends a text and waits for what becomes of it.
func (a *answers) makes(text, want string) {
	a.Helper()
	if _, err := a.in.Send(a.Context(), &client.ProducerMessage{Value: text}); err != nil {
		a.Fatal(err)
	}
	a.says(want)
}

// runs checks by its hash which code a component has.
func (a *answers) runs(kind admin.Kind, name, file string) {
	a.Helper()
	_, sum, err := a.Client.Download(a.Context(), kind, a.Tenant, a.Namespace, name, io.Discard)
	if want := harness.HashOf(a, filepath.Join(a.Dir, file)); err != nil || sum != want {
		a.Errorf("%s runs %s (%v), not %s", name, sum, err, file)
	}
}

// TestBuiltinAndBack changes between code of the workers and code that is sent, and
// between two codes of the workers: each time the new one runs.
func TestBuiltinAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	srv := pulsartest.Start(t, pulsar.Options{Packages: true, HTTPThreads: 32})
	jar, err := os.ReadFile(harness.Built(t, "test/fidelity/java/target/fidelity.jar"))
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"functions/same.nar":  "name: same\nfunctionClass: " + pkg + "Functions$Same\n",
		"functions/loud.nar":  "name: loud\nfunctionClass: " + pkg + "Functions$Loud\n",
		"connectors/tick.nar": "name: tick\nsourceClass: " + pkg + "Connectors$Ticker\n",
	} {
		file := filepath.Join(srv.RunDir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, archive(t, map[string]string{
			"META-INF/MANIFEST.MF":             "Manifest-Version: 1.0\nNar-Id: fidelity\n\n",
			"META-INF/services/pulsar-io.yaml": text, "META-INF/bundled-dependencies/fidelity.jar": string(jar),
		}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reloaded(t, srv, "functions/builtins/reload", "functions/builtins", "same", "loud")
	reloaded(t, srv, "sources/reloadBuiltInSources", "sources/builtinsources", "tick")
	b := harness.New(t, srv, native.WithCodeVerified(true))
	if err := os.WriteFile(filepath.Join(b.Dir, "fidelity.jar"), jar, 0o600); err != nil {
		t.Fatal(err)
	}
	a := newAnswers(t, b)
	const function = "functions: [{name: f, inputs: [in], output: out, %s}]\n"
	for i, step := range []struct{ code, want string }{
		{"jar: fidelity.jar, className: '" + pkg + "Functions$Same'", ""},
		{"functionType: loud", "!"},
		{"functionType: same", ""},
		{"jar: 'builtin://loud', parallelism: 2", "!"},
		{"jar: 'builtin://loud', userConfig: {a: b}", "!"},
		{"jar: fidelity.jar, className: '" + pkg + "Functions$Same'", ""},
	} {
		a.become(fmt.Sprintf(function, step.code))
		text := fmt.Sprintf("text %d", i)
		a.makes(text, text+step.want)
	}
	a.runs(admin.Functions, "f", "fidelity.jar")
	const source = "sources: [{name: s, topicName: out, %s}]\n"
	for _, step := range []struct{ code, want string }{
		{"archive: fidelity.jar, className: '" + pkg + "Connectors$Tocker'", "tock"},
		{"archive: 'builtin://tick'", "tick"},
		{"sourceType: tick, parallelism: 2", "tick"},
		{"archive: fidelity.jar, className: '" + pkg + "Connectors$Tocker'", "tock"},
	} {
		a.become(fmt.Sprintf(source, step.code))
		a.says(step.want)
	}
	a.runs(admin.Sources, "s", "fidelity.jar")
}

// reloaded lets the workers look for builtin code again until they list it: a
// look while other archives are being unpacked can miss one.
func reloaded(t *testing.T, srv *pulsar.Server, reload, list string, names ...string) {
	t.Helper()
	ask := func(method, path string) string {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.AdminURL+"/admin/v3/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode/100 != 2 {
			t.Fatalf("%s: %s %v", path, resp.Status, err)
		}
		return string(text)
	}
	listed := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		ask(http.MethodPost, reload)
		listed = ask(http.MethodGet, list)
		if !slices.ContainsFunc(names, func(n string) bool { return !strings.Contains(listed, `"name":"`+n+`"`) }) {
			return
		}
	}
	t.Fatalf("of %v the workers list only %s", names, listed)
}

// archive is a zip of files.
func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for name, content := range files {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

const louder = `from pulsar import Function


class Louder(Function):
    def process(self, input, context):
        return input + "%s"
`

// TestPythonZip sends a zip of Python code where packages are off: after an update
// the new code runs. (Where they are on, plans refuse it.)
func TestPythonZip(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	python, err := pulsar.Python(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	srv := pulsartest.Start(t, pulsar.Options{Runtime: pulsar.Process, Python: python, HTTPThreads: 32})
	a := newAnswers(t, harness.New(t, srv, native.WithCodeVerified(true)))
	for _, end := range []string{"!", "?"} {
		content := archive(t, map[string]string{"louder/src/louder.py": fmt.Sprintf(louder, end)})
		if err := os.WriteFile(filepath.Join(a.Dir, "louder.zip"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		a.become("functions: [{name: f, inputs: [in], output: out, py: louder.zip, className: louder.Louder}]\n")
		a.makes("x", "x"+end)
		a.runs(admin.Functions, "f", "louder.zip")
	}
}
