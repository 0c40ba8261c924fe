package resolve

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// connector looks into the archive of a source or sink and gives the type of its
// messages.
func (r *resolver) connector(c *mesh.Component, n *syntax.Node, kind fields.Kind, code *code) artifact.Type {
	jar := r.files.jar(c.Code.Path)
	if jar.err != nil {
		r.broken(code, jar.err)
		return artifact.Type{}
	}
	about, err := jar.archive.Connector()
	given := n.Get("className")
	class, config, at := about.SourceClass, about.SourceConfigClass, code.value
	if kind == fields.Sink {
		class, config = about.SinkClass, about.SinkConfigClass
	}
	switch {
	case usable(given):
		class, at = given.Value, given
	case given != nil:
		return artifact.Type{}
	case errors.Is(err, artifact.ErrNoConnector):
		r.list.Add(diag.NoConnector, code.value.Span, fmt.Sprintf("`%s` does not say which class in it is the %s: it has no META-INF/services/pulsar-io.yaml.", code.value.Value, kind),
			"Give the class as `className`, or a NAR that was built as a connector; a released connector's NAR is the `nar` file of its Maven artifact.")
		return artifact.Type{}
	case err != nil:
		r.broken(code, err)
		return artifact.Type{}
	case class == "":
		r.list.Add(diag.NoConnector, code.value.Span, fmt.Sprintf("`%s` is a connector without a %s.", code.value.Value, kind),
			fmt.Sprintf("Give a NAR with a %s, or its class as `className`.", kind))
		return artifact.Type{}
	}
	facts, ok := r.connectorClass(class, kind, at, code, jar, n)
	if ok && err == nil && config != "" {
		r.settings(c, n, jar, config, code)
	}
	return facts.Type
}

// named reads what a NAR says of itself.
func (r *resolver) named(path string) (artifact.Connector, error) {
	jar := r.files.jar(path)
	if jar.err != nil {
		return artifact.Connector{}, jar.err
	}
	return jar.archive.Connector()
}

// connectorClass tells what is wrong with the class of a source or sink.
func (r *resolver) connectorClass(class string, kind fields.Kind, at *syntax.Node, c *code, jar *jar, n *syntax.Node) (artifact.ConnectorFacts, bool) {
	facts, err := jar.connector(class, kind)
	shown := artifact.Clean(class)
	bad := func(code diag.Code, detail string, hints ...string) (artifact.ConnectorFacts, bool) {
		d := r.list.Add(code, at.Span, detail, hints...)
		if at != c.value {
			d.Relate(c.value.Span, "code file given here")
		}
		return facts, false
	}
	batch := n.Get("batchSourceConfig")
	switch {
	case err != nil && facts.Exists != artifact.No:
		r.broken(c, err)
		return facts, false
	case facts.Exists == artifact.No:
		near := nearClass(class, jar.archive.Classes())
		hint := "Build the file again, or mend the name; Java names are written in full."
		if near != "" {
			hint = fmt.Sprintf("Did you mean `%s`?", artifact.Clean(near))
		}
		return bad(diag.AbsentClass, fmt.Sprintf("`%s` has no class `%s`.", c.value.Value, shown), hint)
	case facts.Is == artifact.No:
		return bad(diag.NoConnector, fmt.Sprintf("`%s` is no %s.", shown, kind), fmt.Sprintf("Implement org.apache.pulsar.io.core.%s.", upper(string(kind))))
	case facts.Trouble != "":
		return bad(diag.NoConnector, fmt.Sprintf("`%s` %s.", shown, facts.Trouble), "Implement the interface by the class itself, with a type that is a class.")
	case facts.Batch == artifact.Yes && batch == nil && !r.doc.Incomplete:
		return bad(diag.NoConnector, fmt.Sprintf("`%s` is a BatchSource, and no `batchSourceConfig` says when it looks for work.", shown),
			"Give `batchSourceConfig` with a `discoveryTriggererClassName`.")
	case facts.Batch == artifact.No && batch != nil && batch.Kind == syntax.Mapping:
		return bad(diag.NoConnector, fmt.Sprintf("`%s` is no BatchSource, which `batchSourceConfig` is for.", shown),
			"Implement org.apache.pulsar.io.core.BatchSource, or remove `batchSourceConfig`.")
	case facts.Exists != artifact.Yes:
	case !facts.Concrete:
		return bad(diag.NoConnector, fmt.Sprintf("`%s` is abstract or an interface, so that instances cannot make one.", shown))
	case facts.Constructor == artifact.NoConstructor:
		return bad(diag.NoConnector, fmt.Sprintf("`%s` has no constructor without parameters, which instances call.", shown), "Add one; settings come with `open`.")
	}
	if facts.Misread != "" {
		r.list.Add(diag.NoConnector, at.Span, fmt.Sprintf("`%s` %s.", shown, facts.Misread), "Implement the interface by the class itself.").Severity = diag.Warning
	}
	return facts, true
}

