package functionmesh

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// element reads one component, an element of a mesh or the spec of a resource.
type element struct {
	*reader
	kind fields.Kind
	spec *syntax.Node
	// tree is the node that comes of it, block its `kubernetes:`.
	tree, block       *syntax.Node
	tenant, namespace *syntax.Node
	// at is a place on one line that stands for the element.
	at diag.Span
}

func (r *reader) element(kind fields.Kind, spec, name *syntax.Node) *element {
	e := &element{reader: r, kind: kind, spec: spec, tree: foreign.Mapping(spec.Span), block: foreign.Mapping(spec.Span), at: spec.Span}
	e.tree.Flow = spec.Flow
	if len(spec.Pairs) > 0 {
		e.at = spec.Pairs[0].Key.Span
	}
	if own := spec.Get("name"); own != nil && !own.IsNull() {
		name = own
	}
	if name != nil {
		foreign.Set(e.tree, "name", name, name.Span)
		e.at = name.Span
	}
	for _, p := range spec.Pairs {
		e.entry(p)
	}
	e.replicas()
	e.defaults()
	return e
}

// node gives what came of the element.
func (e *element) node() foreign.Node {
	if len(e.block.Pairs) > 0 {
		foreign.Set(e.tree, "kubernetes", e.block, e.at)
	}
	return foreign.Node{Kind: e.kind, Tree: e.tree}
}

func (e *element) entry(p syntax.Pair) {
	r, known := rowNamed(e.kind, p.Key.Value)
	if !known {
		var names []string
		for _, r := range rowsOf(e.kind) {
			names = append(names, r.name)
		}
		e.unknown(p.Key, fmt.Sprintf("The resource of a %s", e.kind), names)
		near, ok := diag.Nearest(p.Key.Value, names)
		if !ok || e.spec.Pair(near) != nil {
			return
		}
		// What follows from its absence would be noise.
		p.Key = foreign.Renamed(p.Key, near)
		r, _ = rowNamed(e.kind, near)
	}
	if p.Value.IsNull() {
		return
	}
	if r.field != "" {
		value := p.Value
		if r.convert != nil && value.IsText() {
			converted := *value
			converted.Value = r.convert.read(value.Value)
			value = &converted
		}
		e.put(r.field, p.Key, value)
		return
	}
	switch r.name {
	case "tenant":
		e.tenant = p.Value
	case "namespace":
		e.namespace = p.Value
	case "input":
		e.input(p)
	case "output":
		e.output(p)
	case "windowConfig":
		e.window(p)
	case "secretsMap":
		e.put("secrets", p.Key, p.Value)
	case "processingGuarantee":
		e.guarantee(p)
	case "maxMessageRetry":
		if p.Value.Type != syntax.Int || p.Value.Value != "0" { // 0 means without end, as no number does in a mesh
			e.put("maxMessageRetries", p.Key, p.Value)
		}
	case "java", "python", "golang":
		e.code(p)
	case "genericRuntime":
		e.generic(p)
	case "pulsar":
		e.fields(p.Value, "`pulsar`", pulsarFields, func(q syntax.Pair) { e.kubernetes(q.Key, q.Key.Value, q.Value) })
	case "resources":
		e.resources(p)
	}
}

// put gives a field of the node a value, unless the node has it by default.
// Steered fields are what meshc makes of them.
func (e *element) put(field string, key, value *syntax.Node) {
	if name, ok := strings.CutPrefix(field, "kubernetes."); ok {
		e.kubernetes(key, name, value)
		return
	}
	f, _ := fields.Named(e.kind, field)
	if f.Steered && value.Type == syntax.Bool {
		if value.Value == "false" {
			return
		}
	} else if isDefault(f, value) {
		return
	}
	e.tree.Pairs = append(e.tree.Pairs, syntax.Pair{Key: foreign.Renamed(key, field), Value: value})
}

func (e *element) kubernetes(key *syntax.Node, name string, value *syntax.Node) {
	f, _ := fields.Named(fields.Kubernetes, name)
	if value.IsNull() || isDefault(f, value) {
		return
	}
	e.block.Pairs = append(e.block.Pairs, syntax.Pair{Key: foreign.Renamed(key, name), Value: value})
}

// isDefault tells whether a value is what the field has when it is not given, or
// an empty mapping where that says nothing.
func isDefault(f fields.Field, n *syntax.Node) bool {
	// Python makes a key reader only where its settings are given, be they none.
	if n.Kind == syntax.Mapping && len(n.Pairs) == 0 && f.Kind != fields.Crypto && (f.Type == fields.Map || f.Type == fields.TextMap || f.Type == fields.Object) {
		return true
	}
	if f.Default == nil || n.Kind != syntax.Scalar {
		return false
	}
	switch d := f.Default.(type) {
	case bool:
		return n.Type == syntax.Bool && (n.Value == "true") == d
	case string:
		return n.Type == syntax.Text && n.Value == d
	case float64:
		return n.Type == syntax.Int && reflect.DeepEqual(foreign.Number(d, n.Span).Value, n.Value)
	}
	return false
}

