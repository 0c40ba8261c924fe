package functionmesh

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// spec writes one component.
type spec struct {
	*writer
	node mesh.Node
	// tree are the node's fields; those that were written are taken out.
	tree *syntax.Node
	// own is the node's `kubernetes:`, merged that of the mesh with the node's on top.
	own, merged *syntax.Node
	used        map[string]bool
	spec        *syntax.Node
	at          diag.Span
}

func (w *writer) element(n mesh.Node) *spec {
	at := n.NodeSpan()
	e := &spec{writer: w, node: n, tree: foreign.Mapping(at), spec: foreign.Mapping(at), merged: foreign.Mapping(at), used: map[string]bool{}, at: at}
	for _, entry := range n.Base().Fields.Entries {
		f, ok := fields.Named(n.Kind(), entry.Key)
		v := entry.Value
		if !ok || f.Below == fields.Kubernetes || v.Shape == mesh.Unknown && v.From == "" || v.Shape == mesh.Scalar && v.Data == nil && v.From == "" {
			continue
		}
		e.tree.Pairs = append(e.tree.Pairs, syntax.Pair{Key: foreign.Text(entry.Key, entry.KeySpan), Value: w.Value(v)})
	}
	w.FullTopics(e.tree, n.Kind())
	e.own = w.kubernetes(n.Base().Fields.Get("kubernetes"))
	for _, p := range append(slices.Clone(w.shared.Pairs), e.own.Pairs...) {
		foreign.Set(e.merged, p.Key.Value, p.Value, p.Key.Span)
	}
	for _, r := range rowsOf(n.Kind()) {
		e.row(r)
	}
	e.left()
	return e
}

// take gives a field of the node and notes that it was written.
func (e *spec) take(field string) *syntax.Node {
	v := e.tree.Get(field)
	if v != nil {
		e.tree.Pairs = slices.DeleteFunc(e.tree.Pairs, func(p syntax.Pair) bool { return p.Key.Value == field })
	}
	return v
}

// takeKubernetes gives a field of `kubernetes:` and notes that it was written.
func (e *spec) takeKubernetes(field string) *syntax.Node {
	e.used[field] = true
	return e.merged.Get(field)
}

func (e *spec) set(name string, v *syntax.Node) {
	if v != nil && (v.Kind != syntax.Mapping || len(v.Pairs) > 0) {
		foreign.Set(e.spec, name, v, v.Span)
	}
}

func (e *spec) text(name, value string) { e.set(name, foreign.Text(value, e.at)) }

// lost reports a field that gets lost for a reason of its own.
func (e *spec) lost(code diag.Code, field, because string, hints ...string) {
	e.Differs(code, e.node, field, because, hints...)
}

// row writes one field of the resource.
func (e *spec) row(r row) {
	kind := e.node.Kind()
	if r.field != "" {
		v := e.value(r)
		if v == nil {
			v = e.explicit(r.name)
		}
		switch {
		case v != nil && r.name == "sourceConfig" && kind == fields.Source, v != nil && r.name == "sinkConfig" && kind == fields.Sink:
			foreign.Set(e.spec, r.name, v, e.at) // {} as well: the operator wants one
		default:
			e.set(r.name, v)
		}
		return
	}
	switch r.name {
	case "name":
		e.take("name")
		e.text("name", e.node.NodeName())
	case "tenant":
		e.take("tenant")
		e.text("tenant", e.Mesh.Tenant)
	case "namespace":
		e.take("namespace")
		e.text("namespace", e.Mesh.Namespace)
	case "replicas":
		e.take("parallelism")
		e.set("replicas", foreign.Number(float64(e.node.Base().Parallelism), e.at))
	case "input":
		e.input()
	case "output":
		e.output()
	case "windowConfig":
		e.window()
	case "secretsMap":
		e.secrets()
	case "processingGuarantee":
		e.guarantee()
	case "maxMessageRetry":
		e.retries()
	case "java", "python", "golang":
		e.code(r.name)
	case "sourceType", "sinkType":
		e.builtin(r.name)
	case "pulsar":
		e.pulsar()
	case "resources":
		e.resources()
	}
}

// value gives what the mesh says for a row that is a field of the node.
func (e *spec) value(r row) *syntax.Node {
	if name, ok := strings.CutPrefix(r.field, "kubernetes."); ok {
		v := e.takeKubernetes(name)
		if name == "statefulConfig" && v != nil && e.runtime() == fields.Go && e.own.Get(name) == nil {
			e.List.Add(diag.LostField, e.at, fmt.Sprintf("`kubernetes.statefulConfig` of the mesh is left out for the %s `%s`: functions in Go have no state store.", e.node.Kind(), e.node.NodeName()))
			return nil // what the mesh says for all is for those that can have a store
		}
		if f, _ := fields.Named(fields.Kubernetes, name); v != nil && isDefault(f, v) {
			return nil
		}
		return v
	}
	v := e.take(r.field)
	if v == nil {
		return nil
	}
	switch f, _ := fields.Named(e.node.Kind(), r.field); {
	case !f.Steered && isDefault(f, v):
		return nil
	case f.Name == "timeoutMs" && strings.HasPrefix(v.Value, "-"):
		return nil // below 0 means not set
	}
	if r.convert != nil && v.Kind == syntax.Scalar {
		out := *v
		out.Value = r.convert.write(v.Value)
		return &out
	}
	return v
}

