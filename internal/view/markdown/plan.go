// Package markdown writes plans for the comments of a pull request.
package markdown

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Most is how many bytes of changes are written: hosts of pull requests refuse
// comments above 64 KiB.
const Most = 50_000

// Plans writes what a run would do: for each mesh the sum, the changes as a diff
// that hosts colour, and the risks.
func Plans(doc view.Plans) string {
	var b strings.Builder
	findings(&b, doc.Findings)
	for _, m := range doc.Plans {
		mesh(&b, m, Most/len(doc.Plans))
	}
	return b.String()
}

// Findings writes findings alone, where there is no plan because of them.
func Findings(doc view.Findings) string {
	var b strings.Builder
	b.WriteString("### meshc: no plan\n\n")
	findings(&b, doc.Findings)
	return b.String()
}

func findings(b *strings.Builder, list []view.Finding) {
	for _, f := range list {
		at := ""
		if f.Span != nil {
			at = " " + code(f.Span.String())
		}
		fmt.Fprintf(b, "- **%s %s**%s %s\n", f.Severity, f.Code, at, code(f.Summary+": "+f.Detail))
		for _, h := range f.Hints {
			fmt.Fprintf(b, "  - %s\n", code(h))
		}
	}
	if len(list) > 0 {
		b.WriteString("\n")
	}
}

func mesh(b *strings.Builder, m view.MeshPlan, most int) {
	what := "meshc plan for"
	if m.Destroy {
		what = "meshc plan to take down"
	}
	where := m.Cluster.URL
	if m.Cluster.Name != "" {
		where = m.Cluster.Name + " (" + where + ")"
	}
	fmt.Fprintf(b, "### %s %s\n\non %s", what, code(m.Mesh), code(where))
	if len(m.Only) > 0 {
		fmt.Fprintf(b, ", only %s", code(strings.Join(m.Only, ", ")))
	}
	b.WriteString(": ")
	if !m.Summary.Changes() {
		b.WriteString("no changes.\n\n")
		return
	}
	s := m.Summary
	adopt := ""
	if s.Adopt > 0 {
		adopt = fmt.Sprintf("%d to adopt, ", s.Adopt)
	}
	fmt.Fprintf(b, "**%s%d to create, %d to update, %d to replace, %d to delete**, %d unchanged.\n\n", adopt, s.Create, s.Update, s.Replace, s.Delete, s.Unchanged)
	if len(m.NeedsAllow) > 0 {
		fmt.Fprintf(b, "It is carried out only with %s.\n\n", code("--allow "+strings.Join(names(m.NeedsAllow), ",")))
	}
	changes(b, m.Changes, most)
	risks(b, append(pauses(b, m), m.Changes...))
}

func changes(b *strings.Builder, list []view.Change, most int) {
	if len(list) == 0 {
		return
	}
	var lines []string
	size := 0
	for i, c := range list {
		text := change(c)
		for _, line := range text {
			size += len(line) + 1
		}
		if size > most {
			lines = append(lines, fmt.Sprintf("  ... and %d changes more: see meshc plan", len(list)-i))
			break
		}
		lines = append(lines, text...)
	}
	body := strings.Join(lines, "\n")
	fence := strings.Repeat("`", max(3, longestRun(body)+1))
	fmt.Fprintf(b, "%sdiff\n%s\n%s\n\n", fence, body, fence)
}

// signs are what diffs are coloured by: green, orange and red.
var signs = map[diff.Action]string{diff.Create: "+", diff.Delete: "-"}

func change(c view.Change) []string {
	sign, known := signs[c.Action]
	if !known {
		sign = "!"
	}
	head := sign + " " + string(c.Action) + " " + view.Name(c.Addr)
	if c.Because != "" {
		head += ": " + c.Because
	}
	if len(c.Notes) > 0 {
		head += ", " + strings.Join(c.Notes, ", ")
	}
	if c.Span != nil && c.Span.Start.Line > 0 {
		head += fmt.Sprintf("  (%s:%d)", c.Span.File, c.Span.Start.Line)
	}
	lines := []string{view.Clean(head)}
	if told := c.Drift(); told != "" {
		lines = append(lines, "!     "+view.Clean(told))
	}
	for _, f := range c.Fields {
		name := view.Clean(f.Field)
		if c.Action == diff.Create {
			lines = append(lines, "+     "+name+": "+view.Value(f.After))
			continue
		}
		if _, hidden := f.After.(state.Sensitive); hidden {
			lines = append(lines, "!     "+name+": (sensitive, changed)")
			continue
		}
		forces := ""
		if f.Forces {
			forces = "  (forces the replacement)"
		}
		if f.Before != nil {
			lines = append(lines, "-     "+name+": "+view.Value(f.Before))
		}
		if f.After != nil {
			lines = append(lines, "+     "+name+": "+view.Value(f.After)+forces)
		}
	}
	return lines
}

// risks lists those that have to be allowed first.
func risks(b *strings.Builder, list []view.Change) {
	var must, may []string
	for _, c := range list {
		for _, r := range c.Risks {
			text := r.Detail
			if r.Messages > 0 {
				text += fmt.Sprintf(" (%d messages at stake)", r.Messages)
			}
			line := fmt.Sprintf("%s: %s: %s\n", code(string(r.Kind)), code(view.Name(c.Addr)), code(text))
			if r.MustBeAllowed {
				must = append(must, "- **has to be allowed** "+line)
			} else {
				may = append(may, "- "+line)
			}
		}
	}
	if len(must)+len(may) == 0 {
		return
	}
	const most = 60
	all := append(must, may...)
	b.WriteString("<details" + open(must) + "><summary>Risks</summary>\n\n")
	for i, line := range all {
		if i == most {
			fmt.Fprintf(b, "- and %d more\n", len(all)-most)
			break
		}
		b.WriteString(line)
	}
	b.WriteString("\n</details>\n\n")
}

// open shows the list of risks at once where something has to be allowed.
func open(must []string) string {
	if len(must) > 0 {
		return " open"
	}
	return ""
}

func names(kinds []plan.RiskKind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

// code writes outside text as a code span, in which nothing is a link, a mention
// or a tag.
func code(s string) string {
	s = view.Clean(s)
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// longestRun counts the longest row of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
