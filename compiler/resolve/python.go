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

// pythonModule tells of a class that is looked for in another module than the file
// is: instances import the module by the class's own name, from the folder that
// the file was put into (util.import_class).
func (r *resolver) pythonModule(class *syntax.Node, c *code) bool {
	if filepath.Ext(c.value.Value) != ".py" {
		return true
	}
	module, name, dotted := cutLast(class.Value)
	if !dotted {
		module = class.Value
	}
	base := strings.TrimSuffix(lastPart(c.value.Value), ".py")
	if module == base {
		return true
	}
	hint := fmt.Sprintf("Write `className: %s.%s`.", base, name)
	if _, last, _ := cutLast(module); last != base {
		hint = fmt.Sprintf("Write `className: %s.%s`, or rename the file to `%s.py`.", base, name, last)
	}
	r.list.Add(diag.BadArtifact, class.Span,
		fmt.Sprintf("The class is looked for in a module `%s`, and the file is `%s`.", module, lastPart(c.value.Value)), hint).
		Relate(c.value.Span, "file given here")
	return false
}

// pythonContent looks for the class, or for the function process of the module
// that a name without a dot is (python_instance.py).
func (r *resolver) pythonContent(f *mesh.Function, class *syntax.Node, c *code) {
	open := r.files.python(f.Code.Path)
	if open.err != nil {
		r.broken(c, open.err)
		return
	}
	target, err := open.code.Class(class.Value)
	if err != nil {
		r.broken(c, err)
		return
	}
	module, name := artifact.Clean(target.Module), artifact.Clean(target.Name)
	if folder := open.code.Folder(); folder != "" && target.Found != artifact.Yes {
		r.list.Add(diag.BadArtifact, c.value.Span, fmt.Sprintf("Instances look for modules in the folder `src` of a folder that is called like the zip, and here it is `%s`.", artifact.Clean(folder)),
			fmt.Sprintf("Rename the file to `%s.zip`, or the folder in it.", artifact.Clean(folder)))
		return
	}
	whole := !strings.Contains(class.Value, ".") // the module itself
	switch {
	case target.Found == artifact.No:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` has no module `%s`.", c.value.Value, module), moduleHints(target.Module, open.code)...).
			Relate(c.value.Span, "code file given here")
	case target.Kind == artifact.PythonNothing && whole:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` has no function `process`, which is called when `className` names the module alone.", c.value.Value),
			pythonHints(target, open.code)...).Relate(c.value.Span, "code file given here")
	case target.Kind == artifact.PythonNothing:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` defines no class `%s`.", c.value.Value, name),
			pythonHints(target, open.code)...).Relate(c.value.Span, "code file given here")
	case whole:
	case target.Kind == artifact.PythonFunction && len(target.Required) > 0:
		r.refuse(class, c, fmt.Sprintf("`%s` is a function, and instances call the method `process` of a class, or the function `process` of a module.", name),
			fmt.Sprintf("For the function `process` of the module, write `className: %s`.", module))
	case target.Kind == artifact.PythonClass && target.Process == artifact.No:
		r.refuse(class, c, fmt.Sprintf("The class `%s` has no method `process`.", name), "Add `def process(self, input, context):` to it.")
	case target.Kind == artifact.PythonClass && len(target.Required) > 0:
		r.refuse(class, c, fmt.Sprintf("To make a `%s`, `%s` has to be given, and instances give nothing.", name, artifact.Clean(target.Required[0])),
			"Give the parameters of `__init__` defaults, or read settings with `context.get_user_config_value`.")
	}
}

func moduleHints(module string, code *artifact.PythonCode) []string {
	modules := code.Modules()
	if len(modules) > maxCompared || len(module) > maxName {
		modules = nil
	}
	if near, ok := diag.Nearest(module, modules); ok {
		return []string{fmt.Sprintf("Did you mean the module `%s`?", artifact.Clean(near))}
	}
	return []string{"Modules stand in the folder `src` of a zip, and at the top of a wheel."}
}

func pythonHints(target artifact.PythonTarget, code *artifact.PythonCode) []string {
	functions := code.Functions()
	meant := target.Module + "." + target.Name
	if len(functions) <= maxCompared && len(meant) <= maxName {
		if near, ok := diag.Nearest(meant, functions); ok {
			return []string{fmt.Sprintf("Did you mean `%s`?", artifact.Clean(near))}
		}
	}
	if len(functions) == 0 || len(functions) > few {
		return []string{"Define it at the top level of the module, or mend the name."}
	}
	return []string{fmt.Sprintf("The functions in it: %s.", names(functions))}
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
