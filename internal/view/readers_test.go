package view_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-graphviz"
)

// readByGraphviz lets Graphviz itself read what was written, and counts.
func readByGraphviz(t *testing.T, text string, vertices, edges int) {
	t.Helper()
	g, err := graphviz.ParseBytes([]byte(text))
	if err != nil {
		t.Fatalf("Graphviz cannot read it: %v\n%s", err, text)
	}
	defer func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}()
	n, err := g.NodeNum()
	if err != nil || n != vertices {
		t.Errorf("Graphviz sees %d nodes, want %d (%v)\n%s", n, vertices, err, text)
	}
	m, err := g.EdgeNum()
	if err != nil || m != edges {
		t.Errorf("Graphviz sees %d edges, want %d (%v)\n%s", m, edges, err, text)
	}
}

// The lines that a flowchart may have. Within quotes only what needs no escape is
// left: letters, digits, a few signs, entities, and line breaks of its own.
var (
	label     = `"(?:[\p{L}\p{N} _/,✗×.:+!-]|#\d+;|<br/>)*"`
	ident     = `\w+`
	flowchart = []*regexp.Regexp{
		regexp.MustCompile(`^flowchart LR$`),
		regexp.MustCompile(`^  subgraph mesh_\d+\[` + label + `\]$`),
		regexp.MustCompile(`^  end$`),
		regexp.MustCompile(`^  (?:  )?` + ident + `(?:\[` + label + `\]|\[\(` + label + `\)\])$`),
		regexp.MustCompile(`^  ` + ident + ` (?:-->|-\.->)(?:\|` + label + `\|)? ` + ident + `$`),
		regexp.MustCompile(`^  classDef (?:external|error|warning) [\w:#, -]+$`),
		regexp.MustCompile(`^  class ` + ident + `(?:,` + ident + `)* (?:external|error|warning)$`),
		regexp.MustCompile(`^  linkStyle \d+(?:,\d+)* [\w:#, -]+$`),
	}
)

// readLikeMermaid holds each line to the small part of the language that is
// written. That Mermaid shows it as meant was looked at with version 11.
func readLikeMermaid(t *testing.T, text string) {
	t.Helper()
lines:
	for line := range strings.Lines(text) {
		for _, form := range flowchart {
			if form.MatchString(strings.TrimSuffix(line, "\n")) {
				continue lines
			}
		}
		t.Errorf("not a line of a flowchart: %q", line)
	}
}
