package compiler_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/meshtest/valid"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// shape is what the operator's definition says of a field.
type shape struct {
	typ            string
	enum, required []string
}

// shapes gives the fields of all kinds, by kind and path. Parts of a spec that are
// Kubernetes' own are not looked into.
func shapes(t *testing.T) map[string]shape {
	t.Helper()
	out := map[string]shape{}
	for _, kind := range operator.Kinds() {
		operator.Newest().Schema(kind).Walk(func(path string, s *operator.Schema) {
			typ := string(s.Type)
			for _, open := range []string{"pod", "volumeMounts", "volumeClaimTemplates"} {
				switch {
				case path == open:
					typ = "any"
				case strings.HasPrefix(path, open+".") || strings.HasPrefix(path, open+"["):
					return
				}
			}
			switch typ {
			case "map":
				typ = "object"
			case "list":
				typ = "array"
			}
			out[string(kind)+" ."+path] = shape{typ: typ, enum: s.Enum, required: s.Required}
		})
	}
	return out
}

// misfits tells what is not as the resource's schema has it, unknown fields included.
func misfits(kind fields.Kind, spec *syntax.Node) (out []string) {
	for _, d := range operator.Check(operator.Component{Kind: kind, Node: "x", Name: "x", Spec: spec}, operator.Newest()) {
		if d.Severity == diag.Error {
			out = append(out, d.Detail)
		}
	}
	return out
}

// What is built is what the operator's definitions allow: no unknown field, no
// wrong type or value, nothing missing.
func TestBuiltResourcesFitTheirSchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := valid.Mesh(t)
		valid.Deployable(t, root)
		text, err := syntax.Encode(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{"functionmesh", "components"} {
			files, found, err := compiler.Build(compileText(t, "mesh.yaml", text), target, compiler.BuildOptions{})
			if err != nil || found.HasErrors() {
				t.Fatalf("%v %v", err, found)
			}
			for _, f := range files {
				docs, wrong := syntax.Parse(f.Name, f.Text)
				if len(wrong) > 0 {
					t.Fatalf("%v", wrong)
				}
				resource := docs[0].Root
				spec := resource.Get("spec")
				var problems []string
				for _, kind := range operator.Kinds() {
					if strings.EqualFold(resource.Get("kind").Value, string(kind)) {
						problems = misfits(kind, spec)
					} else if list := spec.Get(string(kind) + "s"); list != nil {
						for _, item := range list.Items {
							problems = append(problems, misfits(kind, item)...)
						}
					}
				}
				if len(problems) > 0 || resource.Get("apiVersion").Value != "compute.functionmesh.io/v1alpha1" {
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
	values := map[string]any{"text": "1", "int": 7, "bool": true, "quantity": "7", "any": map[string]any{"a": "b"}}
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
		if text := string(converted.Files[0].Text); text == plainSpec(kind) && s.typ != "text" {
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
