package native_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// What others made with all sorts of settings is imported, adopted, and then there
// is nothing to do; taken down and applied again from the file it is the same.
func TestImport(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 3)
	others(b, "plain", nil, "code.jar")
	others(b, "rich", map[string]any{
		"inputs": nil, "inputSpecs": map[string]any{b.FullTopic("out"): map[string]any{"receiverQueueSize": 7}, b.FullTopic("in"): map[string]any{}},
		"output": b.FullTopic("end"), "parallelism": 2, "subName": "mine", "retainOrdering": true, "subscriptionPosition": "Earliest",
		"userConfig": map[string]any{"n": 5, "text": "a: b # c", "deep": map[string]any{"list": []any{1, "x", true}}},
		"resources":  map[string]any{"cpu": 0.5, "ram": 536870912}, "producerConfig": map[string]any{"compressionType": "ZSTD"},
		"logTopic": b.FullTopic("log"), "timeoutMs": 30000, "maxMessageRetries": 3, "deadLetterTopic": b.FullTopic("dead"), "outputSchemaType": "STRING",
	}, "code.jar")
	file := filepath.Join(b.Dir, "got", "mesh.yaml")
	where := []string{"import", "--tenant", b.Tenant, "--namespace", b.Namespace, "--name", "m", "--out", file}
	writes := b.Writes.Load()
	b.Run(where...).Want(0).Says("2 components")
	if n := b.Writes.Load() - writes; n != 0 {
		t.Errorf("importing made %d write requests", n)
	}
	b.Run(where...).Want(1).Says("is there already")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"inputs:\n      - in\n      - out\n", "adopt: true", "jar: code/plain.jar", `"n": 5`, "partitions: 3", "external: true", "subName: mine", "# sha256:" + harness.HashOf(t, filepath.Join(b.Dir, "code.jar"))} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, not := range []string{"cleanupSubscription", "autoAck", "runtime:", "regexPattern", "persistent://"} {
		if strings.Contains(string(text), not) {
			t.Errorf("%q in\n%s", not, text)
		}
	}
	b.Run("fmt", "--check", file).Want(0)
	b.Run("validate", file).Want(0)
	b.Run("plan", file).Want(0).Says("is taken over as it is", "cleanupSubscription: true -> false", "5 to adopt")
	b.Run("apply", "--yes", file).Want(0)
	b.Run("plan", "--detailed-exitcode", file).Want(0).Says("No changes")

	// The mesh that it is now can be imported as well, and is as it was.
	again := filepath.Join(b.Dir, "again", "mesh.yaml")
	b.Run("import", "--tenant", b.Tenant, "--namespace", b.Namespace, "--out", again).Want(0).Says("0 of them to adopt")
	b.Run("plan", "--detailed-exitcode", again).Want(0).Says("No changes")
	b.Run("destroy", "--yes", "--allow", "message-loss", again).Want(0)
	b.Run("apply", "--yes", again).Want(0)
	b.Run("plan", "--detailed-exitcode", again).Want(0).Says("No changes")
	b.Run("plan", "--detailed-exitcode", file).Want(0).Says("No changes")
	b.Run("destroy", "--yes", "--allow", "message-loss", file).Want(0)
}

// Sources and sinks of others, one of them builtin by name.
func TestImportOfConnectors(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Run("import", "--tenant", b.Tenant, "--namespace", b.Namespace).Want(1).Says("no function, source or sink")
	b.Run("import", "nobody", "--tenant", b.Tenant, "--namespace", b.Namespace).Want(1).Says("nobody")
	config := map[string]any{"className": "org.example.loss.Collector", "inputs": []string{b.FullTopic("in")}, "configs": map[string]any{"file": filepath.Join(b.Dir, "sunk")}}
	if err := b.Client.Create(context.Background(), admin.Sinks, b.Tenant, b.Namespace, "s", config, admin.Package{File: filepath.Join(b.Dir, "code.jar")}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(b.Dir, "got", "mesh.yaml")
	b.Run("import", "s", "--tenant", b.Tenant, "--namespace", b.Namespace, "--out", file, "--code", filepath.Join(b.Dir, "jars")).Want(0)
	b.Run("apply", "--yes", file).Want(0).Says("adopt")
	b.Run("plan", "--detailed-exitcode", file).Want(0).Says("No changes")
	b.Run("import", "s", "--tenant", b.Tenant, "--namespace", b.Namespace, "--name", "other").Want(1).Says("belongs to mesh")
	b.Run("destroy", "--yes", file).Want(0)
}
