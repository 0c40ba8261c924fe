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
}

func (r *resolver) codeOf(n *syntax.Node, key string, runtime fields.Runtime) *code {
	if p := n.Pair(key); p != nil {
		return &code{p.Key, p.Value, runtime}
	}
	return nil
}

// runtime finds out the language of a function and its code file.
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
	if found == nil {
		found = r.jar
	}
	if found == nil {
		if !r.doc.Incomplete {
			r.list.Add(diag.NoRuntime, f.Span, "Nothing says where the code of the function is.",
				"Give `jar`, `py` or `go`, or a `jarFile` for all Java functions of the mesh.")
		}
		return
	}
	f.Runtime = found.runtime
	r.className(f, n, found)
	if usable(found.value) {
		f.Code = r.file(found)
		r.content(f, n, found)
	}
}

func (r *resolver) className(f *mesh.Function, n *syntax.Node, c *code) {
	class := n.Get("className")
	if class == nil {
		if f.Runtime != fields.Go && !r.doc.Incomplete {
			r.list.Add(diag.MissingKey, f.Span, fmt.Sprintf("A %s function needs a key `className`.", language(f.Runtime)),
				"Add `className: ` with the class that the function is.")
		}
		return
	}
	if f.Runtime != fields.Python || !usable(class) || !usable(c.value) || filepath.Ext(c.value.Value) != ".py" {
		return
	}
	// The Python instance imports the module by the class's own name
	// (python_instance_main.py), from the folder that the file was put into.
	parts := strings.Split(class.Value, ".")
	module := parts[max(len(parts)-2, 0)]
	base := strings.TrimSuffix(filepath.Base(c.value.Value), ".py")
	if module != base {
		name := parts[len(parts)-1]
		r.list.Add(diag.BadArtifact, class.Span,
			fmt.Sprintf("The class is looked for in a module `%s`, and the file is `%s`.", module, filepath.Base(c.value.Value)),
			fmt.Sprintf("Write `className: %s.%s`, or rename the file to `%s.py`.", base, name, module)).Relate(c.value.Span, "file given here")
	}
}

// file checks where the code is and whether it is there.
func (r *resolver) file(c *code) mesh.Code {
	name := c.value.Value
	out := mesh.Code{Path: name, Span: c.value.Span}
	if detail, hint := wrongFile(c.runtime, name); detail != "" {
		r.list.Add(diag.BadArtifact, c.value.Span, detail, hint)
		return out
	}
	if !filepath.IsAbs(name) {
		out.Path = filepath.Join(r.opts.Dir, filepath.FromSlash(name))
	}
	problem := r.files.problem(out.Path)
	out.Found = problem == ""
	if problem != "" {
		d := r.list.Add(diag.MissingArtifact, c.value.Span, problem, "Build it first, or mend the path; it is relative to the mesh file.")
		if !r.opts.NeedCode {
			d.Severity = diag.Warning
		}
	}
	return out
}

// wrongFile says why a location is none that the runtime takes.
func wrongFile(runtime fields.Runtime, name string) (detail, hint string) {
	if scheme, rest, found := strings.Cut(name, "://"); found {
		if scheme == "file" {
			return fmt.Sprintf("`%s` is a URL.", name), fmt.Sprintf("Write the path alone: `%s`.", rest)
		}
		return fmt.Sprintf("Code at `%s://` locations is not taken by this version of meshc.", scheme), "Give a local file."
	}
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case runtime == fields.Java && ext == ".nar":
		return fmt.Sprintf("`%s` is a NAR, which this version of meshc does not take.", name), "Give a jar with the function's classes."
	case runtime == fields.Java && ext != ".jar":
		return fmt.Sprintf("`%s` is not a `.jar` file.", name), "Give the jar with the function's classes."
	case runtime == fields.Python && (ext == ".zip" || ext == ".whl"):
		return fmt.Sprintf("`%s` is a Python package, which this version of meshc does not take.", name), "Give a single `.py` file."
	case runtime == fields.Python && ext != ".py":
		return fmt.Sprintf("`%s` is not a `.py` file.", name), "Give the Python file with the function."
	}
	return "", ""
}
