package kube

import (
	"maps"
	"time"
)

// Object is an object of the API as JSON has it. Whole numbers are int64, others
// float64. The zero Object reads as one without fields.
type Object map[string]any

// Field returns what stands at the path, nil if nothing does.
func (o Object) Field(path ...string) any {
	var at any = map[string]any(o)
	for _, key := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[key]
	}
	return at
}

// Text returns the text at the path, "" for none.
func (o Object) Text(path ...string) string {
	s, _ := o.Field(path...).(string)
	return s
}

// Int returns the whole number at the path, 0 for none.
func (o Object) Int(path ...string) int64 {
	n, _ := o.Field(path...).(int64)
	return n
}

// Map returns the map at the path, nil for none. It is the object's own.
func (o Object) Map(path ...string) map[string]any {
	m, _ := o.Field(path...).(map[string]any)
	return m
}

// Items returns the list at the path, nil for none. It is the object's own.
func (o Object) Items(path ...string) []any {
	l, _ := o.Field(path...).([]any)
	return l
}

// Name is metadata.name.
func (o Object) Name() string { return o.Text("metadata", "name") }

// Namespace is metadata.namespace.
func (o Object) Namespace() string { return o.Text("metadata", "namespace") }

// UID is metadata.uid.
func (o Object) UID() string { return o.Text("metadata", "uid") }

// Version is metadata.resourceVersion: it differs after each write.
func (o Object) Version() string { return o.Text("metadata", "resourceVersion") }

// Generation is metadata.generation: it grows with each change of the spec.
func (o Object) Generation() int64 { return o.Int("metadata", "generation") }

// Deleting tells that the object is on its way out: it waits for its finalizers.
func (o Object) Deleting() bool { return o.Text("metadata", "deletionTimestamp") != "" }

// Created is metadata.creationTimestamp, by the server's clock.
func (o Object) Created() time.Time { return parseTime(o.Text("metadata", "creationTimestamp")) }

// Annotation returns the value of an annotation, "" for none.
func (o Object) Annotation(key string) string { return o.Text("metadata", "annotations", key) }

// Label returns the value of a label, "" for none.
func (o Object) Label(key string) string { return o.Text("metadata", "labels", key) }

// New makes an object of the kind with a name; namespace is empty for those of the
// whole cluster.
func (r Resource) New(namespace, name string) Object {
	meta := map[string]any{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	return Object{"apiVersion": r.APIVersion(), "kind": r.Kind, "metadata": meta}
}

// With returns a copy of the object with another value under a top-level key; the
// values themselves are shared.
func (o Object) With(key string, value any) Object {
	c := maps.Clone(o)
	if c == nil {
		c = Object{}
	}
	c[key] = value
	return c
}

func parseTime(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}
