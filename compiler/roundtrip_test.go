package compiler_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/meshtest/valid"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// A mesh that is built for another tool and read again is the same mesh, but for
// the fields that the findings of the build name.
func TestRoundTripPulsarAdmin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, "pulsar-admin") })
}

func TestRoundTripFunctionMesh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, "functionmesh") })
}

func TestRoundTripComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, "components") })
}

func roundTrip(t *rapid.T, target string) {
	root := valid.Mesh(t)
	if target != "pulsar-admin" {
		valid.Deployable(t, root)
	}
	text, err := syntax.Encode(root)
	if err != nil {
		t.Fatal(err)
	}
	before := compileText(t, "mesh.yaml", text)
	files, found, err := compiler.Build(before, target, compiler.BuildOptions{})
	if err != nil || found.HasErrors() {
		t.Fatalf("the mesh cannot be built: %v, %v\n%s", err, found, text)
	}
	built := compiler.Join(files)
	after := compileText(t, "built.yaml", built)
	if len(after) != 1 {
		t.Fatalf("%d meshes come back", len(after))
	}
	// What is lost is lost the first time: from then on all stays, byte by byte.
	again, _, err := compiler.Build(after, target, compiler.BuildOptions{})
	if diff := cmp.Diff(string(built), string(compiler.Join(again))); diff != "" || err != nil {
		t.Fatalf("built again it is something else (-was +is), %v:\n%s\nmesh:\n%s", err, diff, text)
	}
	was, is := canonical(before[0]), canonical(after[0])
	for key, value := range was {
		if diff := cmp.Diff(value, is[key]); diff != "" && !named(found, key) {
			t.Fatalf("%s is lost without a word (-was +is):\n%s\nmesh:\n%s\nbuilt:\n%s\nfindings: %v", key, diff, text, built, found)
		}
	}
	for key, value := range is {
		if _, ok := was[key]; !ok && !named(found, key) {
			t.Fatalf("%s comes out of nothing: %v\nmesh:\n%s\nbuilt:\n%s", key, value, text, built)
		}
	}
}

// compileText compiles a mesh that has no mistakes of syntax, shape and names.
func compileText(t *rapid.T, name string, text []byte) []*mesh.Mesh {
	result := compiler.Compile([]compiler.Input{{Name: name, Data: text}}, compiler.Options{})
	for _, d := range result.Findings {
		if d.Severity == diag.Error && d.Code < "MC4" {
			t.Fatalf("%s: %s [%s] %s\n%s", name, d.Span, d.Code, d.Detail, text)
		}
	}
	var out []*mesh.Mesh
	for _, u := range result.Units {
		out = append(out, u.Mesh)
	}
	return out
}

// named tells whether a finding names a field: key is "node.field", or "topic.field",
// or "field" of the mesh.
func named(found diag.List, key string) bool {
	owner, field, ok := strings.Cut(key, "|")
	if !ok {
		owner, field = "", key
	}
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
		switch {
		case (strings.HasPrefix(field, "kubernetes.") || strings.HasSuffix(field, "TypeClassName")) && strings.Contains(d.Detail, "`kubernetes`"):
			return true
		case strings.HasPrefix(field, "input ") || strings.HasPrefix(field, "pattern "):
			field = "inputSpecs"
		case field == "code" || field == "kubernetes.codePath":
			for _, key := range []string{"jar", "py", "go", "archive", "functionType", "sourceType", "sinkType"} {
				if strings.Contains(d.Detail, "`"+key+"` of ") && strings.Contains(d.Detail, owner) {
					return true
				}
			}
		}
		return (strings.Contains(d.Detail, "`"+field) || strings.Contains(d.Detail, "`kubernetes."+field)) && strings.Contains(d.Detail, owner) ||
			field == "declared" && strings.Contains(d.Detail, "topic `"+owner+"`")
	})
}

