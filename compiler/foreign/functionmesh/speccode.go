package functionmesh

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// codeKeys are the fields that say where code is.
var codeKeys = []string{"jar", "py", "go", "functionType", "archive", "sourceType", "sinkType", "runtime"}

// runtime gives the node's language.
func (e *spec) runtime() fields.Runtime {
	if f, ok := e.node.(*mesh.Function); ok {
		return f.Runtime
	}
	return fields.Java
}

// code writes the block of the node's language.
func (e *spec) code(name string) {
	var b block
	for _, candidate := range blocks {
		if candidate.name == name {
			b = candidate
		}
	}
	if b.runtime != e.runtime() {
		return
	}
	c := e.node.Base().Code
	key := e.codeKey(b)
	path, location := e.takeKubernetes("codePath"), e.takeKubernetes("codeLocation")
	inImage, isFile := strings.CutPrefix(c.Location, fileScheme)
	builtin, isBuiltin := mesh.Builtin(c.Location)
	out := foreign.Mapping(e.at)
	download, sent := "", ""
	if c.Path != "" && e.location != nil {
		sent = e.location(e.node)
	}
	switch {
	case location == nil && sent != "":
		download = sent
	case location != nil:
		download = location.Value
		if c.Location != download {
			e.lost(diag.LostField, key, "the resource holds `kubernetes.codeLocation` instead.")
		}
	case c.Location != "" && !isFile && !isBuiltin:
		download = c.Location
	case path == nil && !isFile:
		e.List.Add(diag.TargetNeeds, e.at, fmt.Sprintf("`%s` of the %s `%s` is nothing that a container could load.", key, e.node.Kind(), e.node.NodeName()),
			"Upload it as a package and give `kubernetes: {codeLocation: function://tenant/namespace/name@1}`, or give the path in the image as `codePath`.")
	case c.Path != "" && (sent == "" || download != sent):
		e.lost(diag.LostField, key, "the resource holds the path in the container instead.")
	case isBuiltin && e.node.Kind() == fields.Function:
		e.lost(diag.LostField, key, fmt.Sprintf("the name `%s` is left out; the resource holds the path in the container instead.", builtin))
	case isFile && path != nil && !sameFile(inImage, path.Value):
		e.lost(diag.LostField, key, "the resource holds `kubernetes.codePath` instead.")
	}
	switch {
	case path != nil:
		foreign.Set(out, b.path, path, path.Span)
	case download != "" && b.name == "python" && (download != sent || filepath.Ext(c.Path) == ".py"):
		foreign.Set(out, b.path, foreign.Text(pythonPath(download, e.node.Base().ClassName), e.at), e.at)
	case download != "" && download == sent:
		foreign.Set(out, b.path, foreign.Text(defaultPath(download, filepath.Ext(c.Path)), e.at), e.at)
	case download != "":
		foreign.Set(out, b.path, foreign.Text(defaultPath(download, b.extension(e.node.Kind() != fields.Function)), e.at), e.at)
	default:
		foreign.Set(out, b.path, foreign.Text(inImage, e.at), e.at)
	}
	if download != "" {
		at := e.node.Base().SpanOf(key)
		if location != nil {
			at = location.Span
		}
		foreign.Set(out, b.location, foreign.Text(download, at), at)
	}
	e.runtimeFields(b, out)
	for _, key := range codeKeys {
		e.take(key)
	}
	e.set(name, out)
}

// sameFile tells whether a path in the image is the one that a location names.
func sameFile(location, path string) bool {
	return location == path || location == "/pulsar/"+path
}

// codeKey names the field that says where the node's code is.
func (e *spec) codeKey(b block) string {
	key := b.key
	if e.node.Kind() != fields.Function {
		key = "archive"
	}
	for _, other := range []string{"functionType", "sourceType", "sinkType"} {
		if e.tree.Get(other) != nil {
			return other
		}
	}
	return key
}

// runtimeFields writes the other fields of the block.
func (e *spec) runtimeFields(b block, out *syntax.Node) {
	v := e.takeKubernetes("runtime")
	if v == nil {
		return
	}
	for _, name := range b.rest {
		if value := v.Get(name); value != nil {
			foreign.Set(out, name, value, value.Span)
		}
	}
	for _, p := range v.Pairs {
		if !slices.Contains(b.rest, p.Key.Value) {
			e.List.Add(diag.LostField, p.Key.Span, fmt.Sprintf("`kubernetes.runtime` of the %s `%s`: `%s` is left out, as the resource's `%s` has no field for it.", e.node.Kind(), e.node.NodeName(), p.Key.Value, b.name))
		}
	}
}

// builtin keeps the name of a builtin connector, which the operator does not read.
func (e *spec) builtin(name string) {
	if builtin, ok := mesh.Builtin(e.node.Base().Code.Location); ok && e.merged.Get("codeLocation") == nil {
		e.text(name, builtin)
	}
}