// explicit writes out what the operator would take otherwise, or fill in.
func (e *spec) explicit(name string) *syntax.Node {
	text := func(s string) *syntax.Node { return foreign.Text(s, e.at) }
	switch name {
	case "clusterName":
		return text("kubernetes")
	case "minReplicas":
		return foreign.Number(1, e.at)
	case "subscriptionPosition":
		return text("latest")
	case "cleanupSubscription":
		return foreign.Truth(false, e.at)
	case "autoAck", "forwardSourceMessageProperty":
		return foreign.Truth(true, e.at)
	case "image":
		e.noImage = append(e.noImage, e.node.NodeName())
	case "className":
		if f, ok := e.node.(*mesh.Function); !ok || f.Runtime != fields.Go {
			if class := e.node.Base().ClassName; class != "" {
				return text(class)
			}
			e.List.Add(diag.TargetNeeds, e.at, fmt.Sprintf("The %s `%s` has no `className`: the operator does not look for it in the archive.", e.node.Kind(), e.node.NodeName()),
				"Give the class.")
		}
	case "sourceConfig", "sinkConfig":
		if e.node.Kind() != fields.Function {
			return foreign.Mapping(e.at)
		}
	case "subscriptionName":
		// The operator would name the dead letter topic otherwise.
		r := e.node.Reads()
		unnamed := r.DeadLetter == nil && e.tree.Get("maxMessageRetries") != nil
		// After a rename it is not what the operator would call it.
		if moved := e.node.Base().Lifecycle.MovedFrom != ""; moved || unnamed {
			return text(mesh.Subscription(e.Mesh.ID, e.node))
		}
	}
	return nil
}

func (e *spec) guarantee() {
	e.take("processingGuarantees")
	g := strings.ToLower(e.node.Base().Guarantees)
	if e.spec.Get("windowConfig") != nil {
		g = "manual" // the window has it
	}
	e.text("processingGuarantee", g)
}

func (e *spec) retries() {
	v := e.take("maxMessageRetries")
	switch {
	case v == nil || strings.HasPrefix(v.Value, "-"):
	case v.Value == "0":
		e.lost(diag.LostField, "maxMessageRetries", "0 means without end to the operator, so it is left out.", "Give 1 at least.")
	default:
		e.set("maxMessageRetry", v)
	}
}

// window writes a window with all that the operator does not fill in.
func (e *spec) window() {
	v := e.take("windowConfig")
	if v == nil || v.Kind != syntax.Mapping {
		return
	}
	out := foreign.Mapping(v.Span)
	foreign.Set(out, "actualWindowFunctionClassName", foreign.Text(e.node.Base().ClassName, e.at), e.at)
	for _, name := range windowFields {
		value := v.Get(name)
		if length := lengths[name]; value == nil && length != "" {
			value = v.Get(length)
		}
		if value != nil && !value.IsNull() {
			foreign.Set(out, name, value, value.Span)
		}
	}
	for _, dead := range []string{"actualWindowFunctionClassName", "processingGuarantees"} {
		if v.Get(dead) != nil {
			e.lost(diag.LostField, "windowConfig", fmt.Sprintf("`%s` in it is left out, as function workers overwrite it.", dead))
		}
	}
	guarantee := e.node.Base().Guarantees
	if guarantee == "ATLEAST_ONCE" || guarantee == "ATMOST_ONCE" {
		foreign.Set(out, "processingGuarantees", foreign.Text(guarantee, e.at), e.at)
	}
	e.set("windowConfig", out)
}

// secrets writes references to Secrets. Those of another form are for workers
// with a secrets provider of their own.
func (e *spec) secrets() {
	v := e.take("secrets")
	if v == nil {
		return
	}
	out := foreign.Mapping(v.Span)
	for _, p := range v.Pairs {
		ok := p.Value.Kind == syntax.Mapping && len(p.Value.Pairs) > 0
		for _, q := range p.Value.Pairs {
			ok = ok && (q.Key.Value == "path" || q.Key.Value == "key") && q.Value.IsText()
		}
		if !ok {
			e.lost(diag.LostField, "secrets", fmt.Sprintf("`%s` is left out: it is no mapping of `path`, the name of a Secret, and `key`.", p.Key.Value))
			continue
		}
		out.Pairs = append(out.Pairs, p)
	}
	e.set("secretsMap", out)
}

func (e *spec) pulsar() {
	out := foreign.Mapping(e.at)
	for _, name := range pulsarFields {
		if v := e.takeKubernetes(name); v != nil {
			foreign.Set(out, name, v, v.Span)
		}
	}
	if out.Get("pulsarConfig") == nil {
		e.noPulsar = append(e.noPulsar, e.node.NodeName())
	}
	e.set("pulsar", out)
}

// left reports what was not written.
func (e *spec) left() {
	for _, p := range e.tree.Pairs {
		if p.Key.Value == "lifecycle" && e.deploys {
			continue
		}
		e.Lost(e.node, p.Key.Value, e.node.Base().SpanOf(p.Key.Value))
	}
	for _, key := range []string{"name", "namespace", "labels", "annotations"} {
		e.used[key] = true
	}
	for _, p := range e.own.Pairs {
		if !e.used[p.Key.Value] {
			e.List.Add(diag.LostField, p.Key.Span, fmt.Sprintf("`kubernetes.%s` of the %s `%s` is left out: the resource of a %s has no field for it.",
				p.Key.Value, e.node.Kind(), e.node.NodeName(), e.node.Kind()))
		}
	}
}