// canonical gives all that a mesh says, by "node|field", in one form: defaults and
// what says nothing are left out, and the ways to say the same are brought together.
func canonical(m *mesh.Mesh) map[string]any {
	out := map[string]any{"name": m.ID.String()}
	if m.CreateNamespace {
		out["create"] = true
	}
	if m.Reconcile == mesh.Repair {
		out["reconcile"] = m.Reconcile
	}
	for _, t := range m.Topics {
		key := m.Short(t)
		// What nobody writes comes from outside, and an output that nobody reads goes
		// there, said or not.
		if t.External || !t.Declared && (!has(m, t, mesh.Role.Writes) || has(m, t, isOutput) && !has(m, t, isInput)) {
			out[key+"|external"] = true
		}
		if t.Partitions > 0 {
			out[key+"|partitions"] = t.Partitions
		}
		if t.Schema != nil {
			out[key+"|schema"] = t.Schema.JSON()
		}
		if t.Retention != nil {
			out[key+"|retention"] = t.Retention.JSON()
		}
	}
	for _, n := range m.Nodes {
		for field, value := range nodeFields(m, n) {
			out[n.NodeName()+"|"+field] = value
		}
	}
	return out
}

func isInput(r mesh.Role) bool { return r == mesh.Input }

func isOutput(r mesh.Role) bool { return r == mesh.Output }

// has tells whether a topic plays a part for some node.
func has(m *mesh.Mesh, t *mesh.Topic, part func(mesh.Role) bool) bool {
	return slices.ContainsFunc(m.Nodes, func(n mesh.Node) bool {
		return slices.ContainsFunc(n.Edges(), func(e mesh.Edge) bool { return e.Topic == t && part(e.Role) })
	})
}

// onlyFor are the kinds whose resources have a field, where not all have it: that
// of the mesh is for those.
var onlyFor = map[string][]fields.Kind{
	"sourceConfig": {fields.Function}, "sinkConfig": {fields.Function}, "volumeClaimTemplates": {fields.Function},
	"persistentVolumeClaimRetentionPolicy": {fields.Function}, "forwardSourceMessageProperty": {fields.Source},
	"inputTypeClassName": {fields.Function, fields.Sink}, "outputTypeClassName": {fields.Function, fields.Source},
}

func nodeFields(m *mesh.Mesh, n mesh.Node) map[string]any {
	all, _ := n.Base().Fields.JSON().(map[string]any)
	out := map[string]any{"kind": string(n.Kind())}
	kubernetes := map[string]any{}
	if k, ok := m.Kubernetes.JSON().(map[string]any); ok {
		for key, v := range k {
			if kinds := onlyFor[key]; kinds == nil || slices.Contains(kinds, n.Kind()) {
				kubernetes[key] = v
			}
		}
	}
	if k, ok := all["kubernetes"].(map[string]any); ok {
		for key, v := range k {
			kubernetes[key] = v
		}
	}
	producer, _ := all["producerConfig"].(map[string]any)
	if builder, ok := all["batchBuilder"]; ok {
		if producer == nil {
			producer = map[string]any{}
		}
		if producer["batchBuilder"] == nil {
			producer["batchBuilder"] = builder
		}
		all["producerConfig"] = producer
	}
	for _, key := range []string{
		"tenant", "namespace", "jar", "py", "go", "archive", "sourceType", "sinkType", "functionType", "kubernetes", "batchBuilder",
		"inputs", "topicsPattern", "inputSpecs", "customSerdeInputs", "customSchemaInputs", "topicToSerdeClassName", "topicToSchemaType",
	} {
		delete(all, key)
	}
	if all["fqfn"] == m.Tenant+"/"+m.Namespace+"/"+n.NodeName() {
		delete(all, "fqfn") // says what is known
	}
	if r := n.Reads(); r != nil && r.SubName == "" && n.Base().Lifecycle.MovedFrom != "" {
		// Files for others spell it out, since they have no field for the move.
		all[mesh.SubscriptionField(n.Kind())] = mesh.Subscription(m.ID, n)
	}
	for key, v := range all {
		f, _ := fields.Named(n.Kind(), key)
		if v = plainValue(m, f, v); v != nil {
			out[key] = v
		}
	}
	for key, v := range kubernetes {
		f, _ := fields.Named(fields.Kubernetes, key)
		if v = plainValue(m, f, v); v != nil {
			out["kubernetes."+key] = v
		}
	}
	for _, key := range []string{"inputTypeClassName", "outputTypeClassName"} {
		if v, ok := out["kubernetes."+key]; ok {
			out[key] = v
			delete(out, "kubernetes."+key)
		}
	}
	c := n.Base().Code
	if strings.TrimPrefix(c.Location, "file://") == kubernetes["codePath"] {
		delete(out, "kubernetes.codePath")
	}
	out["code"] = c.Path + c.Location
	if f, ok := n.(*mesh.Function); ok {
		out["runtime"] = string(f.Runtime)
	}
	if r := n.Reads(); r != nil {
		for _, e := range r.Inputs {
			spec := specOf(e.Spec)
			if e.SchemaType != "" {
				spec["schemaType"] = e.SchemaType
			}
			if e.SerDe != "" {
				spec["serdeClassName"] = e.SerDe
			}
			out["input "+e.Topic.Name] = spec
		}
		for _, p := range r.Patterns {
			out["pattern "+p.Text] = specOf(p.Spec)
		}
		for topic, text := range customSchemas(n) {
			full := fullName(m, topic)
			var spec map[string]any
			_ = json.Unmarshal([]byte(text), &spec)
			out["input "+full] = spec
		}
	}
	return out
}

