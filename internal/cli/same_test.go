package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/cli"
)

const often = 100

// Twice the same input gives the same bytes, in every form of every command that
// needs no cluster; a hundred runs find an order that comes from a map.
func TestSameOutput(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"wrong.yaml": wrongMesh, "right.yaml": rightMesh, "f.py": "class F:\n    def process(self, input, context):\n        return input\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var commands []string
	for _, form := range []string{"human", "json", "github", "sarif", "junit"} {
		commands = append(commands, "validate -o "+form+" wrong.yaml", "validate -o "+form+" right.yaml wrong.yaml")
	}
	for _, form := range []string{"ascii", "dot", "mermaid", "svg", "json"} {
		commands = append(commands, "graph -o "+form+" wrong.yaml", "graph -o "+form+" right.yaml")
	}
	for _, target := range []string{"functionmesh", "components", "pulsar-admin"} {
		commands = append(commands, "build --to "+target+" right.yaml")
	}
	commands = append(commands, "fmt --diff wrong.yaml", "convert right.yaml", "explain MC4001", "rules", "rules -o json", "schema")
	for _, command := range commands {
		first := ""
		for i := range often {
			var out, errs bytes.Buffer
			code := cli.Main(strings.Fields(command), strings.NewReader(""), &out, &errs, func(string) string { return "" })
			got := out.String() + errs.String()
			if i == 0 {
				if first = got; out.Len() == 0 && code == 0 && !strings.HasPrefix(command, "validate -o github right") {
					t.Errorf("meshc %s says nothing", command)
				}
				continue
			}
			if got != first {
				t.Errorf("meshc %s: run %d differs from the first:\n%s\nbefore:\n%s", command, i+1, got, first)
				break
			}
		}
	}
	t.Logf("%d commands, each %d times", len(commands), often)
}

const rightMesh = `
tenant: public
namespace: default
name: right
topics: [{name: in, external: true}, {name: out, external: true}]
defaults: {functions: {py: f.py, className: f.F}}
kubernetes: {image: example/runner:1, pulsarConfig: pulsar}
sources:
  - {name: lines, archive: builtin://file, output: raw, configs: {b: 1, a: {z: 1, y: [2]}, c: x}}
functions:
  - {name: a, inputs: [in, raw], output: mid, userConfig: {z: 1, y: 2, x: {b: 1, a: 2}}, resources: {cpu: 0.5, ram: 1000000}}
  - {name: b, inputSpecs: {mid: {receiverQueueSize: 5}, raw: {schemaType: STRING}}, output: out}
sinks:
  - {name: store, archive: builtin://kafka, inputs: [mid], configs: {topic: t, acks: all}}
`

const wrongMesh = `
name: wrong
jarFile: absent.jar
topics: [{name: in, external: true}, {name: In, external: true}, {name: unused}]
functionz: []
variables: {n: 2, unused: 1}
sources:
  - {name: lines, archive: builtin://file, output: raw, configs: {password: secret1}}
functions:
  - {name: a, className: x.Y, inputs: [in, out], output: mid, parallelism: two, windowConfig: {windowLengthCount: 0}}
  - {name: a, className: x.Y, replicas: 2, parallelism: 3, inputs: [mid, In], output: out, timeoutMs: 5, processingGuarantees: EFFECTIVELY_ONCE}
  - {name: c, py: f.py, className: f.G, inputs: [nowhere], output: lost, maxMessageRetries: 3, deadLetterTopic: nowhere}
  - {name: d, className: x.Y, inputSpecs: {raw: {consumerProperties: {x: y}, schemaType: STRNG}}, output: lost, resources: {cpu: ${n}}}
sinks:
  - {name: store, archive: absent.nar, inputs: [raw], subName: s, retainOrdering: true, retainKeyOrdering: true}
`
