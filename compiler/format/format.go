package format

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// File gives the canonical form of a mesh file. Data is UTF-8 without a byte order
// mark. Documents that are no meshes, such as custom resources, get the layout
// alone: their keys are not meshc's to order.
//
// Where the file is not YAML that meshc reads, the findings say why and there is
// no text. An error is a [*Bug]: the text would not have meant the same.
func File(name string, data []byte) ([]byte, diag.List, error) {
	docs, list := syntax.Parse(name, data)
	if list.HasErrors() {
		return nil, list, nil
	}
	layout := syntax.Lay(data, docs)
	out := layout.Print(changes(docs))
	if err := verify(name, docs, layout.Comments(), out); err != nil {
		return nil, list, err
	}
	return out, list, nil
}

// Bug tells that the formatter made something that it should not have made. The
// file is to be left as it is.
type Bug struct {
	File string
	What string
}

// Error implements error.
func (b *Bug) Error() string {
	return fmt.Sprintf("formatting %s would have changed it: %s", b.File, b.What)
}

// verify reads what was written and compares it with what was there.
func verify(name string, docs []*syntax.Document, had []string, out []byte) error {
	again, list := syntax.Parse(name, out)
	for _, d := range list {
		if d.Severity == diag.Error {
			return &Bug{name, fmt.Sprintf("line %d would not be YAML any more", d.Span.Start.Line)}
		}
	}
	if len(again) != len(docs) {
		return &Bug{name, fmt.Sprintf("%d documents would be %d", len(docs), len(again))}
	}
	for i := range docs {
		if at := differs(docs[i].Root, again[i].Root, scopeOf(docs[i].Root)); at != nil {
			return &Bug{name, fmt.Sprintf("the value at %s would be another", at.Span)}
		}
	}
	has := syntax.Lay(out, again).Comments()
	slices.Sort(had)
	slices.Sort(has)
	if !slices.Equal(had, has) {
		return &Bug{name, fmt.Sprintf("%d comments would be %d, or others", len(had), len(has))}
	}
	return nil
}

// differs compares two values but for the order of keys and the spelling of
// fields, and gives the place of the first difference, or nil.
func differs(a, b *syntax.Node, in scope) *syntax.Node {
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return b
	case b == nil:
		return a
	}
	if in.one && a.Kind == syntax.Sequence && b.Kind != syntax.Sequence && len(a.Items) == 1 {
		a = a.Items[0]
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.Type != b.Type || len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items) {
		return a
	}
	others := make(map[string]*syntax.Node, len(b.Pairs))
	for _, q := range b.Pairs {
		others[q.Key.Value] = q.Value
	}
	for _, p := range a.Pairs {
		q := others[p.Key.Value]
		if f, ok := fields.Lookup(in.keys, p.Key.Value); q == nil && ok {
			q = others[f.Name]
		}
		if q == nil {
			return p.Key
		}
		if at := differs(p.Value, q, in.below(p.Key.Value)); at != nil {
			return at
		}
	}
	for i := range a.Items {
		if at := differs(a.Items[i], b.Items[i], in.item()); at != nil {
			return at
		}
	}
	return nil
}
