package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Result tells in one line how the plan of a mesh ended well.
func Result(s Style, m view.MeshReport) string {
	switch {
	case m.Outcome == view.Unchanged && m.Destroy:
		return "Nothing of " + view.Clean(m.Mesh) + " is left to delete.\n"
	case m.Outcome == view.Unchanged:
		return "Nothing to do for " + view.Clean(m.Mesh) + ".\n"
	case m.Destroy:
		return fmt.Sprintf("%s %s: %s in %s%s.\n", s.paint(green, "Took down"), view.Clean(m.Mesh), written(m), took(m.TookSeconds), version(m))
	}
	return fmt.Sprintf("%s %s: %s in %s%s.\n", s.paint(green, "Applied"), view.Clean(m.Mesh), written(m), took(m.TookSeconds), version(m))
}

// version names the record of a run.
func version(m view.MeshReport) string {
	if m.Version == 0 {
		return ""
	}
	return fmt.Sprintf("; version %d", m.Version)
}

// written counts what was written.
func written(m view.MeshReport) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{m.Created, "created"}, {m.Updated, "updated"}, {m.Replaced, "replaced"}, {m.Deleted, "deleted"}, {m.Started, "started"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	switch n := len(m.Missing); {
	case n == 1:
		parts = append(parts, "1 deleted of a replacement that is not finished")
	case n > 1:
		parts = append(parts, fmt.Sprintf("%d deleted of replacements that are not finished", n))
	}
	if len(parts) == 0 {
		return "nothing written"
	}
	return strings.Join(parts, ", ")
}

// Trouble tells what was done of a plan that did not end well, and what was not.
func Trouble(s Style, m view.MeshReport) string {
	var b strings.Builder
	done := fmt.Sprintf("%d of %d steps done, %s", len(m.Done), m.Steps, written(m))
	if m.Outcome == view.NotStarted {
		done = "not started"
	}
	fmt.Fprintf(&b, "%s: %s\n", view.Clean(m.Mesh), done)
	for _, a := range m.Missing {
		fmt.Fprintf(&b, "  %s %s, until the next apply\n", s.paint(boldRed, "missing:"), view.Clean(view.Name(a)))
	}
	for _, a := range m.Paused {
		fmt.Fprintf(&b, "  %s %s, until the next apply, which starts it\n", s.paint(boldRed, "paused:"), view.Clean(view.Name(a)))
	}
	for _, f := range m.Failed {
		fmt.Fprintf(&b, "  %s %s\n", s.paint(boldRed, "failed:"), step(f.Op, f.Addr))
		b.WriteString(indent("      ", view.CleanText(f.Error)) + "\n")
	}
	for i, k := range m.Skipped {
		if i == mostSkipped {
			fmt.Fprintf(&b, "  … and %d more that were not started\n", len(m.Skipped)-mostSkipped)
			break
		}
		if k.Because == "" {
			// Stopped: before it was started, or while it waited.
			fmt.Fprintf(&b, "  %s %s\n", s.paint(yellow, "not done:"), step(k.Op, k.Addr))
			continue
		}
		op, addr, _ := strings.Cut(k.Because, " ")
		fmt.Fprintf(&b, "  %s %s, because of: %s\n", s.paint(yellow, "not started:"), step(k.Op, k.Addr), step(plan.Op(op), state.Addr(addr)))
	}
	if m.Rollback != nil {
		writeRollback(&b, s, m.Rollback)
	}
	return b.String()
}

// mostSkipped is up to how many steps are named that were not started.
const mostSkipped = 20

var opWords = map[plan.Op]string{plan.AwaitRunning: "wait for", plan.Verify: "check", plan.Keep: "keep the subscriptions of", plan.AwaitKept: "wait for"}

// step gives a step in words.
func step(op plan.Op, addr state.Addr) string {
	word, ok := opWords[op]
	if !ok {
		word = string(op)
	}
	return word + " " + view.Clean(view.Name(addr))
}

// took writes a duration of a run.
func took(seconds float64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%.1fs", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%dm%02ds", int(seconds)/60, int(seconds)%60)
	}
	return fmt.Sprintf("%dh%02dm", int(seconds)/3600, int(seconds)%3600/60)
}
