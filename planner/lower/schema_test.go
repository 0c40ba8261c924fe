package lower_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/planner/lower"
	"github.com/meshc/meshc/planner/state"
)

// desired lowers the mesh m with jar f.jar, whose classes are named for what they
// take and give, and python file f.py.
func desired(t *testing.T, body string) *state.State {
	t.Helper()
	dir := t.TempDir()
	const text, record, number = "java.lang.String", "org.example.Order", "java.lang.Integer"
	jar := artifacttest.Jar(
		artifacttest.Function("x.Texts", text, text), artifacttest.Function("x.Orders", record, record),
		artifacttest.Function("x.Count", text, number), artifacttest.Function("x.Bytes", "[B", "[B"),
		artifacttest.Class{Name: record},
	)
	for name, data := range map[string][]byte{"f.jar": jar, "f.py": []byte("class F:\n    def process(self, x, c):\n        return x\n"), "order.avsc": []byte(`"string"`)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	input := compiler.Input{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte("name: m\njarFile: f.jar\n" + body)}
	result := compiler.Compile([]compiler.Input{input}, compiler.Options{NeedCode: true})
	if result.Findings.HasErrors() {
		t.Fatalf("%+v", result.Findings)
	}
	s, err := lower.State(result.Units[0].Mesh, lower.Options{Packages: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schemasOf are the schemas of a desired state: topic, type, and what is special.
func schemasOf(s *state.State) []string {
	var out []string
	for _, a := range s.Addrs() {
		if s, ok := s.Resources[a].(*state.Schema); ok {
			line := []string{s.Topic[strings.LastIndexByte(s.Topic, '/')+1:], s.Type}
			for name, value := range map[string]string{"from": s.From, "reader": s.Reader} {
				if value != "" {
					line = append(line, name+" "+value)
				}
			}
			slices.Sort(line[2:])
			for name, is := range map[string]bool{"external": s.External, "defined": s.Definition != ""} {
				if is {
					line = append(line, name)
				}
			}
			out = append(out, strings.Join(line, " "))
		}
	}
	return out
}

func TestSchemasFollowFromNodes(t *testing.T) {
	for name, c := range map[string]struct {
		mesh string
		want []string
	}{
		"text in and out": {
			"functions: [{name: a, className: x.Texts, inputs: [in], output: out}]",
			[]string{"in STRING from a reader a", "out STRING from a"},
		},
		"the writer's before the reader's": {
			"functions: [{name: b, className: x.Texts, inputs: [mid]}, {name: a, className: x.Texts, inputs: [in], output: mid}]",
			[]string{"in STRING from a reader a", "mid STRING from a reader b"},
		},
		"a reader of text behind a writer of bytes": {
			"functions: [{name: a, py: f.py, className: f.F, inputs: [in], output: mid}, {name: b, className: x.Texts, inputs: [mid]}]",
			[]string{"mid STRING from b reader b"},
		},
		// Workers make a schema of a class of its own, also of numbers.
		"classes are not certain": {
			"functions: [{name: a, className: x.Orders, inputs: [in], output: mid}, {name: b, className: x.Count, inputs: [other], output: numbers}]",
			[]string{"other STRING from b reader b"},
		},
		"bytes have none": {
			"functions: [{name: a, className: x.Bytes, inputs: [in], output: out}]", nil,
		},
		"one uncertain end makes all uncertain": {
			"functions: [{name: a, className: x.Texts, inputs: [in], output: mid}, {name: b, className: x.Bytes, inputs: [in2], output: mid, outputSchemaType: JSON}]",
			[]string{"in STRING from a reader a"},
		},
		"a SerDe of the user's is bytes": {
			"functions: [{name: a, py: f.py, className: f.F, inputs: [in], output: out, outputSerdeClassName: f.F}]", nil,
		},
		"logs are bytes": {
			"functions: [{name: a, className: x.Bytes, inputs: [in], logTopic: log}]", nil,
		},
		"topics of others are compared": {
			"topics: [{name: in, external: true}]\nfunctions: [{name: a, className: x.Texts, inputs: [in]}]",
			[]string{"in STRING from a reader a external"},
		},
		"what is declared comes first": {
			"topics: [{name: out, schema: {type: STRING, properties: {a: b}}}, {name: in, schema: {type: JSON, file: order.avsc}}]\nfunctions: [{name: a, className: x.Bytes, inputs: [in], output: out}]",
			[]string{"in JSON defined", "out STRING"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := schemasOf(desired(t, c.mesh+"\n")); !cmp.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}
