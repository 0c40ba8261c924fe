package compiler_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/meshtest/valid"
	"github.com/meshc/meshc/compiler/syntax"
)

// shapeFile holds the fields of the operator's resources, a line each: kind, path,
// type, and what else the schema asks for. FUNCTIONMESH_CRDS names a folder with
// the operator's own definitions, which it is compared with, and written from with
// MESHC_UPDATE=1.
const shapeFile = "foreign/functionmesh/testdata/fields.txt"

// open are parts of a spec that are Kubernetes' own, and not looked into.
var open = []string{"pod", "volumeMounts", "volumeClaimTemplates"}

func TestShapesAreTheOperators(t *testing.T) {
	dir := os.Getenv("FUNCTIONMESH_CRDS")
	if dir == "" {
		t.Skip("THE SHAPES OF RESOURCES ARE NOT COMPARED WITH THE OPERATOR'S: FUNCTIONMESH_CRDS names no folder with its definitions; our own list of them is checked all the same")
	}
	var lines []string
	for _, kind := range []string{"functions", "sources", "sinks"} {
		data, err := os.ReadFile(filepath.Join(dir, kind+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var crd struct {
			Spec struct {
				Versions []struct {
					Schema struct {
						OpenAPIV3Schema struct {
							Properties map[string]map[string]any
						} `yaml:"openAPIV3Schema"`
					}
				}
			}
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatal(err)
		}
		shapeLines(strings.TrimSuffix(kind, "s"), "", crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"], &lines)
	}
	slices.Sort(lines)
	text := strings.Join(lines, "\n") + "\n"
	if os.Getenv("MESHC_UPDATE") != "" {
		if err := os.WriteFile(shapeFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(shapeFile)
	if err != nil || string(have) != text {
		t.Errorf("%s is not what the operator's definitions say: %v", shapeFile, err)
	}
}

// shapeLines writes what a schema asks for.
func shapeLines(kind, path string, s map[string]any, lines *[]string) {
	free := s["x-kubernetes-preserve-unknown-fields"] == true || slices.Contains(open, path)
	typ, _ := s["type"].(string)
	switch {
	case free:
		typ = "any"
	case s["x-kubernetes-int-or-string"] == true:
		typ = "quantity"
	}
	line := fmt.Sprintf("%s .%s %s", kind, path, typ)
	for _, key := range []string{"enum", "required"} {
		if list, ok := s[key].([]any); ok && !free {
			line += fmt.Sprintf(" %s=%s", key, strings.ReplaceAll(strings.Trim(fmt.Sprint(list), "[]"), " ", ","))
		}
	}
	*lines = append(*lines, line)
	if free {
		return
	}
	below := func(step string, v any) {
		if schema, ok := v.(map[string]any); ok {
			shapeLines(kind, strings.TrimPrefix(path+step, "."), schema, lines)
		}
	}
	if properties, ok := s["properties"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			below("."+name, properties[name])
		}
	}
	below(".*", s["additionalProperties"])
	below("[]", s["items"])
}

// shape is what one line says.
type shape struct {
	typ            string
	enum, required []string
}

func shapes(t *testing.T) map[string]shape {
	t.Helper()
	data, err := os.ReadFile(shapeFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]shape{}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		s := shape{typ: words[2]}
		for _, more := range words[3:] {
			key, list, _ := strings.Cut(more, "=")
			if key == "enum" {
				s.enum = strings.Split(list, ",")
			} else {
				s.required = strings.Split(list, ",")
			}
		}
		out[words[0]+" "+words[1]] = s
	}
	return out
}

// misfits tells what is not as the resource's schema has it, unknown fields included.
func misfits(all map[string]shape, kind, path string, v any) (out []string) {
	s, ok := all[kind+" ."+path]
	if !ok {
		return []string{path + " is no field"}
	}
	join := func(step string) string { return strings.TrimPrefix(path+step, ".") }
	wrong := func() []string { return []string{fmt.Sprintf("%s is %T, not %s", path, v, s.typ)} }
	switch s.typ {
	case "any":
		return nil
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return wrong()
		}
		for _, key := range s.required {
			if _, ok := m[key]; !ok {
				out = append(out, path+" lacks "+key)
			}
		}
		for key, value := range m {
			step := "." + key
			if _, free := all[kind+" ."+join(".*")]; free {
				for _, misfit := range misfits(all, kind, join(".*"), value) {
					out = append(out, key+": "+misfit)
				}
				continue
			}
			out = append(out, misfits(all, kind, join(step), value)...)
		}
		return out
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong()
		}
		for _, item := range list {
			out = append(out, misfits(all, kind, join("[]"), item)...)
		}
		return out
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong()
		}
		if s.enum != nil && !slices.Contains(s.enum, text) {
			return []string{fmt.Sprintf("%s cannot be %q", path, text)}
		}
	case "integer":
		if _, ok := v.(int); !ok {
			return wrong()
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong()
		}
	case "quantity":
		switch v.(type) {
		case int, string:
		default:
			return wrong()
		}
	}
	return nil
}

