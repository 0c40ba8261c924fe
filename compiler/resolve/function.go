package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

func (r *resolver) function(n *syntax.Node) *mesh.Function {
	f := &mesh.Function{Component: r.component(fields.Function, n)}
	f.Reading = r.reading(fields.Function, n)
	f.Output = r.writes(mesh.Output, n.Get("output"))
	if f.Output != nil {
		f.Output.SchemaType, f.Output.SerDe = textOf(n, "outputSchemaType"), textOf(n, "outputSerdeClassName")
	}
	f.LateData = r.writes(mesh.LateData, n.Get("windowConfig").Get("lateDataTopic"))
	r.runtime(f, n)
	r.refused(f, n)
	return f
}

// refused reports fields and values that workers refuse for the function's language.
func (r *resolver) refused(f *mesh.Function, n *syntax.Node) {
	if f.Runtime == "" {
		return
	}
	for _, p := range n.Pairs {
		field, _ := fields.Named(fields.Function, p.Key.Value)
		value, ok := field.Refused[f.Runtime]
		if !ok || p.Value.Kind == syntax.Hole || p.Value.IsNull() {
			continue
		}
		switch {
		case value == fields.Any && !negative(p.Value):
			r.list.Add(diag.NotForRuntime, p.Key.Span, fmt.Sprintf("Function workers refuse `%s` for %s functions.", field.Name, f.Runtime.Language()),
				"Remove the key.")
		case usable(p.Value) && (p.Value.Value == value || p.Value.Type == syntax.Bool && truth(p.Value) && value == "true"):
			r.list.Add(diag.NotForRuntime, p.Value.Span, fmt.Sprintf("Function workers refuse `%s: %s` for %s functions.", field.Name, p.Value.Value, f.Runtime.Language()),
				fmt.Sprintf("Remove the key: the default is %v.", field.Default))
		}
	}
}

// negative tells of numbers below 0, which mean "not set" to workers.
func negative(n *syntax.Node) bool {
	return usable(n) && (n.Type == syntax.Int || n.Type == syntax.Float) && number(n) < 0
}
