// Package worker holds the rules about single components: what function workers
// refuse (FunctionConfigUtils, SourceConfigUtils and SinkConfigUtils of Pulsar),
// and what they take and then do not do. One file for each rule.
package worker

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

// All returns the rules in the order of their codes.
func All() []lint.Rule {
	return []lint.Rule{
		window, timeout, retries, ordering, acknowledgment, coding, encryption, embedded,
		notRead, idle, decided, newer, trap, secret, dropped, number, pattern, property,
	}
}

const (
	guaranteesField = "processingGuarantees"
	atLeastOnce     = "ATLEAST_ONCE"
	atMostOnce      = "ATMOST_ONCE"
	effectivelyOnce = "EFFECTIVELY_ONCE"
	manual          = "MANUAL"
)

// refuse reports what workers refuse, in their own words; they answer some
// requests with a bare 400, for which answer is empty.
func refuse(p *lint.Pass, span diag.Span, detail, answer, hint string) *diag.Diagnostic {
	if answer == "" {
		return p.Report(span, detail+" Workers answer 400 without a reason.", hint)
	}
	return p.Report(span, fmt.Sprintf("%s Workers answer %q.", detail, strings.TrimSuffix(answer, ".")), hint)
}

// warn reports what workers take all the same under the code of a refusal.
func warn(p *lint.Pass, span diag.Span, detail, hint string) *diag.Diagnostic {
	d := p.Report(span, detail, hint)
	d.Severity = diag.Warning
	return d
}

// runtime is the language of a node, empty where it is not known. Connectors are Java.
func runtime(n mesh.Node) fields.Runtime {
	if f, ok := n.(*mesh.Function); ok {
		return f.Runtime
	}
	return fields.Java
}

// functions calls a rule for each function of a mesh.
func functions(p *lint.Pass, look func(*mesh.Function)) {
	for _, n := range p.Mesh.Nodes {
		if f, ok := n.(*mesh.Function); ok {
			look(f)
		}
	}
}

// entry finds a key of a mapping.
func entry(v *mesh.Value, key string) (mesh.Entry, bool) {
	if v != nil {
		for _, e := range v.Entries {
			if e.Key == key {
				return e, true
			}
		}
	}
	return mesh.Entry{}, false
}

// given tells whether a value is there, be it one that could not be read.
func given(v *mesh.Value) bool {
	return v != nil && (v.Shape != mesh.Scalar || v.Data != nil)
}

// shown is a scalar as a sentence quotes it. What came from the environment is
// not shown.
func shown(v *mesh.Value) string {
	switch {
	case v.From != "":
		return v.From
	case v.Shape == mesh.Mapping:
		return "{...}"
	case v.Shape == mesh.List:
		return "[...]"
	}
	if n, ok := v.Number(); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	if s, ok := v.Data.(string); ok {
		return s
	}
	return fmt.Sprint(v.Data)
}

// later gives the second of two entries by their places, and the first.
func later(a, b mesh.Entry) (second, first mesh.Entry) {
	x, y := a.KeySpan.Start, b.KeySpan.Start
	if x.Line > y.Line || x.Line == y.Line && x.Column > y.Column {
		return a, b
	}
	return b, a
}
