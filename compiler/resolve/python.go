package resolve

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// pythonContent looks for the class, or for the function process of the module
// that a name without a dot is (python_instance.py).
func (r *resolver) pythonContent(f *mesh.Function, class *syntax.Node, c *code) {
	module, name, dotted := cutLast(class.Value)
	if !dotted {
		module, name = class.Value, "process"
	}
	m, base, err := r.pythonModule(f.Code.Path, module)
	switch {
	case err != nil:
		r.broken(c, err)
		return
	case base == "":
		return // the module is another file's, which was told of
	case m == nil:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` has no module `%s`.", c.value.Value, artifact.Clean(module)),
			"Modules stand in the folder `src` of a zip, and at the top of a wheel.").Relate(c.value.Span, "code file given here")
		return
	}
	facts := m.Lookup(name)
	shown := artifact.Clean(name)
	switch {
	case facts.Kind == artifact.PythonNothing && !dotted:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` has no function `process`, which is called when `className` names the module alone.", c.value.Value),
			pythonHints(base, name, m)...).Relate(c.value.Span, "code file given here")
	case facts.Kind == artifact.PythonNothing:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` defines no class `%s`.", c.value.Value, shown),
			pythonHints(base, name, m)...).Relate(c.value.Span, "code file given here")
	case !dotted:
	case facts.Kind == artifact.PythonFunction && len(facts.Required) > 0:
		r.refuse(class, c, fmt.Sprintf("`%s` is a function, and instances call the method `process` of a class, or the function `process` of a module.", shown),
			fmt.Sprintf("For the function `process` of the module, write `className: %s`.", base))
	case facts.Kind == artifact.PythonClass && facts.Process == artifact.No:
		r.refuse(class, c, fmt.Sprintf("The class `%s` has no method `process`.", shown), "Add `def process(self, input, context):` to it.")
	case facts.Kind == artifact.PythonClass && len(facts.Required) > 0:
		r.refuse(class, c, fmt.Sprintf("To make a `%s`, `%s` has to be given, and instances give nothing.", shown, artifact.Clean(facts.Required[0])),
			"Give the parameters of `__init__` defaults, or read settings with `context.get_user_config_value`.")
	}
}

// pythonModule reads the module of a class: the file itself, or a file in the zip
// or wheel. base is the module's name, empty where the file is another module's;
// m is nil where the archive has no such module.
func (r *resolver) pythonModule(path, module string) (m *artifact.PythonModule, base string, err error) {
	if !strings.EqualFold(filepath.Ext(path), ".py") {
		jar := r.files.jar(path)
		if jar.err != nil {
			return nil, module, jar.err
		}
		m, err = jar.archive.Python(module)
		return m, module, err
	}
	if _, last, ok := cutLast(module); ok {
		module = last
	}
	base = strings.TrimSuffix(lastPart(path), filepath.Ext(path))
	if module != base {
		return nil, "", nil
	}
	read := r.files.module(path)
	return read.module, base, read.err
}

// cutLast splits a dotted name before its last part.
func cutLast(s string) (before, last string, found bool) {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return "", s, false
}

// lastPart is the file's name without its folders.
func lastPart(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
