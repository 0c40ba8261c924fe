package load

import (
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// keys says what the keys of a mapping are: fields of a kind, or the user's own
// with mappings of fields of a kind below each; the zero value knows nothing.
type keys struct{ own, each fields.Kind }

// under gives the keys of a field's value.
func under(f fields.Field) keys {
	switch f.Type {
	case fields.Object, fields.Place:
		return keys{own: f.Below}
	case fields.ObjectMap:
		return keys{each: f.Below}
	}
	return keys{}
}

// below gives the keys of the value of one key.
func (k keys) below(key string) keys {
	if k.each != "" {
		return keys{own: k.each}
	}
	f, _ := fields.Lookup(k.own, key)
	return under(f)
}

// byName tells whether a key of the mesh has a list whose entries are known by
// their names.
func byName(key string) bool { return entryKeys(key) != (keys{}) }

// entryKeys gives the keys of an entry of such a list.
func entryKeys(key string) keys {
	if f, _ := fields.Lookup(fields.Mesh, key); f.Type == fields.Objects {
		return keys{own: f.Below}
	}
	return keys{}
}

// ofMesh are the keys of a mesh.
var ofMesh = keys{own: fields.Mesh}

// canonical gives the name that all spellings of a key share.
func (k keys) canonical(key string) string {
	if f, ok := fields.Lookup(k.own, key); ok {
		return f.Name
	}
	return key
}

// find gives the index of the entry with a key, in whatever spelling of the
// field, or -1.
func find(n *syntax.Node, k keys, key string) int {
	name := k.canonical(key)
	for i, p := range n.Pairs {
		if k.canonical(p.Key.Value) == name {
			return i
		}
	}
	return -1
}

// nameOf gives the text under `name`, or "".
func nameOf(n *syntax.Node) string {
	if v := n.Get("name"); v != nil && v.IsText() {
		return v.Value
	}
	return ""
}

func itemNamed(n *syntax.Node, name string) int {
	for i, item := range n.Items {
		if nameOf(item) == name {
			return i
		}
	}
	return -1
}

func namesIn(n *syntax.Node) []string {
	var out []string
	for _, item := range n.Items {
		if name := nameOf(item); name != "" {
			out = append(out, name)
		}
	}
	return out
}