// What is built is what the operator's definitions allow: no unknown field, no
// wrong type or value, nothing missing.
func TestBuiltResourcesFitTheirSchema(t *testing.T) {
	all := shapes(t)
	rapid.Check(t, func(t *rapid.T) {
		root := valid.Mesh(t)
		valid.Deployable(t, root)
		text, err := syntax.Encode(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"functionmesh", "components"} {
			files, found, err := compiler.Build(compileText(t, "mesh.yaml", text), target)
			if err != nil || found.HasErrors() {
				t.Fatalf("%v %v", err, found)
			}
			for _, f := range files {
				var resource struct {
					APIVersion string `yaml:"apiVersion"`
					Kind       string
					Spec       map[string]any
				}
				if err := yaml.Unmarshal(f.Text, &resource); err != nil {
					t.Fatal(err)
				}
				var problems []string
				if resource.Kind != "FunctionMesh" {
					problems = misfits(all, strings.ToLower(resource.Kind), "", resource.Spec)
				}
				for _, kind := range []string{"function", "source", "sink"} {
					if list, ok := resource.Spec[kind+"s"].([]any); ok {
						for _, item := range list {
							problems = append(problems, misfits(all, kind, "", item)...)
						}
					}
				}
				if len(problems) > 0 || resource.APIVersion != "compute.functionmesh.io/v1alpha1" {
					t.Fatalf("%s\n%s\n%s", strings.Join(problems, "\n"), text, f.Text)
				}
			}
		}
	})
}

// Every field of a resource has a home in a mesh, or is told of: nothing is
// dropped without a word.
func TestEveryFieldOfAResourceHasAHome(t *testing.T) {
	all := shapes(t)
	values := map[string]any{"string": "1", "integer": 7, "boolean": true, "quantity": "7", "any": map[string]any{"a": "b"}}
	// Texts that have to be of a form.
	texts := map[string]string{"java.jarLocation": "function://public/default/x@1", "input.topics[]": "in", "output.topic": "out", "subscriptionPosition": "latest"}
	for path := range all {
		kind, field, _ := strings.Cut(path, " .")
		s := all[path]
		if field == "" || s.typ == "object" && (len(s.required) > 0 || hasBelow(all, path)) || s.typ == "array" {
			continue
		}
		value, ok := values[s.typ]
		switch {
		case field == "autoAck" || field == "forwardSourceMessageProperty":
			value = false // true is the default
		case texts[field] != "":
			value = texts[field]
		case s.enum != nil:
			value = s.enum[len(s.enum)-1]
		case s.typ == "object":
			continue
		case !ok:
			t.Fatalf("no value for %s", path)
		}
		spec := map[string]any{"name": "n", "className": "x.Y", "java": map[string]any{"jar": "/x.jar"}}
		place(spec, strings.Split(strings.ReplaceAll(field, "[]", ".[]"), "."), value)
		data, err := yaml.Marshal(map[string]any{
			"apiVersion": "compute.functionmesh.io/v1alpha1", "kind": strings.ToUpper(kind[:1]) + kind[1:], "metadata": map[string]any{"name": "n"}, "spec": spec,
		})
		if err != nil {
			t.Fatal(err)
		}
		converted, err := compiler.Convert([]compiler.Input{{Name: "r.yaml", Data: data}}, "")
		if err != nil {
			t.Fatal(err)
		}
		told := len(converted.Findings) > 0
		for _, d := range converted.Findings {
			if d.Code == diag.UnknownKey {
				t.Errorf("%s: %s", path, d.Detail)
			}
		}
		if told || len(converted.Files) == 0 {
			continue
		}
		// Of the texts, those that are there without the field too are the same.
		if text := string(converted.Files[0].Text); text == plainSpec(kind) && s.typ != "string" {
			t.Errorf("%s leaves no trace", path)
		}
	}
}

// plainSpec is the mesh of a resource without any field.
func plainSpec(kind string) string {
	data := "apiVersion: compute.functionmesh.io/v1alpha1\nkind: " + strings.ToUpper(kind[:1]) + kind[1:] +
		"\nmetadata: {name: n}\nspec: {name: n, className: x.Y, java: {jar: /x.jar}}\n"
	converted, _ := compiler.Convert([]compiler.Input{{Name: "r.yaml", Data: []byte(data)}}, "")
	if len(converted.Files) == 0 {
		return ""
	}
	return string(converted.Files[0].Text)
}

func hasBelow(all map[string]shape, path string) bool {
	for other := range all {
		if strings.HasPrefix(other, path+".") {
			return true
		}
	}
	return false
}

// place puts a value at a path of keys; "[]" is a list of one and "*" some key.
func place(in any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	switch path[0] {
	case "[]":
		return []any{place(nil, path[1:], value)}
	case "":
		return place(in, path[1:], value)
	}
	m, ok := in.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	key := path[0]
	if key == "*" {
		key = "cpu"
	}
	m[key] = place(m[key], path[1:], value)
	return m
}
