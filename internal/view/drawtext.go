package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// Facts says in a few words what a vertex is: its kind, where the shape does not
// tell it, and its size.
func (v Vertex) Facts() string {
	var facts []string
	if v.Kind != KindTopic {
		kind := Clean(v.Kind)
		if v.Parallelism > 1 {
			kind += fmt.Sprintf(" ×%d", v.Parallelism)
		}
		facts = append(facts, kind)
	}
	switch {
	case v.Partitions == 1:
		facts = append(facts, "1 partition")
	case v.Partitions > 1:
		facts = append(facts, fmt.Sprintf("%d partitions", v.Partitions))
	}
	if v.External {
		facts = append(facts, "external")
	}
	return strings.Join(facts, ", ")
}

// maxCodes is how many codes of findings are named at one place.
const maxCodes = 3

// MarkText names the findings of a place by their codes, each once, behind a sign
// for the worst of them; it is empty where there are none.
func (d Drawing) MarkText(m Marks) string {
	var codes []string
	for _, i := range m.Findings {
		if code := string(d.Findings[i].Code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return ""
	}
	more := ""
	if len(codes) > maxCodes {
		more = fmt.Sprintf(" +%d", len(codes)-maxCodes)
		codes = codes[:maxCodes]
	}
	return Sign(m.Severity) + " " + strings.Join(codes, " ") + more
}

// Sign stands for a severity where there is no room for the word.
func Sign(s diag.Severity) string {
	if s == diag.Error {
		return "✗"
	}
	return "!"
}

// Merged gives the findings of several places as those of one.
func Merged(list ...Marks) Marks {
	var out Marks
	for _, m := range list {
		for _, i := range m.Findings {
			if !slices.Contains(out.Findings, i) {
				out.Findings = append(out.Findings, i)
			}
		}
		if out.Severity != diag.Error && m.Severity != "" {
			out.Severity = m.Severity
		}
	}
	slices.Sort(out.Findings)
	return out
}

// Groups lists the vertices of each mesh, and behind those of the last mesh the
// ones that several meshes share.
func (d Drawing) Groups() [][]int {
	groups := make([][]int, len(d.Meshes)+1)
	for i, v := range d.Vertices {
		g := len(d.Meshes)
		if len(v.Meshes) == 1 {
			g = v.Meshes[0]
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// Idents gives each vertex a name of ASCII letters, digits and underscores, for
// languages that take no other. It is made from the ID, so it stays the same when
// others come and go, but for those that would be equal: they get a number.
func (d Drawing) Idents() []string {
	taken := map[string]bool{}
	out := make([]string, len(d.Vertices))
	for i, v := range d.Vertices {
		base := strings.Map(func(r rune) rune {
			switch {
			case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
				return r
			}
			return '_'
		}, v.ID)
		out[i] = base
		for n := 2; taken[out[i]]; n++ {
			out[i] = fmt.Sprintf("%s_%d", base, n)
		}
		taken[out[i]] = true
	}
	return out
}

// EdgeText is what stands beside an edge: its role, where the arrow does not tell
// it, and its findings.
func (d Drawing) EdgeText(e Edge) []string {
	var text []string
	if !e.Plain() {
		text = append(text, string(e.Role))
	}
	if marks := d.MarkText(e.Marks); marks != "" {
		text = append(text, marks)
	}
	return text
}

// Bands puts each vertex into a strip of the drawing: a strip for each mesh, and
// after each one for the topics that it shares with later ones.
func (d Drawing) Bands() []int {
	bands := make([]int, len(d.Vertices))
	for i, v := range d.Vertices {
		bands[i] = 2 * v.Meshes[0]
		if len(v.Meshes) > 1 {
			bands[i]++
		}
	}
	return bands
}
