package check

import (
	"encoding/json"
	"strconv"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// place is where a path leads: a value, the kind that its keys belong to if it is
// a mapping of fields, and the field that it is the value of, or stands inside
// the value of, as an item of a list or an entry of a mapping of the user's.
type place struct {
	node   *syntax.Node
	kind   fields.Kind
	key    *syntax.Node // nil at the root
	field  fields.Field
	inside bool
}

// locate follows a path of keys and indexes from the root.
func (c *checker) locate(path []string) place {
	p := place{node: c.root, kind: fields.Mesh}
	for _, step := range path {
		switch p.node.Kind {
		case syntax.Mapping:
			pair := p.node.Pair(step)
			if pair == nil {
				return p
			}
			if p.kind != "" {
				f, _ := fields.Lookup(p.kind, step)
				p = place{node: pair.Value, key: pair.Key, field: f, kind: kindBelow(f)}
				continue
			}
			p.node, p.key, p.inside, p.kind = pair.Value, pair.Key, true, kindInside(p.field)
		case syntax.Sequence:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(p.node.Items) {
				return p
			}
			p.node, p.inside, p.kind = p.node.Items[i], true, kindInside(p.field)
		default:
			return p
		}
	}
	return p
}

// kindBelow tells what the keys of a field's value are fields of.
func kindBelow(f fields.Field) fields.Kind {
	if f.Type == fields.Object || f.Type == fields.Place {
		return f.Below
	}
	return ""
}

// kindInside tells what the keys of the mappings in a field's value are fields of.
func kindInside(f fields.Field) fields.Kind {
	if f.Type == fields.Objects || f.Type == fields.ObjectMap {
		return f.Below
	}
	return ""
}

// plain turns the tree into the values that the schema is applied to.
func plain(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Mapping:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			m[p.Key.Value] = plain(p.Value)
		}
		return m
	case syntax.Sequence:
		s := make([]any, len(n.Items))
		for i, item := range n.Items {
			s[i] = plain(item)
		}
		return s
	case syntax.Scalar:
		switch n.Type {
		case syntax.Null:
			return nil
		case syntax.Bool:
			return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
		case syntax.Int, syntax.Float:
			return json.Number(n.Value)
		}
		return n.Value
	}
	return ""
}