// settings compares `configs` with what the connector's config class takes.
func (r *resolver) settings(c *mesh.Component, n *syntax.Node, jar *jar, class string, code *code) {
	known := jar.settings(class)
	if known.err != nil || known.found != artifact.Yes {
		return // not the author's: workers look at it only when it runs
	}
	configs, secrets := n.Get("configs"), n.Get("secrets")
	if configs != nil && configs.Kind != syntax.Mapping || secrets != nil && secrets.Kind == syntax.Hole {
		return
	}
	given := func(key string) bool { return configs.Get(key) != nil || secrets.Get(key) != nil }
	at := c.Span
	if p := n.Pair("configs"); p != nil {
		at = p.Key.Span
	}
	r.literalSecrets(configs, known.settings)
	unknown, meant := unknownSettings(configs, known.settings)
	for _, s := range known.settings.Missing(given) {
		if s.Sensitive && secrets.Get(s.Field) != nil || meant[s.Name] {
			continue
		}
		help := ""
		if s.Help != "" {
			help = " " + artifact.Clean(s.Help)
		}
		r.list.Add(diag.MissingSetting, at, fmt.Sprintf("The connector needs a setting `%s`.", artifact.Clean(s.Name)),
			fmt.Sprintf("Give it under `configs`.%s", help)).Relate(code.value.Span, "connector given here")
	}
	for _, p := range unknown {
		r.list.Add(diag.UnknownSetting, p.Key.Span, fmt.Sprintf("The connector knows no setting `%s`.", p.Key.Value), settingHint(p.Key.Value, known.settings.Names()))
	}
}

// literalSecrets reports values in the file of settings that the connector itself
// declares sensitive (FieldDoc), but for those whose names gave them away before.
func (r *resolver) literalSecrets(configs *syntax.Node, known artifact.Settings) {
	if configs == nil {
		return
	}
	for _, p := range configs.Pairs {
		v := p.Value
		if s, answer := known.Lookup(p.Key.Value); answer == artifact.Yes && s.Sensitive && usable(v) && v.Value != "" && !v.Sensitive && !v.Masked {
			r.list.Add(diag.LiteralSecret, v.Span, fmt.Sprintf("The connector takes `%s` for a secret, and its value stands in the file for all to read.", p.Key.Value),
				"Give it under `secrets`, or take it from the environment or from a file: `${env:NAME}`, `${file:PATH}`.")
		}
	}
}

// unknownSettings gives the entries of `configs` that the connector does not take,
// and the settings that they are most likely meant to be.
func unknownSettings(configs *syntax.Node, known artifact.Settings) (unknown []syntax.Pair, meant map[string]bool) {
	meant = map[string]bool{}
	if configs == nil {
		return nil, meant
	}
	for _, p := range configs.Pairs {
		if _, answer := known.Lookup(p.Key.Value); answer != artifact.No {
			continue
		}
		unknown = append(unknown, p)
		if near, ok := diag.Nearest(p.Key.Value, known.Names()); ok {
			meant[near] = true
		}
	}
	return unknown, meant
}

func settingHint(key string, known []string) string {
	if near, ok := diag.Nearest(key, known); ok {
		return fmt.Sprintf("Did you mean `%s`?", artifact.Clean(near))
	}
	if len(known) == 0 {
		return "It takes none."
	}
	if len(known) > 3*few {
		return fmt.Sprintf("It knows %d, among them %s.", len(known), names(known[:few]))
	}
	return fmt.Sprintf("It knows %s.", names(known))
}

// transform finds and checks the function that a sink's messages pass before it.
func (r *resolver) transform(n *syntax.Node) mesh.Code {
	pair := n.Pair("transformFunction")
	if pair == nil || !usable(pair.Value) {
		return mesh.Code{}
	}
	c := &code{key: pair.Key, value: pair.Value, runtime: fields.Java, kind: fields.Function}
	file := r.file(c)
	class := n.Get("transformFunctionClassName")
	if !file.Found || !usable(class) || strings.Contains(pair.Value.Value, "://") {
		return file
	}
	f := &mesh.Function{Component: mesh.Component{Code: file}, Runtime: fields.Java}
	r.javaContent(f, &syntax.Node{Kind: syntax.Mapping}, class, c)
	return file
}
