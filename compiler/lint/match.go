package lint

import (
	"slices"
	"sort"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
)

// maxMatches bounds how often a pattern is compared with a topic in a run, since
// a file may hold thousands of both.
const maxMatches = 100_000

// match finds the topics that patterns take.
func (w *World) match() {
	known := map[string]*mesh.Topic{}
	var names []string
	found := map[string][]string{}
	left := maxMatches
	for _, m := range w.meshes {
		for _, n := range m.Nodes {
			r := n.Reads()
			if r == nil || len(r.Patterns) == 0 {
				continue
			}
			if names == nil {
				names = w.names(known)
			}
			for i := range r.Patterns {
				w.matchOne(m, n, &r.Patterns[i], names, known, found, &left)
			}
		}
	}
}

func (w *World) names(known map[string]*mesh.Topic) []string {
	names := []string{}
	for _, m := range w.meshes {
		for _, t := range m.Topics {
			if known[t.Name] == nil {
				known[t.Name] = t
				names = append(names, t.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (w *World) matchOne(m *mesh.Mesh, n mesh.Node, p *mesh.Pattern, names []string, known map[string]*mesh.Topic, found map[string][]string, left *int) {
	if p.Regexp == nil {
		w.blind = true
		return
	}
	taken, looked := found[p.Text]
	if !looked {
		prefix := literalPrefix(p.Text)
		for i := sort.SearchStrings(names, prefix); i < len(names) && strings.HasPrefix(names[i], prefix); i++ {
			if *left--; *left < 0 {
				w.blind = true
				break
			}
			if p.Matches(names[i]) {
				taken = append(taken, names[i])
			}
		}
		found[p.Text] = taken
	}
	own := map[string]bool{}
	for _, e := range n.Reads().Inputs {
		own[e.Topic.Name] = true
	}
	for _, name := range taken {
		if *left--; *left < 0 {
			w.blind = true
			return
		}
		if own[name] {
			continue
		}
		edge := mesh.Edge{Role: mesh.Input, Topic: known[name], Spec: p.Spec, Span: p.Span}
		edge.SchemaType, edge.SerDe = p.Spec.Get("schemaType").Text(), p.Spec.Get("serdeClassName").Text()
		w.add(&End{Mesh: m, Node: n, Edge: edge, Pattern: p})
	}
}

// literalPrefix gives the text that everything begins with which an expression
// takes, as far as that is plain to see.
func literalPrefix(expression string) string {
	if strings.Contains(expression, "|") || strings.Contains(expression, `\Q`) {
		return ""
	}
	at := strings.IndexAny(expression, `.*+?()[]{}^$\`)
	switch {
	case at < 0:
		return expression
	case at > 0 && strings.ContainsRune("*?{", rune(expression[at])):
		at-- // the character before may be absent
	}
	return expression[:at]
}
