package resolve

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// component reads what all nodes have alike. The code is for the kinds to read.
func (r *resolver) component(kind fields.Kind, n *syntax.Node) mesh.Component {
	c := mesh.Component{Span: firstSpan(n), Parallelism: 1, Fields: value(n)}
	if v := n.Get("name"); usable(v) {
		c.Name, c.Span = v.Value, v.Span
		r.length(v, string(kind))
	}
	c.ClassName = textOf(n, "className")
	if v := n.Get("parallelism"); usable(v) {
		c.Parallelism = int(number(v))
	}
	c.Doubt = r.doc.Incomplete || broken(n)
	c.Guarantees = choice(kind, n, "processingGuarantees")
	c.LogTopic = r.writes(mesh.Log, n.Get("logTopic"))
	c.Lifecycle = lifecycle(n.Get("lifecycle"))
	r.ownPlace(kind, n)
	return c
}

// broken tells whether something in a value could not be read.
func broken(n *syntax.Node) bool {
	if n.Kind == syntax.Hole && !n.Unknown || n.Lost {
		return true
	}
	for _, p := range n.Pairs {
		if broken(p.Value) {
			return true
		}
	}
	for _, item := range n.Items {
		if broken(item) {
			return true
		}
	}
	return false
}

func lifecycle(n *syntax.Node) mesh.Lifecycle {
	out := mesh.Lifecycle{MovedFrom: textOf(n, "movedFrom")}
	if v := n.Get("protect"); usable(v) {
		out.Protect = truth(v)
	}
	if v := n.Get("adopt"); usable(v) {
		out.Adopt = truth(v)
	}
	if allow := n.Get("allow"); allow != nil {
		for _, item := range allow.Items {
			if usable(item) {
				out.Allow = append(out.Allow, item.Value)
			}
		}
	}
	return out
}

// ownPlace refuses nodes that are to live elsewhere than their mesh: names in it
// would not be the mesh's (PIP-66: a mesh is self-contained).
func (r *resolver) ownPlace(kind fields.Kind, n *syntax.Node) {
	for _, place := range []struct{ key, own string }{{"tenant", r.mesh.Tenant}, {"namespace", r.mesh.Namespace}} {
		v := n.Get(place.key)
		if !usable(v) || v.Value == place.own {
			continue
		}
		r.list.Add(diag.ForeignPlace, v.Span, fmt.Sprintf("The %s would be in the %s `%s`, and its mesh is in `%s`.", kind, place.key, v.Value, place.own),
			fmt.Sprintf("Remove the key, or put the %s into a mesh of that %s; meshes meet at topics.", kind, place.key))
	}
}

// choice reads an enum or gives its default.
func choice(kind fields.Kind, n *syntax.Node, name string) string {
	if v := n.Get(name); usable(v) {
		return v.Value
	}
	field, _ := fields.Named(kind, name)
	d, _ := field.Default.(string)
	return d
}

// flag reads a truth value; absent means false.
func flag(n *syntax.Node, name string) bool {
	v := n.Get(name)
	return usable(v) && truth(v)
}

// needs reports a field that is always needed and has several spellings, which a
// schema cannot say.
func (r *resolver) needs(kind fields.Kind, n *syntax.Node, name string) {
	if r.doc.Incomplete || len(r.doc.Passed) > 0 {
		return
	}
	f, _ := fields.Named(kind, name)
	shown := f.Name
	if f.Type == fields.OneTopic {
		shown = "output"
	}
	at, who := firstSpan(n), "A "+string(kind)
	if v := n.Get("name"); usable(v) {
		at, who = v.Span, upper(string(kind))+" `"+v.Value+"`"
	}
	r.list.Add(diag.MissingKey, at, fmt.Sprintf("%s needs a key `%s`.", who, shown), fmt.Sprintf("Add `%s: %v`. %s.", shown, f.Example, firstSentence(f.Doc)))
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func firstSentence(s string) string {
	s, _, _ = strings.Cut(s, ". ")
	return strings.TrimSuffix(s, ".")
}
