package human

import (
	"fmt"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/state"
)

// pauses tells what stands still while others change, and what stands still now
// and will run.
func (d planDrawer) pauses(m view.MeshPlan) {
	if len(m.Pauses)+len(m.Resumes) > 0 {
		d.line("")
	}
	for _, p := range m.Pauses {
		d.entry("||", p.Addr, "paused while "+names(p.For)+" "+changes(len(p.For)))
		for _, r := range p.Risks {
			d.risk(r)
		}
	}
	for _, a := range m.Resumes {
		d.entry(">", a, "stands still, apply starts it")
		for _, r := range m.ResumeRisks[a] {
			d.risk(r)
		}
	}
}

func (d planDrawer) entry(sign string, a state.Addr, text string) {
	d.line("%s %s: %s", d.paint(cyan, fmt.Sprintf("%3s", sign)), d.paint(bold, view.Clean(view.Name(a))), view.Clean(text))
}

func names(list []state.Addr) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = view.Name(a)
	}
	return joined(out)
}

func changes(n int) string {
	if n == 1 {
		return "changes"
	}
	return "change"
}
