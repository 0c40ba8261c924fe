package kube

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// FieldOwner tells who last set a field of an object.
type FieldOwner struct {
	// Field is as conflicts name it, such as .spec.replicas or
	// .spec.containers[name="main"].image.
	Field string
	// Manager is the name of who set it, such as kubectl-edit.
	Manager string
	// Operation is Apply or Update; Subresource is where, such as scale.
	Operation, Subresource string
	// Time is when the manager last changed which fields it has, as the server has it.
	Time string
	// Shared tells, in what Foreign returns, that the one asked about has the field
	// as well, which is so while both say the same.
	Shared bool
}

// Owners returns who has which fields, from metadata.managedFields. Lists that are
// atomic, as spec.functions of a FunctionMesh, are one field. An object without
// managedFields has none.
func Owners(o Object) map[string][]FieldOwner {
	out := map[string][]FieldOwner{}
	for _, entry := range o.Items("metadata", "managedFields") {
		m, ok := entry.(map[string]any)
		if !ok {
			continue
		}
		e := Object(m)
		owner := FieldOwner{Manager: e.Text("manager"), Operation: e.Text("operation"), Subresource: e.Text("subresource"), Time: e.Text("time")}
		leaves(fieldSet(m[fieldsV1]), "", func(field string) {
			owner.Field = field
			out[field] = append(out[field], owner)
		})
	}
	return out
}

// leaves walks a set of fields in the form FieldsV1: keys are f:NAME for fields,
// k:{...} for items of a list by their keys, v:VALUE for items of a set, i:N for
// places, and "." for the thing itself.
func leaves(set map[string]any, at string, found func(string)) {
	for key, below := range set {
		if key == "." {
			continue
		}
		path := at + part(key)
		m, _ := below.(map[string]any)
		if len(m) == 0 || len(m) == 1 && m["."] != nil {
			found(path)
			continue
		}
		leaves(m, path, found)
	}
}

func part(key string) string {
	kind, rest, _ := strings.Cut(key, ":")
	switch kind {
	case "f":
		return "." + rest
	case "k":
		// {"name":"main"} is [name="main"], as the server's conflicts have it.
		inner := strings.TrimSuffix(strings.TrimPrefix(rest, "{"), "}")
		pairs := strings.Split(inner, `,"`)
		for i, p := range pairs {
			name, value, _ := strings.Cut(strings.TrimPrefix(p, `"`), `":`)
			pairs[i] = name + "=" + value
		}
		return "[" + strings.Join(pairs, ",") + "]"
	case "v":
		return "[=" + rest + "]"
	}
	return "[" + rest + "]"
}

// Foreign returns the fields that others than ours have set of what an author
// writes: the spec, labels and annotations. Status, which operators write, and
// ownerReferences and finalizers are not among them. A field that another took by
// force is in it without Shared. They are sorted by field.
func Foreign(o Object, ours string) []FieldOwner {
	var out []FieldOwner
	if !slices.ContainsFunc(o.Items("metadata", "managedFields"), func(entry any) bool {
		m, ok := entry.(map[string]any)
		return ok && m["manager"] != ours && m["subresource"] != "status"
	}) {
		return nil // as nearly all have none, and sets of fields are long
	}
	owners := Owners(o)
	for _, field := range slices.Sorted(maps.Keys(owners)) {
		if !authored(field) {
			continue
		}
		shared := slices.ContainsFunc(owners[field], func(w FieldOwner) bool { return w.Manager == ours })
		for _, w := range owners[field] {
			if w.Manager != ours && w.Subresource != "status" {
				w.Shared = shared
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b FieldOwner) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Manager, b.Manager))
	})
	return out
}

func authored(field string) bool {
	for _, root := range []string{".spec", ".metadata.labels", ".metadata.annotations"} {
		if rest, ok := strings.CutPrefix(field, root); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
