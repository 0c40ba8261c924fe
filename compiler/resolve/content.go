package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

const buildAgain = "Build the file again, or name another one."

// content looks into a code file that is there: whether it has the class and
// whether a worker could run it.
func (r *resolver) content(f *mesh.Function, n *syntax.Node, c *code) {
	class := n.Get("className")
	if !f.Code.Found || !usable(c.value) {
		return
	}
	if class == nil && f.ClassName != "" {
		// A NAR names it.
		class = &syntax.Node{Kind: syntax.Scalar, Value: f.ClassName, Span: c.value.Span}
	}
	switch {
	case f.Runtime == fields.Go:
		r.goContent(f, c)
	case class == nil || !usable(class):
	case f.Runtime == fields.Java:
		r.javaContent(f, n, class, c)
	case f.Runtime == fields.Python:
		r.pythonContent(f, class, c)
	}
}

// broken reports a code file that cannot be read. The same jar is told of once,
// however many functions are in it.
func (r *resolver) broken(c *code, err error) {
	r.list.Add(diag.BrokenArtifact, c.value.Span, fmt.Sprintf("`%s` cannot be used: %v.", c.value.Value, err), buildAgain)
}

// refuse reports a class that a worker would not run.
func (r *resolver) refuse(class *syntax.Node, c *code, detail string, hints ...string) *diag.Diagnostic {
	return r.list.Add(diag.NoFunction, class.Span, detail, hints...).Relate(c.value.Span, "code file given here")
}

func (r *resolver) javaContent(f *mesh.Function, n, class *syntax.Node, c *code) {
	jar := r.files.jar(f.Code.Path)
	if jar.err != nil {
		r.broken(c, jar.err)
		return
	}
	name := artifact.Clean(class.Value)
	windowed := n.Get("windowConfig") != nil
	facts, err := jar.function(class.Value, windowed)
	switch {
	case err != nil && facts.Exists != artifact.No:
		r.broken(c, err)
		return
	case facts.Exists == artifact.No:
		r.list.Add(diag.AbsentClass, class.Span, fmt.Sprintf("`%s` has no class `%s`.", c.value.Value, name),
			candidates(class.Value, jar)...).Relate(c.value.Span, "code file given here")
		return
	case facts.Kind == artifact.NotFunction:
		r.refuse(class, c, fmt.Sprintf("`%s` implements neither Pulsar's Function nor java.util.function.Function.", name), others(jar)...)
		return
	case facts.Kind == artifact.WindowFunction && !windowed:
		r.refuse(class, c, fmt.Sprintf("`%s` is a WindowFunction, which needs a window.", name),
			"Give `windowConfig`, or implement Function.")
		return
	case facts.Kind == artifact.PulsarFunction && windowed:
		r.refuse(class, c, fmt.Sprintf("`%s` is no WindowFunction, which the window of the function needs.", name),
			"Implement WindowFunction, or remove `windowConfig`.")
		return
	case facts.Trouble != "":
		r.refuse(class, c, fmt.Sprintf("`%s` %s.", name, facts.Trouble), "Implement `Function<Input, Output>` by the class itself, with types that are classes.")
		return
	case facts.Fails != "":
		r.refuse(class, c, fmt.Sprintf("`%s` %s.", name, facts.Fails), "Take a `java.util.Collection`, or implement WindowFunction.")
		return
	case facts.Exists != artifact.Yes:
		return
	case !facts.Concrete:
		r.refuse(class, c, fmt.Sprintf("`%s` is abstract or an interface, so that instances cannot make one.", name), others(jar)...)
		return
	case facts.Constructor == artifact.NoConstructor:
		r.refuse(class, c, fmt.Sprintf("`%s` has no constructor without parameters, which instances call.", name),
			"Add one; settings come from `context.getUserConfigValue`. An inner class has to be static.")
		return
	}
	f.InputType, f.OutputType = typeName(facts.Input), typeName(facts.Output)
	parts{resolver: r, jar: jar, code: c, in: facts.Input, out: facts.Output}.check(n)
	if facts.Misread != "" {
		r.refuse(class, c, fmt.Sprintf("`%s` %s: %s in, %s out.", name, facts.Misread, facts.Input, facts.Output),
			"Implement `Function<Input, Output>` by the class itself.").Severity = diag.Warning
	}
}

func (r *resolver) goContent(f *mesh.Function, c *code) {
	found := r.files.binary(f.Code.Path)
	if found.err != nil {
		r.broken(c, found.err)
		return
	}
	if found.facts.SDK == artifact.No {
		r.list.Add(diag.NoFunction, c.value.Span, fmt.Sprintf("`%s` was built without Pulsar's SDK for Go functions.", c.value.Value),
			"Call `pf.Start` of github.com/apache/pulsar/pulsar-function-go/pf in main.").Severity = diag.Warning
	}
}

// typeName gives a class's name in full, "" where the type is not known.
func typeName(t artifact.Type) string { return artifact.Clean(t.String()) }
