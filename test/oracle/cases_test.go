package oracle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// group is a file of testdata/cases.
type group struct {
	// Kind and Code are those of the cases that name none.
	Kind string `yaml:"kind"`
	Code string `yaml:"code"`
	// Base is the configuration that cases change.
	Base yaml.Node `yaml:"base"`
	// Cases in the order of the file.
	Cases []*testCase `yaml:"cases"`
}

// testCase is one component.
type testCase struct {
	// Name is unique in all files, and the component's name unless Config has one.
	Name string `yaml:"name"`
	// Kind is function, source or sink.
	Kind string `yaml:"kind"`
	// Code is a file that makeCode makes, or "none".
	Code string `yaml:"code"`
	// Bare leaves out the field that names the code: jar, py, go or archive.
	Bare bool `yaml:"bare"`
	// Tenant and Namespace stand in place of those of the test.
	Tenant    string `yaml:"tenant"`
	Namespace string `yaml:"namespace"`
	// Config are fields as Pulsar names them, over those of the group's base; a
	// field takes the place of the base's as a whole. In texts, ~x at the start
	// is the full name of the topic x in the test's namespace, ${namespace} is
	// that namespace, and ${transform} a package with the classes of oracle.jar.
	Config yaml.Node `yaml:"config"`
	// Without are fields of the base that the case does not have.
	Without []string `yaml:"without"`
	// Stuck is part of why the instances of what workers accept never run.
	Stuck string `yaml:"stuck"`
	// Accepted and Refused are what workers answer; Refused is part of their text.
	Accepted bool   `yaml:"accepted"`
	Refused  string `yaml:"refused"`
	// On holds what a version answers instead.
	On map[string]verdict `yaml:"on"`

	file string
}

// verdict is a worker's answer.
type verdict struct {
	Accepted bool   `yaml:"accepted"`
	Refused  string `yaml:"refused"`
}

// String is the answer in words.
func (v verdict) String() string {
	if v.Accepted {
		return "accepted"
	}
	return fmt.Sprintf("refused: %q", v.Refused)
}

// same tells whether an answer is the expected one.
func (v verdict) same(got verdict) bool {
	return v.Accepted == got.Accepted && strings.Contains(got.Refused, v.Refused) && (v.Refused == "") == (got.Refused == "")
}

// expected is what a version of Pulsar answers.
func (c *testCase) expected(version string) verdict {
	if v, ok := c.On[version]; ok {
		return v
	}
	return verdict{c.Accepted, c.Refused}
}

// load reads all cases.
func load(t *testing.T) []*testCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "cases", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*testCase
	names := map[string]bool{}
	for _, file := range files {
		var g group
		readYAML(t, file, &g)
		for _, c := range g.Cases {
			if names[c.Name] || c.Name == "" {
				t.Fatalf("%s: the name %q is taken or empty", file, c.Name)
			}
			names[c.Name] = true
			if c.Kind == "" {
				c.Kind = g.Kind
			}
			if c.Code == "" {
				c.Code = g.Code
			}
			if err := c.overlay(g.Base); err != nil {
				t.Fatalf("%s: %s: %v", file, c.Name, err)
			}
			c.file = file
			all = append(all, c)
		}
	}
	return all
}

// readYAML reads a file strictly: a misspelled key would be a case that checks
// something else than it says.
func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// overlay puts the base under the case's own fields.
func (c *testCase) overlay(base yaml.Node) error {
	own := map[string]bool{}
	for i := 0; i < len(c.Config.Content); i += 2 {
		own[c.Config.Content[i].Value] = true
	}
	merged := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	without := slices.Clone(c.Without)
	for i := 0; i < len(base.Content); i += 2 {
		key := base.Content[i].Value
		if at := slices.Index(without, key); at >= 0 {
			without = slices.Delete(without, at, at+1)
			continue
		}
		if !own[key] {
			merged.Content = append(merged.Content, base.Content[i], base.Content[i+1])
		}
	}
	if len(without) > 0 {
		return fmt.Errorf("the base has no %v", without)
	}
	merged.Content = append(merged.Content, c.Config.Content...)
	c.Config = merged
	return nil
}

// topicName matches the short form of topics. A lone ~ is YAML's null.
var topicName = regexp.MustCompile(`^~(.+)$`)

// place is where a case is put.
type place struct {
	// tenant and namespace of the test.
	tenant, namespace string
	// transform is the URL of a package.
	transform string
	// prefix is put before the names of topics.
	prefix string
}

// fill returns a copy of a configuration with the names of the place in it.
func (p place) fill(n *yaml.Node) *yaml.Node {
	filled := *n
	if n.Kind == yaml.ScalarNode {
		filled.Value = topicName.ReplaceAllString(n.Value, "persistent://"+p.tenant+"/"+p.namespace+"/"+p.prefix+"${1}")
		filled.Value = strings.ReplaceAll(filled.Value, "${namespace}", p.tenant+"/"+p.namespace)
		filled.Value = strings.ReplaceAll(filled.Value, "${transform}", p.transform)
		return &filled
	}
	filled.Style = 0
	filled.Content = nil
	for _, c := range n.Content {
		filled.Content = append(filled.Content, p.fill(c))
	}
	return &filled
}

// unfill takes the names of the place out of a text, so that it can be expected.
func (p place) unfill(text string) string {
	text = strings.ReplaceAll(text, "persistent://"+p.tenant+"/"+p.namespace+"/", "~")
	text = strings.ReplaceAll(text, p.transform, "${transform}")
	return strings.ReplaceAll(text, p.tenant+"/"+p.namespace, "${namespace}")
}

// codeField is the field that names a component's code file, "" for none.
func (c *testCase) codeField() string {
	switch {
	case c.Code == "none" || c.Bare:
		return ""
	case c.Kind != "function":
		return "archive"
	case strings.HasSuffix(c.Code, ".py"):
		return "py"
	case strings.HasSuffix(c.Code, ".jar"), strings.HasSuffix(c.Code, ".nar"):
		return "jar"
	}
	return "go"
}

// component is the configuration with the code's field and the names of a place.
func (c *testCase) component(p place, code string) *yaml.Node {
	if c.Stuck != "" {
		// Else it may be stuck with the schema that another case gave a topic.
		p.prefix = c.Name + "-"
	}
	n := p.fill(&c.Config)
	text := func(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }
	if field := c.codeField(); field != "" {
		n.Content = append([]*yaml.Node{text(field), text(code)}, n.Content...)
	}
	if _, ok := value(n, "name"); !ok {
		n.Content = append([]*yaml.Node{text("name"), text(c.Name)}, n.Content...)
	}
	return n
}

// has tells whether a configuration has a field.
func has(n *yaml.Node, key string) bool { _, ok := value(n, key); return ok }

// value is the text of a field.
func value(n *yaml.Node, key string) (string, bool) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1].Value, true
		}
	}
	return "", false
}
