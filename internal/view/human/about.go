package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// Version draws what this program is, on one line.
func Version(v view.Version) string {
	var facts []string
	if v.Commit != "" {
		commit := "commit " + v.Commit[:min(12, len(v.Commit))]
		if v.Modified {
			commit += " with changes"
		}
		facts = append(facts, commit)
	}
	if v.Date != "" {
		facts = append(facts, v.Date)
	}
	facts = append(facts, v.Go, v.Platform)
	return fmt.Sprintf("meshc %s (%s)\n", v.Version, strings.Join(facts, ", "))
}

// Explain draws what a code of findings means.
func Explain(s Style, e view.Explain) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", s.paint(bold, string(e.Severity)+"["+string(e.Code)+"]"), e.Summary)
	columns := 80
	if s.Width > 0 {
		columns = min(columns, s.Width)
	}
	paragraph := func(text string) {
		for _, l := range broken(text, columns) {
			b.WriteString(l + "\n")
		}
	}
	paragraph(e.Doc)
	if x := e.Example; x != nil {
		if x.Note != "" {
			b.WriteString("\n")
			paragraph(x.Note)
		}
		b.WriteString("\n" + s.paint(red, "Wrong:") + "\n\n" + indent("    ", x.Wrong) + "\n")
		b.WriteString("\n" + s.paint(green, "Right:") + "\n\n" + indent("    ", x.Right) + "\n")
	}
	return b.String()
}

// Rules draws the codes of findings, one a line.
func Rules(s Style, r view.Rules) string {
	t := table{Style: s}
	t.head("CODE", "SEVERITY", "SUMMARY")
	for _, x := range r.Rules {
		t.row(string(x.Code), string(x.Severity), x.Summary)
	}
	return t.String()
}
