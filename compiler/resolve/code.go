package resolve

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// languages ties the keys for code to the runtimes, as function workers do.
var languages = []struct {
	key     string
	runtime fields.Runtime
}{{"jar", fields.Java}, {"py", fields.Python}, {"go", fields.Go}}

// code is a place that names a code file. A broken one was reported already.
type code struct {
	key     *syntax.Node
	value   *syntax.Node
	runtime fields.Runtime
	kind    fields.Kind
}

func (r *resolver) codeOf(n *syntax.Node, key string, runtime fields.Runtime) *code {
	if p := n.Pair(key); p != nil {
		return &code{p.Key, p.Value, runtime, fields.Function}
	}
	return nil
}

// runtime finds out the language of a function and its code.
func (r *resolver) runtime(f *mesh.Function, n *syntax.Node) {
	var found *code
	for _, l := range languages {
		c := r.codeOf(n, l.key, l.runtime)
		switch {
		case c == nil:
		case found == nil:
			found = c
		default:
			r.list.Add(diag.TwoRuntimes, c.key.Span, fmt.Sprintf("`%s` and `%s` are both given, so the language is not clear.", found.key.Value, c.key.Value),
				"Keep the one that the function is written in.").Relate(found.key.Span, "first given here")
			return
		}
	}
	if byName := n.Pair("functionType"); byName != nil {
		r.builtin(f, byName, found)
		return
	}
	if found == nil {
		found = r.jar
	}
	given := n.Get("runtime")
	if found == nil {
		if usable(given) {
			f.Runtime = fields.Runtime(given.Value)
		}
		if !r.doc.Incomplete && len(r.doc.Passed) == 0 {
			r.list.Add(diag.NoRuntime, f.Span, "Nothing says where the code of the function is.",
				"Give `jar`, `py` or `go`, or `functionType` for a builtin one, or a `jarFile` for all Java functions of the mesh.")
		}
		return
	}
	f.Runtime = found.runtime
	if usable(given) && fields.Runtime(given.Value) != found.runtime {
		r.list.Add(diag.TwoRuntimes, given.Span, fmt.Sprintf("The language is to be %s, and `%s` holds code of %s.", fields.Runtime(given.Value).Language(), found.key.Value, found.runtime.Language()),
			"Remove `runtime`: the kind of the code says it.").Relate(found.key.Span, "code given here")
	}
	if usable(found.value) {
		f.Code = r.file(found)
	}
	if r.className(f, n, found) {
		r.content(f, n, found)
	}
}

// builtin takes a function that the workers have by its name, as pulsar-admin does.
func (r *resolver) builtin(f *mesh.Function, name *syntax.Pair, other *code) {
	if other != nil {
		r.list.Add(diag.TwoRuntimes, name.Key.Span, fmt.Sprintf("`%s` and `functionType` are both given, so it is not clear which code runs.", other.key.Value),
			"Keep one of the two.").Relate(other.key.Span, "first given here")
		return
	}
	f.Runtime = fields.Java
	if usable(name.Value) {
		f.Code = mesh.Code{Location: "builtin://" + name.Value.Value, Span: name.Value.Span}
	}
}

// className checks what can be told of the class without the code, and whether it
// makes sense to look for it there.
func (r *resolver) className(f *mesh.Function, n *syntax.Node, c *code) bool {
	class := n.Get("className")
	if class == nil && strings.EqualFold(filepath.Ext(f.Code.Path), ".nar") {
		// A NAR may name its function itself; one that is not there yet is not asked.
		if !f.Code.Found {
			return false
		}
		if about, err := r.named(f.Code.Path); err == nil && about.FunctionClass != "" {
			f.ClassName = about.FunctionClass
			return true
		}
	}
	if class == nil {
		if _, builtin := mesh.Builtin(f.Code.Location); !builtin && f.Runtime != fields.Go && !r.doc.Incomplete {
			r.list.Add(diag.MissingKey, f.Span, fmt.Sprintf("A %s function needs a key `className`.", f.Runtime.Language()),
				"Add `className: ` with the class that the function is.")
		}
		return f.Runtime == fields.Go
	}
	if f.Runtime == fields.Python && usable(class) && f.Code.Path != "" {
		return r.pythonModule(class, c)
	}
	return true
}

