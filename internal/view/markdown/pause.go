package markdown

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// mostPauses is how many components that are paused or started are named.
const mostPauses = 60

// pauses lists what stands still while others change, and what stands still now and
// will run. It returns what of their risks is not told with a change of their own.
func pauses(b *strings.Builder, m view.MeshPlan) []view.Change {
	var lines []string
	var risks []view.Change
	for _, p := range m.Pauses {
		fed := make([]string, len(p.For))
		for i, a := range p.For {
			fed[i] = code(view.Name(a))
		}
		verb := "changes"
		if len(fed) > 1 {
			verb = "change"
		}
		lines = append(lines, fmt.Sprintf("- %s is paused while %s %s\n", code(view.Name(p.Addr)), strings.Join(fed, ", "), verb))
		risks = append(risks, view.Change{Addr: p.Addr, Risks: p.Risks})
	}
	for _, a := range m.Resumes {
		lines = append(lines, fmt.Sprintf("- %s stands still, apply starts it\n", code(view.Name(a))))
		if r := m.ResumeRisks[a]; len(r) > 0 {
			risks = append(risks, view.Change{Addr: a, Risks: r})
		}
	}
	for i, line := range lines {
		if i == mostPauses {
			fmt.Fprintf(b, "- and %d more\n", len(lines)-mostPauses)
			break
		}
		b.WriteString(line)
	}
	if len(lines) > 0 {
		b.WriteString("\n")
	}
	return risks
}
