package kubernetes

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/test/harness"
)

// TestCommands looks at each command once.
func TestCommands(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain(", parallelism: 2, userConfig: {limit: 3}", ", logTopic: logs"))
		b.meshc("status", "words.yaml").Want(0, 1).Says("a", "b")
		b.meshc("get", "public/default/words").Want(1).Says("no mesh words was found")
		b.converge()
		b.meshc("list").Want(0).Says("words", "public/default")
		b.meshc("status", "words.yaml").Want(0).Says("2/2", "1/1")
		b.meshc("status", "public/default/words", "-o", "json").Want(0).Says(`"running"`)
		b.meshc("get", "public/default/words").Want(0).Says("className", "x.A", "limit")
		b.meshc("get", "words.yaml", "-o", "json").Want(0).Says(`"spec"`)

		// What is imported is what runs.
		b.meshc("import", "--out", "imported/words.yaml").Want(0)
		b.meshc("plan", "imported/words.yaml", "--detailed-exitcode").Want(0)

		// One of two nodes.
		b.mesh(chain(", parallelism: 1, userConfig: {limit: 4}", ", timeoutMs: 7000"))
		b.apply("--only", "b").Want(0)
		b.meshc("plan", "words.yaml").Want(0).Says("1 to update", "limit: 3 -> 4")
		b.converge()

		b.meshc("destroy", "--mesh", "public/default/words", "--yes", "--allow", "message-loss").Want(0)
		b.want(functions, "")
		b.want("leases", "")
		b.meshc("list").Want(0)
		b.meshc("destroy", "--mesh", "public/default/words", "--yes").Want(0, 1)
	})
}

// TestSavedPlans carries out plans that were made before: with all that the mesh file
// says, not when something has changed since, and not elsewhere.
func TestSavedPlans(t *testing.T) {
	forms(t, func(b *bench) {
		file := strings.Replace(chain("", ""), "{pulsarConfig", `{labels: {team: x}, annotations: {note: y}, pulsarConfig`, 1)
		b.mesh(file)
		b.meshc("plan", "words.yaml", "--out", "words.plan").Want(0)
		other := *b
		other.ns = k8stest.Namespace(t, b.srv)
		other.meshc("apply", "words.plan", "--yes").Want(5).Says("nothing was written", "--kube-namespace")
		b.meshc("apply", "words.plan", "--yes").Want(0)
		b.settled()
		marks := func() string {
			return b.kubectl("get", b.resourceOf("a"), "-o", "jsonpath={.metadata.labels.team} {.metadata.annotations.note}")
		}
		if got := marks(); got != "x y" {
			t.Errorf("label and annotation are %q", got)
		}
		b.meshc("apply", "words.plan", "--yes").Want(5)

		b.mesh(strings.Replace(file, "team: x", "team: z", 1))
		b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(2).Says("labels", "x", "z")
		b.converge()
		if got := marks(); got != "z y" {
			t.Errorf("label and annotation are %q", got)
		}
		b.meshc("import", "--out", "imported/words.yaml").Want(0)
		b.meshc("plan", "imported/words.yaml", "--detailed-exitcode").Want(0)

		b.mesh(strings.Replace(chain(", timeoutMs: 1000", ""), "{pulsarConfig", `{annotations: {note: y}, pulsarConfig`, 1))
		p := b.meshc("plan", "words.yaml", "-o", "json").Want(0)
		if !json.Valid([]byte(p.Stdout())) {
			t.Errorf("no JSON: %s", p.Told())
		}
		harness.Pipe(b.T, b.dir, nil, p.Stdout(), append([]string{"apply", "-", "--yes"}, b.flags()...)...).Want(0)
		b.settled()
		if got := marks(); got != " y" {
			t.Errorf("label and annotation are %q", got)
		}
		b.meshc("plan", "words.yaml", "--destroy", "--out", "down.plan").Want(0)
		b.meshc("apply", "down.plan", "--yes", "--allow", "message-loss").Want(0)
		b.want(functions, "")
	})
}
