package functionmesh

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

const fileScheme = "file://"

// code reads where the code is. What is downloaded is code at that location, and
// what is in the image is a file of the machine that runs it.
func (e *element) code(p syntax.Pair) {
	i := slices.IndexFunc(blocks, func(b block) bool { return b.name == p.Key.Value })
	b := blocks[i]
	connector := e.kind != fields.Function
	if connector && b.name != "java" {
		e.lost(p.Key.Span, p.Key.Value, "the operator reads it for functions only.")
		return
	}
	rest := foreign.Mapping(p.Value.Span)
	var path, location *syntax.Pair
	e.fields(p.Value, "`"+b.name+"`", append([]string{b.path, b.location}, b.rest...), func(q syntax.Pair) {
		switch {
		case q.Key.Value == b.path:
			path = &q
		case q.Key.Value == b.location && textOf(q.Value) != "":
			location = &q
		case slices.Contains(b.rest, q.Key.Value):
			rest.Pairs = append(rest.Pairs, q)
		}
	})
	key := b.key
	if connector {
		key = "archive"
	}
	if path != nil {
		e.codePath(b, key, *path, location)
	} else if p.Value.Kind == syntax.Mapping {
		e.list.Add(diag.MissingKey, p.Key.Span, fmt.Sprintf("`%s` needs a key `%s`.", b.name, b.path), "Say where in the container the code is.")
		foreign.Set(e.tree, key, &syntax.Node{Span: p.Key.Span}, p.Key.Span)
	}
	if len(rest.Pairs) > 0 {
		e.kubernetes(p.Key, "runtime", rest)
	}
}

func (e *element) codePath(b block, key string, path syntax.Pair, location *syntax.Pair) {
	inside := textOf(path.Value)
	builtin := e.builtin()
	switch {
	case location != nil && !strings.Contains(location.Value.Value, "://"):
		e.list.Add(diag.NotConvertible, location.Value.Span, fmt.Sprintf("`%s` is no location that the operator downloads from.", location.Value.Value),
			"Upload the code as a package, such as function://tenant/namespace/name@1, or give an http(s) URL.")
		foreign.Set(e.tree, key, &syntax.Node{Span: location.Value.Span}, location.Value.Span)
	case location != nil:
		if builtin != nil {
			e.lost(builtin.Key.Span, builtin.Key.Value, "the operator does not read it, and the code has a location.")
		}
		e.put(key, location.Key, location.Value)
		usual := defaultPath(location.Value.Value, b.extension(key == "archive"))
		if b.name == "python" {
			usual = pythonPath(location.Value.Value, textOf(e.spec.Get("className")))
		}
		if inside != usual {
			e.kubernetes(path.Key, "codePath", path.Value)
		}
	case builtin != nil:
		e.put(builtin.Key.Value, builtin.Key, builtin.Value)
		e.kubernetes(path.Key, "codePath", path.Value)
	case strings.HasPrefix(inside, "/"):
		e.put(key, path.Key, foreign.Text(fileScheme+inside, path.Value.Span))
	default:
		// Relative paths begin in the working folder of the image.
		e.put(key, path.Key, foreign.Text(fileScheme+"/pulsar/"+inside, path.Value.Span))
		e.kubernetes(path.Key, "codePath", path.Value)
	}
}

// builtin gives the name of a builtin connector. The operator does not read it,
// and yet it tells what is at a path in the image.
func (e *element) builtin() *syntax.Pair {
	key := map[fields.Kind]string{fields.Source: "sourceType", fields.Sink: "sinkType"}[e.kind]
	if p := e.spec.Pair(key); p != nil && foreign.Usable(p.Value) && p.Value.Value != "" {
		return p
	}
	return nil
}

// generic refuses what function workers have no runtime for. The node keeps holes
// in the places of its code and class, so that nothing is said about those.
func (e *element) generic(p syntax.Pair) {
	if e.kind != fields.Function {
		e.lost(p.Key.Span, p.Key.Value, "the operator reads it for functions only.")
		return
	}
	e.list.Add(diag.NotConvertible, p.Key.Span, "A function with a generic runtime has no form in a mesh: Pulsar runs Java, Python and Go.",
		"Keep it in a resource of its own.")
	for _, key := range []string{"jar", "className"} {
		if e.tree.Get(key) == nil && !given(e.spec, "java") && !given(e.spec, key) {
			foreign.Set(e.tree, key, &syntax.Node{Span: p.Key.Span}, p.Key.Span)
		}
	}
}
