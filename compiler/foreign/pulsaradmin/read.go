package pulsaradmin

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// Read reads the config of a component, for which [Is] was asked. Short names of
// topics mean topics of public/default, as pulsar-admin takes them; paths are
// relative to the working folder. A function without a name has that of its class
// (FunctionConfigUtils.inferMissingFunctionName). A comment `# meshc:mesh NAME`
// above the first key names the mesh that the component belongs to; source is the
// text of the file.
func Read(doc *syntax.Document, source []byte) (foreign.Mesh, diag.List) {
	r := reader{kind: Kind(doc.Root)}
	own := *doc
	own.FromHere = true
	out := foreign.Mesh{Part: true, Doc: &own, Name: meshName(doc, source)}
	tree := foreign.Mapping(doc.Root.Span)
	tree.Flow = doc.Root.Flow
	for _, p := range r.entries(doc.Root, r.kind) {
		switch p.Key.Value {
		case "tenant":
			out.Tenant = p.Value
			continue
		case "namespace":
			out.Namespace = p.Value
			continue
		case "cleanupSubscription":
			if p.Value.Type == syntax.Bool && p.Value.Value == "false" {
				continue // as meshc deploys it
			}
		}
		tree.Pairs = append(tree.Pairs, p)
	}
	r.name(&out, tree, doc)
	out.Nodes = []foreign.Node{{Kind: r.kind, Tree: tree}}
	foreign.Elsewhere(&out)
	return out, r.list
}

type reader struct {
	kind fields.Kind
	list diag.List
}

// entries gives the entries of a mapping of fields, without those that say
// nothing: a null is an absent field to Jackson.
func (r *reader) entries(n *syntax.Node, kind fields.Kind) []syntax.Pair {
	var out []syntax.Pair
	for _, p := range n.Pairs {
		f, known := fields.Lookup(kind, p.Key.Value)
		switch {
		case known && !pulsars(f):
			r.list.Add(diag.UnknownKey, p.Key.Span, fmt.Sprintf("`%s` is a key of mesh files, which pulsar-admin does not know.", p.Key.Value),
				"Remove it here; `meshc convert` makes a mesh file, which may have it.")
			continue
		case known && f.Name != p.Key.Value && kind == fields.Consumer:
			r.list.Add(diag.OtherMeaning, p.Key.Span, fmt.Sprintf("Function workers drop `%s` without a word, although pulsar-admin prints it so.", p.Key.Value),
				fmt.Sprintf("Write `%s`, which meshc takes it for.", f.Name))
		case known && f.Name != p.Key.Value:
			r.list.Add(diag.UnknownKey, p.Key.Span, fmt.Sprintf("`%s` is a spelling of mesh files, which pulsar-admin does not know.", p.Key.Value),
				fmt.Sprintf("Write `%s`.", f.Name))
			if n.Pair(f.Name) != nil {
				continue
			}
		case known && p.Value.IsNull():
			continue
		}
		key := p.Key
		if known {
			key = foreign.Renamed(key, f.Name)
		}
		out = append(out, syntax.Pair{Key: key, Value: r.below(p.Value, f)})
	}
	return out
}

// below looks at the fields that a field's value has.
func (r *reader) below(n *syntax.Node, f fields.Field) *syntax.Node {
	if n.Kind != syntax.Mapping || f.Below == "" {
		return n
	}
	out := *n
	switch f.Type {
	case fields.Object:
		out.Pairs = r.entries(n, f.Below)
	case fields.ObjectMap:
		out.Pairs = nil
		for _, p := range n.Pairs {
			value := p.Value
			if value.Kind == syntax.Mapping {
				v := *value
				v.Pairs = r.entries(value, f.Below)
				value = &v
			}
			out.Pairs = append(out.Pairs, syntax.Pair{Key: p.Key, Value: value})
		}
	}
	return &out
}

// name fills in what pulsar-admin infers.
func (r *reader) name(m *foreign.Mesh, tree *syntax.Node, doc *syntax.Document) {
	if full := tree.Get("fqfn"); r.kind == fields.Function && foreign.Usable(full) {
		parts := strings.Split(full.Value, "/")
		if len(parts) == 3 {
			part := func(i int) *syntax.Node { return foreign.Text(parts[i], full.Span) }
			if m.Tenant == nil {
				m.Tenant = part(0)
			}
			if m.Namespace == nil {
				m.Namespace = part(1)
			}
			if tree.Get("name") == nil {
				foreign.Set(tree, "name", part(2), full.Span)
			}
			// It has done its work where it says what the others say.
			tenant, namespace := m.Place()
			if tenant+"/"+namespace+"/"+tree.Get("name").Value == full.Value {
				tree.Pairs = slices.DeleteFunc(tree.Pairs, func(p syntax.Pair) bool { return p.Key.Value == "fqfn" })
			}
		}
	}
	if tree.Get("name") != nil {
		return
	}
	if class := tree.Get("className"); r.kind == fields.Function && foreign.Usable(class) {
		simple := class.Value[strings.LastIndex(class.Value, ".")+1:]
		foreign.Set(tree, "name", foreign.Text(simple, class.Span), class.Span)
	}
}

// meshComment names the mesh that a component belongs to.
var meshComment = regexp.MustCompile(`^#[ \t]*meshc:mesh[ \t]+(\S+)[ \t]*\r?$`)

// meshName looks for the comment in the lines directly above a document.
func meshName(doc *syntax.Document, source []byte) *syntax.Node {
	if !bytes.Contains(source, []byte("meshc:mesh")) {
		return nil
	}
	lines := strings.Split(string(source), "\n")
	for i := min(doc.Span.Start.Line-1, len(lines)) - 1; i >= 0; i-- {
		line := lines[i]
		if m := meshComment.FindStringSubmatch(line); m != nil {
			end := len([]rune(strings.TrimRight(line, " \t\r")))
			return foreign.Text(m[1], diag.Span{
				File: doc.File, Start: diag.Pos{Line: i + 1, Column: end - len([]rune(m[1])) + 1}, End: diag.Pos{Line: i + 1, Column: end + 1},
			})
		}
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			break
		}
	}
	return nil
}
