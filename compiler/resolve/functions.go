package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

func (r *resolver) functions(pair *syntax.Pair) {
	if pair == nil {
		r.noFunctions(r.mesh.Span)
		return
	}
	list := pair.Value
	if list.Kind != syntax.Hole && len(list.Items) == 0 {
		r.noFunctions(pair.Key.Span)
	}
	if list.Kind == syntax.Hole {
		r.allDoubt = true
	}
	first := map[string]*mesh.Function{}
	for _, item := range list.Items {
		if item.Kind != syntax.Mapping {
			r.allDoubt = true
			continue
		}
		f := r.function(item)
		r.mesh.Nodes = append(r.mesh.Nodes, f)
		if f.Name == "" {
			continue
		}
		if before := first[f.Name]; before != nil {
			r.list.Add(diag.DuplicateNode, f.Span, fmt.Sprintf("A function `%s` stands in this mesh already.", f.Name),
				"Give one of them another name.").Relate(before.Span, "first defined here")
			continue
		}
		first[f.Name] = f
	}
}

// noFunctions reports a mesh that would take down all that it had. Where
// something may stand in a place that could not be read, nothing is said.
func (r *resolver) noFunctions(at diag.Span) {
	if r.doc.Incomplete || len(r.doc.Passed) > 0 {
		return
	}
	d := r.list.Add(diag.NoFunctions, at, "The mesh has no functions: applied, it would take down all that it had.",
		"List its functions; to take the mesh down there is `meshc destroy`.")
	if !r.opts.NeedCode {
		d.Severity = diag.Warning
	}
}

func (r *resolver) function(n *syntax.Node) *mesh.Function {
	f := &mesh.Function{Span: firstSpan(n), Parallelism: 1, Settings: map[string]any{}, Spans: map[string]diag.Span{}}
	for _, p := range n.Pairs {
		f.Spans[p.Key.Value] = fieldSpan(p)
	}
	if v := n.Get("name"); usable(v) {
		f.Name, f.Span = v.Value, v.Span
		r.length(v, "function")
	}
	f.ClassName = textOf(n, "className")
	if v := n.Get("parallelism"); usable(v) {
		f.Parallelism = int(number(v))
	}
	r.wires(f, n)
	r.runtime(f, n)
	f.SubName = textOf(n, "subName")
	f.Guarantees = r.choice(f, n, guarantees)
	f.Position = r.choice(f, n, position)
	if v := n.Get("retainOrdering"); usable(v) {
		f.RetainOrdering = truth(v)
	}
	for _, name := range []string{"userConfig", "resources"} {
		if v := n.Get(name); v != nil && v.Kind == syntax.Mapping {
			f.Settings[name] = value(v)
		}
	}
	return f
}

// wires fills in the edges of a function.
func (r *resolver) wires(f *mesh.Function, n *syntax.Node) {
	first := map[*mesh.Topic]mesh.Edge{}
	if inputs := n.Get("inputs"); inputs != nil && inputs.Kind == syntax.Sequence {
		for _, item := range inputs.Items {
			if !usable(item) {
				continue
			}
			e, ok := r.edge(mesh.Input, item)
			if !ok {
				continue
			}
			if before, twice := first[e.Topic]; twice {
				r.list.Add(diag.DuplicateInput, e.Span, fmt.Sprintf("The function reads `%s` already.", e.Topic.Name),
					"Remove one of the two; short and full spelling name the same topic.").Relate(before.Span, "first given here")
				continue
			}
			first[e.Topic] = e
			f.Inputs = append(f.Inputs, e)
		}
	}
	f.Output = r.writes(mesh.Output, n.Get("output"))
	f.LogTopic = r.writes(mesh.Log, n.Get("logTopic"))
}

// writes wires a topic that the function writes. A broken one casts doubt on the
// topics that it may mean.
func (r *resolver) writes(role mesh.Role, n *syntax.Node) *mesh.Edge {
	switch {
	case n == nil:
		return nil
	case n.Kind == syntax.Hole:
		for _, item := range n.Items {
			r.doubt(item.Value)
		}
		r.allDoubt = r.allDoubt || len(n.Items) == 0
		return nil
	case n.Kind == syntax.Sequence && len(n.Items) > 0:
		n = n.Items[0]
	}
	if !usable(n) {
		r.allDoubt = true
		return nil
	}
	e, ok := r.edge(role, n)
	if !ok {
		r.allDoubt = true
		return nil
	}
	return &e
}

// The enums of a function.
var (
	guarantees, _ = fields.Named(fields.Function, "processingGuarantees")
	position, _   = fields.Named(fields.Function, "subscriptionPosition")
)

// choice reads an enum or gives its default, and refuses values that workers
// refuse for the function's language.
func (r *resolver) choice(f *mesh.Function, n *syntax.Node, field fields.Field) string {
	v := n.Get(field.Name)
	if !usable(v) {
		d, _ := field.Default.(string)
		return d
	}
	if field.Refused[f.Runtime] == v.Value {
		r.list.Add(diag.NotForRuntime, v.Span, fmt.Sprintf("Function workers refuse `%s: %s` for %s functions.", field.Name, v.Value, language(f.Runtime)),
			fmt.Sprintf("Remove the key: the default is %v.", field.Default))
	}
	return v.Value
}

func language(r fields.Runtime) string {
	switch r {
	case fields.Java:
		return "Java"
	case fields.Python:
		return "Python"
	case fields.Go:
		return "Go"
	}
	return string(r)
}
