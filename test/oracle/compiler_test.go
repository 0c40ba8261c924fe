package oracle

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// difference is an entry of testdata/deliberate.yaml: cases in which meshc is of
// another opinion than workers.
type difference struct {
	// Meshc is "refuses" or "accepts".
	Meshc string `yaml:"meshc"`
	Why   string `yaml:"why"`
	// Stuck says that the reason is that instances never run, which TestWorker checks.
	Stuck bool     `yaml:"stuck"`
	Cases []string `yaml:"cases"`
}

// TestCompiler compares meshc with what the table says of each version.
func TestCompiler(t *testing.T) {
	if testing.Short() {
		t.Skip("builds Java classes")
	}
	pulsartest.Require(t, pulsartest.SharedOptions)
	cases := load(t)
	code := makeCode(t)
	left := onPurpose(t, cases)
	var missed, strict, silent rows
	seen := map[string]bool{}
	for _, c := range cases {
		for _, version := range pulsar.Versions() {
			worker := c.expected(version)
			findings := compile(t, code, c, version)
			refused := findings.HasErrors()
			switch {
			case c.Stuck != "" && worker.Accepted && !aboutTheComponent(findings):
				silent = append(silent, row{c.Name, version, c.Stuck})
			case worker.Accepted == !refused:
			case refused && left[c.Name] == "refuses", !refused && left[c.Name] == "accepts":
				seen[c.Name] = true
			case refused:
				strict = append(strict, row{c.Name, version, errorsOf(findings)})
			default:
				missed = append(missed, row{c.Name, version, worker.Refused})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if !seen[name] {
			t.Errorf("deliberate.yaml: %s: there is no such case, or meshc and workers agree on it", name)
		}
	}
	if len(strict) > 0 {
		t.Errorf("workers accept what meshc refuses (case, versions, meshc's errors):\n%s", strict)
	}
	if len(missed) > 0 {
		t.Errorf("workers refuse what meshc accepts (case, versions, the worker's words):\n%s", missed)
	}
	if len(silent) > 0 {
		t.Errorf("instances never run, and meshc says nothing (case, versions, what instances say):\n%s", silent)
	}
	harness.Figure(t, "%d cases on each of %v, %d deliberate differences", len(cases), pulsar.Versions(), len(left))
}

// onPurpose reads what meshc does otherwise on purpose, by case.
func onPurpose(t *testing.T, cases []*testCase) map[string]string {
	t.Helper()
	var deliberate []difference
	readYAML(t, filepath.Join("testdata", "deliberate.yaml"), &deliberate)
	left := map[string]string{}
	for _, d := range deliberate {
		if d.Why == "" || d.Meshc != "refuses" && d.Meshc != "accepts" {
			t.Errorf("deliberate.yaml: %v: needs why, and meshc: refuses or accepts", d.Cases)
		}
		for _, name := range d.Cases {
			if left[name] != "" {
				t.Errorf("deliberate.yaml: %s is there twice", name)
			}
			left[name] = d.Meshc
			if c := slices.IndexFunc(cases, func(c *testCase) bool { return c.Name == name }); d.Stuck && c >= 0 && cases[c].Stuck == "" {
				t.Errorf("deliberate.yaml: %s: the table does not tell why its instances never run", name)
			}
		}
	}
	return left
}

// row is a difference, and rows a table of them.
type (
	row  struct{ name, version, text string }
	rows []row
)

// String draws the table; equal rows of several versions are one.
func (r rows) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, one := range r {
		if i+1 < len(r) && r[i+1].name == one.name && r[i+1].text == one.text {
			r[i+1].version = one.version + " " + r[i+1].version
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", one.name, one.version, one.text)
	}
	w.Flush()
	return b.String()
}

// compile compiles a mesh of the one component.
func compile(t *testing.T, code string, c *testCase, version string) diag.List {
	t.Helper()
	p := place{tenant: "public", namespace: "oracle", transform: "function://public/oracle/transform@1"}
	tenant, namespace := p.of(c)
	file := struct {
		Tenant    string       `yaml:"tenant"`
		Namespace string       `yaml:"namespace"`
		Name      string       `yaml:"name"`
		Functions []*yaml.Node `yaml:"functions,omitempty"`
		Sources   []*yaml.Node `yaml:"sources,omitempty"`
		Sinks     []*yaml.Node `yaml:"sinks,omitempty"`
	}{Tenant: tenant, Namespace: namespace, Name: "oracle"}
	node := []*yaml.Node{c.component(p, c.Code)}
	switch c.Kind {
	case "function":
		file.Functions = node
	case "source":
		file.Sources = node
	case "sink":
		file.Sinks = node
	}
	data, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	input := compiler.Input{Name: filepath.Join(code, "mesh.yaml"), Data: data}
	return compiler.Compile([]compiler.Input{input}, compiler.Options{NeedCode: true, PulsarVersion: version}).Findings
}

// aboutTheComponent tells whether a finding is there that a mesh of this
// component alone would not have anyway.
func aboutTheComponent(findings diag.List) bool {
	return slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code != diag.UnwrittenInput })
}

// errorsOf are the errors among findings, on one line.
func errorsOf(findings diag.List) string {
	var found []string
	for _, f := range findings {
		if f.Severity == diag.Error {
			found = append(found, fmt.Sprintf("%s %s", f.Code, f.Detail))
		}
	}
	return strings.Join(found, "; ")
}