func customSchemas(n mesh.Node) map[string]string {
	out := map[string]string{}
	if v := n.Base().Fields.Get("customSchemaInputs"); v != nil {
		for _, e := range v.Entries {
			out[e.Key] = e.Value.Text()
		}
	}
	return out
}

func specOf(v *mesh.Value) map[string]any {
	out := map[string]any{}
	spec, _ := v.JSON().(map[string]any)
	for key, value := range spec {
		f, _ := fields.Named(fields.Consumer, key)
		if value = plainValue(nil, f, value); value != nil && key != "regexPattern" {
			out[key] = value
		}
	}
	return out
}

func fullName(m *mesh.Mesh, name string) string {
	switch strings.Count(name, "/") {
	case 0:
		return "persistent://" + m.Tenant + "/" + m.Namespace + "/" + name
	case 2:
		return "persistent://" + name
	}
	return name
}

// plainValue brings the value of a field into one form; nil stands for what says nothing.
func plainValue(m *mesh.Mesh, f fields.Field, v any) any {
	switch {
	case f.Steered:
		if v == false {
			return nil
		}
		return v
	case v == nil, cmp.Equal(v, f.Default):
		return nil
	case f.Type == fields.TopicName:
		return fullName(m, v.(string))
	case f.Type == fields.OneTopic:
		if list, ok := v.([]any); ok {
			v = list[0]
		}
		return fullName(m, v.(string))
	case f.Name == "customSchemaOutputs" || f.Name == "topicToSchemaProperties":
		out := map[string]any{}
		for key, value := range v.(map[string]any) {
			out[fullName(m, key)] = value
		}
		return out
	case f.Type == fields.Object:
		out := map[string]any{}
		for key, value := range v.(map[string]any) {
			below, _ := fields.Named(f.Below, key)
			if value = plainValue(m, below, value); value != nil {
				out[key] = value
			}
		}
		for interval, length := range map[string]string{"slidingIntervalCount": "windowLengthCount", "slidingIntervalDurationMs": "windowLengthDurationMs"} {
			if out[interval] == out[length] {
				delete(out, interval) // the default
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	if object, ok := v.(map[string]any); ok && len(object) == 0 {
		return nil
	}
	return v
}
