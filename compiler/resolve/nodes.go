package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// lists are the keys that hold nodes. Of nodes of different lists the graph's
// order decides, so any fixed order does here: that of the data flow.
var lists = []struct {
	key  string
	kind fields.Kind
}{{"sources", fields.Source}, {"functions", fields.Function}, {"sinks", fields.Sink}}

func (r *resolver) nodes(root *syntax.Node) {
	var last *syntax.Pair
	entries := 0
	for _, l := range lists {
		pair := root.Pair(l.key)
		if pair == nil {
			continue
		}
		last = pair
		if pair.Value.Kind == syntax.Hole {
			entries++
			r.allDoubt = true
		}
		defaults := r.defaults(root, l.key, l.kind)
		for _, item := range pair.Value.Items {
			entries++
			if item.Kind != syntax.Mapping {
				r.allDoubt = true
				continue
			}
			r.mesh.Nodes = append(r.mesh.Nodes, r.node(l.kind, item, defaults))
		}
	}
	switch {
	case entries > 0:
	case last != nil:
		r.noNodes(last.Key.Span)
	default:
		r.noNodes(r.mesh.Span)
	}
	r.twice()
}

func (r *resolver) node(kind fields.Kind, n, defaults *syntax.Node) mesh.Node {
	full := under(n, defaults)
	switch kind {
	case fields.Source:
		return r.source(full)
	case fields.Sink:
		return r.sink(full)
	}
	return r.function(full)
}

// twice reports nodes of one name: functions, sources and sinks share one space.
func (r *resolver) twice() {
	first := map[string]mesh.Node{}
	for _, n := range r.mesh.Nodes {
		name := n.NodeName()
		if name == "" {
			continue
		}
		if before := first[name]; before != nil {
			r.list.Add(diag.DuplicateNode, n.NodeSpan(), fmt.Sprintf("A %s `%s` stands in this mesh already.", before.Kind(), name),
				"Give one of them another name.").Relate(before.NodeSpan(), "first defined here")
			continue
		}
		first[name] = n
	}
}

// noNodes reports a mesh that would take down all that it had. Where something
// may stand in a place that could not be read, nothing is said.
func (r *resolver) noNodes(at diag.Span) {
	if r.doc.Incomplete || len(r.doc.Passed) > 0 {
		return
	}
	d := r.list.Add(diag.NoFunctions, at, "The mesh has no functions, sources or sinks: applied, it would take down all that it had.",
		"List its functions; to take the mesh down there is `meshc destroy`.")
	if !r.opts.NeedCode {
		d.Severity = diag.Warning
	}
}
