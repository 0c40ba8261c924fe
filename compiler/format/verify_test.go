package format

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/syntax"
)

// The formatter looks at what it wrote: each of these texts would be another mesh.
func TestVerify(t *testing.T) {
	const text = "# note\nname: m # beside\nfunctionInfos:\n  - name: f\n    replicas: 2\n    output: [a]\n    userConfig: {replicas: 1, b: [x, y], c: \"1\"}\n"
	form, list, err := File("m.yaml", []byte(text))
	if err != nil || list.HasErrors() {
		t.Fatal(err, list)
	}
	docs, _ := syntax.Parse("m.yaml", []byte(text))
	comments := syntax.Lay([]byte(text), docs).Comments()
	if err := verify("m.yaml", docs, comments, form); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"value":            {"name: f", "name: g"},
		"type":             {`c: "1"`, "c: 1"},
		"order of a list":  {"[x, y]", "[y, x]"},
		"key of the user":  {"replicas: 1", "parallelism: 1"},
		"key lost":         {"    parallelism: 2\n", ""},
		"key added":        {"parallelism: 2", "parallelism: 2\n    py: x"},
		"other field":      {"output: a", "logTopic: a"},
		"topic":            {"output: a", "output: b"},
		"document added":   {"functions:", "---\nfunctions:"},
		"no YAML":          {"name: m", "name: m: m"},
		"comment lost":     {"# note\n", ""},
		"comment changed":  {"# beside", "# besides"},
		"comment repeated": {"# note\n", "# note\n# note\n"},
	} {
		changed := strings.Replace(string(form), change[0], change[1], 1)
		if changed == string(form) {
			t.Errorf("%s: %q is not in the form:\n%s", name, change[0], form)
			continue
		}
		err := verify("m.yaml", docs, comments, []byte(changed))
		if err == nil {
			t.Errorf("%s: not seen:\n%s", name, changed)
			continue
		}
		if !strings.Contains(err.Error(), "formatting m.yaml would have changed it: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
