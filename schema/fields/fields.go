// Package fields is the one table of the mesh language's fields, as data. The
// JSON Schema, the decoder's known names, the reference page and the update
// rules of the native backend are views of it; nothing else lists fields.
package fields

// Field is one row of the table.
type Field struct {
	Kind Kind
	// Name is Pulsar's own name where Pulsar has the field.
	Name string
	// Aliases are other accepted spellings, PIP-66's among them.
	Aliases []string
	Type    Type
	// Long numbers have 64 bits for workers, others 32.
	Long bool
	// Below is the kind that the value's own keys are fields of, for Object,
	// Objects, ObjectMap and Place.
	Below Kind
	// Partial takes the requirements away from the fields of Below.
	Partial bool
	// Values are the allowed ones of an Enum, or of the items of a TextList.
	Values []string
	// Pattern is what a Text has to match, in RE2 as in JSON Schema; empty means any text.
	Pattern string
	// Default is what a worker reads back when the field was not set; nil means it is absent then.
	Default  any
	Required bool
	Update   Update
	Clear    Clear
	// Refused lists the values (or Any) that workers refuse per runtime.
	Refused map[Runtime]string
	// Ignored are the runtimes that never read the field although workers accept,
	// store and echo it.
	Ignored []Runtime
	// Reads are the first versions, as major.minor, in which runtimes of Ignored do
	// read the field.
	Reads map[Runtime]string
	// Since is the first version of Pulsar that has the field, as major.minor;
	// empty means all that meshc knows. Earlier workers drop the field silently.
	Since string
	// Dead says why the field does nothing on function workers; empty for those that do.
	Dead string
	// Needs names a field beside this one without which it does nothing, or what
	// Without says in a sentence.
	Needs, Without string
	// Keys are those that a TextMap can hold; nil for any. Instances fail to start over others.
	Keys []string
	// Reserved are keys of a Map that workers keep for themselves.
	Reserved []string
	// Within is the one kind among those with a field of this kind under which the
	// field does something; empty for all.
	Within Kind
	// Traps are values that workers take and that do something else than they say.
	Traps []Trap
	// Hidden fields are never read back, so that a marker has to tell of changes.
	Hidden bool
	// CannotAdd tells that an update cannot give the field to a component that was
	// made without it.
	CannotAdd bool
	// Derived values are filled in by workers, from the code, where they are not given.
	Derived bool
	// Settled tells that a replacement would change nothing about a WriteOnce value
	// either.
	Settled bool
	// Into names the field as a part of which workers keep the value: what two
	// spellings say is one thing.
	Into string
	// Steered fields are for meshc to decide: their value in a mesh file is read and not used.
	Steered bool
	// Uses is the value that meshc uses whatever the file says, for a Steered field
	// that has one.
	Uses    any
	Doc     string
	Example any
}

// Any stands in Field.Refused for whatever value.
const Any = "*"

// byKind and bySpelling are views of the table, made once.
var (
	byKind     = map[Kind][]Field{}
	bySpelling = map[Kind]map[string]Field{}
)

func init() {
	for _, f := range table() {
		f = inWhole(f)
		byKind[f.Kind] = append(byKind[f.Kind], f)
		if bySpelling[f.Kind] == nil {
			bySpelling[f.Kind] = map[string]Field{}
		}
		for _, spelling := range append([]string{f.Name}, f.Aliases...) {
			bySpelling[f.Kind][spelling] = f
		}
	}
}

// Of returns the fields of a kind in the order of the table, which is the
// canonical order of keys. The caller must not change it.
func Of(kind Kind) []Field { return byKind[kind] }

// Lookup finds a field by any spelling that a mesh file may use.
func Lookup(kind Kind, spelling string) (Field, bool) {
	f, ok := bySpelling[kind][spelling]
	return f, ok
}

// Named finds a field by Pulsar's own name.
func Named(kind Kind, name string) (Field, bool) {
	f, ok := bySpelling[kind][name]
	return f, ok && f.Name == name
}

// Unset tells whether a value in canonical form means that the field is not set:
// an empty map, where a worker reads back nothing for a field that was not set.
func (f Field) Unset(v any) bool {
	m, ok := v.(map[string]any)
	return v == nil || ok && len(m) == 0 && f.Default == nil && f.Clear == ByEmptyMap
}

// Spellings returns all names that a mesh file may use for fields of a kind.
func Spellings(kind Kind) []string {
	var out []string
	for _, f := range Of(kind) {
		out = append(append(out, f.Name), f.Aliases...)
	}
	return out
}