// fields takes the known fields of a mapping and reports the others.
func (e *element) fields(n *syntax.Node, where string, known []string, take func(syntax.Pair)) {
	if !e.mapping(n, where) {
		return
	}
	for _, p := range n.Pairs {
		switch {
		case !slices.Contains(known, p.Key.Value):
			e.unknown(p.Key, where, known)
		case !p.Value.IsNull():
			take(p)
		}
	}
}

// replicas reads the number of instances: that which is given, or the least.
func (e *element) replicas() {
	p := e.spec.Pair("replicas")
	if p == nil || p.Value.IsNull() {
		p = e.spec.Pair("minReplicas")
	}
	if p != nil && !p.Value.IsNull() {
		e.put("parallelism", p.Key, p.Value)
	}
}

// defaults writes out what the operator does where nothing is said and Pulsar
// does something else.
func (e *element) defaults() {
	key := map[fields.Kind]string{fields.Function: "subscriptionPosition", fields.Sink: "sourceSubscriptionPosition"}[e.kind]
	if key != "" && e.tree.Pair(key) == nil && !given(e.spec, "subscriptionPosition") {
		foreign.Set(e.tree, key, foreign.Text("Earliest", e.at), e.at)
	}
	if e.kind == fields.Function && given(e.spec, "sourceConfig") && e.tree.Get("inputs") == nil && e.tree.Get("inputSpecs") == nil {
		at := e.spec.Pair("sourceConfig").Key.Span
		e.list.Add(diag.NotConvertible, at, "A function that reads from a connector has no form in a mesh, whose functions read topics.",
			"Make the connector a source that writes a topic, and let the function read that.")
		foreign.Set(e.tree, "inputs", &syntax.Node{Span: at}, at)
	}
	if name := map[fields.Kind]string{fields.Function: "subName", fields.Sink: "sourceSubscriptionName"}[e.kind]; name != "" {
		place := foreign.Mesh{Tenant: e.tenant, Namespace: e.namespace}
		tenant, namespace := place.Place()
		own := tenant + "/" + namespace + "/" + textOf(e.tree.Get("name"))
		e.tree.Pairs = slices.DeleteFunc(e.tree.Pairs, func(p syntax.Pair) bool { return p.Key.Value == name && (p.Value.Value == own || p.Value.Value == "") })
	}
}

func given(n *syntax.Node, key string) bool {
	v := n.Get(key)
	return v != nil && !v.IsNull()
}

// guarantee reads the delivery guarantee; of a window it stands in its block.
func (e *element) guarantee(p syntax.Pair) {
	window := e.spec.Get("windowConfig")
	if p.Value.IsText() && p.Value.Value == "manual" && window != nil && window.Kind == syntax.Mapping {
		return
	}
	value := *p.Value
	f, _ := fields.Named(e.kind, "processingGuarantees")
	if up := strings.ToUpper(value.Value); slices.Contains(f.Values, up) {
		value.Value = up
	}
	e.put(f.Name, p.Key, &value)
}

// window reads a window. The guarantee in it is the function's: the function's own
// is manual then, as workers write it (FunctionConfigUtils.convert).
func (e *element) window(p syntax.Pair) {
	if !e.mapping(p.Value, "`windowConfig`") {
		return
	}
	out := *p.Value
	out.Pairs = nil
	for _, q := range p.Value.Pairs {
		switch key := q.Key.Value; {
		case q.Value.IsNull():
		case lengths[key] != "" && textOf(p.Value.Get(lengths[key])) == q.Value.Value:
			// An interval is its window's length by default.
		case slices.Contains(windowFields, key):
			out.Pairs = append(out.Pairs, q)
		case key == "actualWindowFunctionClassName":
			if class := textOf(e.spec.Get("className")); q.Value.Value != "" && q.Value.Value != class {
				e.lost(q.Key.Span, key, "the operator overwrites it by `className`.")
			}
		case key == "processingGuarantees":
			own := textOf(e.spec.Get("processingGuarantee"))
			if own == "" || own == "manual" {
				e.put("processingGuarantees", q.Key, q.Value)
			} else if !strings.EqualFold(own, q.Value.Value) {
				e.list.Add(diag.OtherMeaning, q.Key.Span, fmt.Sprintf("The window is to be `%s`, and the function `%s`; in Pulsar both are one.", q.Value.Value, own),
					"The function's is taken. Write `processingGuarantee: manual` for the window's.")
			}
		default:
			e.unknown(q.Key, "`windowConfig`", append([]string{"actualWindowFunctionClassName", "processingGuarantees"}, windowFields...))
		}
	}
	e.tree.Pairs = append(e.tree.Pairs, syntax.Pair{Key: p.Key, Value: &out})
}
