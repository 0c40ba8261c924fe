// Package fields is the one table of the mesh language's fields, as data. The
// JSON Schema, the decoder's known names, the reference page and the update
// rules of the native backend are views of it; nothing else lists fields.
package fields

import "slices"

// Kind is what a field belongs to.
type Kind string

// The kinds that have fields.
const (
	Mesh      Kind = "mesh"
	Namespace Kind = "namespace"
	Topic     Kind = "topic"
	Function  Kind = "function"
	// Resource is what `resources` of a function holds.
	Resource Kind = "resources"
)

// Type is the shape of a field's value in a mesh file.
type Type string

// The types of values. TopicName is text; OneTopic is text, or a list of one as
// PIP-66 writes an output; Topics and Functions are lists of mappings.
const (
	Text      Type = "text"
	Count     Type = "count"  // a whole number from 1
	Number    Type = "number" // any number above 0
	Bool      Type = "bool"
	Enum      Type = "enum"
	TopicName Type = "topic"
	OneTopic  Type = "one-topic"
	TopicList Type = "topic-list"
	Map       Type = "map"
	Resources Type = "resources"
	Place     Type = "place" // a namespace: its name, or a mapping of Namespace fields
	Topics    Type = "topics"
	Functions Type = "functions"
)

// Update says what a function worker does with a changed value on update
// (FunctionConfigUtils.validateUpdate; measured on 4.0.8 and 4.2.4).
type Update string

// The update classes.
const (
	// Updatable values are taken over; all instances restart.
	Updatable Update = "updatable"
	// Fixed values are rejected ("... cannot be altered"): the component has to be replaced.
	Fixed Update = "fixed"
	// WriteOnce values are ignored without a word on update.
	WriteOnce Update = "write-once"
	// Local fields never reach a component: they steer meshc.
	Local Update = "local"
)

// Clear says how an update takes a value away again.
type Clear string

// The ways to clear a value.
const (
	// ByDefault: the value read back when unset is sent.
	ByDefault Clear = "by-default"
	// ByEmptyMap: `{}` is sent.
	ByEmptyMap Clear = "by-empty-map"
	// NotPossible: an update cannot clear it; taking it away is a replacement.
	NotPossible Clear = "not-possible"
)

// Runtime is the language of a function, spelled as function workers spell it.
type Runtime string

// The runtimes.
const (
	Java   Runtime = "JAVA"
	Python Runtime = "PYTHON"
	Go     Runtime = "GO"
)

// Field is one row of the table.
type Field struct {
	Kind Kind
	// Name is Pulsar's own name where Pulsar has the field.
	Name string
	// Aliases are other accepted spellings, PIP-66's among them.
	Aliases []string
	Type    Type
	// Values are the allowed ones of an Enum.
	Values []string
	// Pattern is what a Text has to match, in RE2 as in JSON Schema; empty means any text.
	Pattern string
	// Default is what a worker reads back when the field was not set; nil means it is absent then.
	Default  any
	Required bool
	Update   Update
	Clear    Clear
	// Refused lists the values (or "set" for any) that workers refuse per runtime.
	Refused map[Runtime]string
	// Internal fields are set by meshc and have no spelling in a mesh file.
	Internal bool
	Doc      string
	Example  any
}

// Of returns the fields of a kind in the order of the table.
func Of(kind Kind) []Field {
	var out []Field
	for _, f := range table {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// Lookup finds a field by any spelling that a mesh file may use.
func Lookup(kind Kind, spelling string) (Field, bool) {
	for _, f := range table {
		if f.Kind == kind && !f.Internal && (f.Name == spelling || slices.Contains(f.Aliases, spelling)) {
			return f, true
		}
	}
	return Field{}, false
}

// Named finds a field by Pulsar's own name, internal ones and those of ReadBack included.
func Named(kind Kind, name string) (Field, bool) {
	for _, f := range slices.Concat(Of(kind), ReadBack(kind)) {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Spellings returns all names that a mesh file may use for fields of a kind.
func Spellings(kind Kind) []string {
	var out []string
	for _, f := range Of(kind) {
		if !f.Internal {
			out = append(append(out, f.Name), f.Aliases...)
		}
	}
	return out
}

// Later returns the names of Pulsar's fields that belong to the mesh language
// but that this version does not carry out yet. A file that uses one is told so
// instead of being offered a similar name.
func Later(kind Kind) []string { return later[kind] }
