package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// writeRollback tells how a run went back after a failure.
func writeRollback(b *strings.Builder, s Style, r *view.Rollback) {
	switch r.Outcome {
	case view.RolledBack:
		fmt.Fprintf(b, "  %s what this run had changed is again as it was, in %s; topics, subscriptions and packages that it made stay\n",
			s.paint(green, "rolled back:"), countOf(len(r.Done), "step"))
		return
	case view.Refused:
		fmt.Fprintf(b, "  %s going back has risks that were not allowed, so what was done stays\n", s.paint(boldRed, "not rolled back:"))
		return
	}
	if r.Error != "" {
		fmt.Fprintf(b, "  %s %s\n", s.paint(boldRed, "not rolled back:"), view.Clean(r.Error))
		return
	}
	fmt.Fprintf(b, "  %s %d of %d steps back are done\n", s.paint(boldRed, "not all rolled back:"), len(r.Done), r.Steps)
	for _, l := range r.Left {
		fmt.Fprintf(b, "    stays as it is: %s: %s\n", view.Clean(view.Name(l.Addr)), l.Why)
	}
	for _, f := range r.Failed {
		fmt.Fprintf(b, "    failed: %s: %s\n", step(f.Op, f.Addr), firstLine(f.Error))
	}
	for i, k := range r.Skipped {
		if i == mostSkipped {
			fmt.Fprintf(b, "    … and %d more that were not done\n", len(r.Skipped)-mostSkipped)
			break
		}
		fmt.Fprintf(b, "    not done: %s\n", step(k.Op, k.Addr))
	}
}

func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