// file checks where the code is and whether it is there.
func (r *resolver) file(c *code) mesh.Code {
	name := c.value.Value
	out := mesh.Code{Span: c.value.Span}
	if detail, hint := wrongFile(c, name); detail != "" {
		r.list.Add(diag.BadArtifact, c.value.Span, detail, hint)
		return out
	}
	if strings.Contains(name, "://") {
		out.Location = name
		return out
	}
	out.Path = r.path(c.value)
	problem := r.files.problem(out.Path)
	out.Found = problem == ""
	if problem != "" {
		r.missing(c.value.Span, problem)
	}
	return out
}

// path gives the place of a file that a mesh names.
func (r *resolver) path(n *syntax.Node) string {
	if r.opts.File != nil {
		return r.opts.File(r.typed(n))
	}
	return r.typed(n)
}

// typed makes a path usable from the working folder: it is relative to the file
// that it stands in.
func (r *resolver) typed(n *syntax.Node) string {
	dir := r.opts.Dir
	switch {
	case filepath.IsAbs(n.Value):
		return n.Value
	case n.Span.File != r.doc.File && r.opts.DirOf != nil:
		dir = r.opts.DirOf(n.Span.File)
	}
	return filepath.Join(dir, filepath.FromSlash(n.Value))
}

func (r *resolver) missing(at diag.Span, problem string) {
	d := r.list.Add(diag.MissingArtifact, at, problem, "Build it first, or mend the path; it is relative to the mesh file.")
	if !r.opts.NeedCode {
		d.Severity = diag.Warning
	}
}

// locations are the forms of code that is no local file, by what may use them
// (Utils.isFunctionPackageUrlSupported, PackageType).
var locations = []struct {
	scheme string
	ok     func(*code) bool
}{
	{"builtin", func(c *code) bool { return c.runtime == fields.Java }},
	{"function", func(c *code) bool { return c.kind == fields.Function }},
	{"source", func(c *code) bool { return c.kind == fields.Source }},
	{"sink", func(c *code) bool { return c.kind == fields.Sink }},
	{"http", func(*code) bool { return true }},
	{"https", func(*code) bool { return true }},
	{"file", func(*code) bool { return true }},
}

// wrongFile says why a location is none that a worker takes.
func wrongFile(c *code, name string) (detail, hint string) {
	if scheme, rest, found := strings.Cut(name, "://"); found {
		for _, l := range locations {
			switch {
			case l.scheme != scheme:
			case rest == "":
				return fmt.Sprintf("`%s` names nothing.", name), "Give what comes after `://`, or a local file."
			case l.ok(c):
				return "", ""
			case scheme == "builtin":
				return fmt.Sprintf("`%s`: only Java code can be builtin.", name), "Give a local file."
			default:
				return fmt.Sprintf("`%s` is a package of a %s, and this is a %s.", name, scheme, c.kind), fmt.Sprintf("Give a package `%s://tenant/namespace/name@version`.", c.kind)
			}
		}
		return fmt.Sprintf("Function workers take no code at `%s://` locations.", scheme), "Give a local file, a package, or an http(s) URL."
	}
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case c.runtime == fields.Java && ext != ".jar" && ext != ".nar":
		return fmt.Sprintf("`%s` is neither a `.jar` nor a `.nar` file.", name), fmt.Sprintf("Give the jar or NAR with the %s's classes.", c.kind)
	case c.runtime == fields.Python && ext != ".py" && ext != ".zip" && ext != ".whl":
		return fmt.Sprintf("`%s` is not a `.py`, `.zip` or `.whl` file.", name), "Give the Python file with the function."
	}
	return "", ""
}
