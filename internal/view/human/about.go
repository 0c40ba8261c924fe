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
	for _, l := range broken(e.Doc, columns) {
		b.WriteString(l + "\n")
	}
	return b.String()
}
