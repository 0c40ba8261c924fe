package kubernetes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// TestHundred applies a chain of a hundred functions under the operator.
func TestHundred(t *testing.T) {
	forms(t, func(b *bench) {
		const n = 100
		var text strings.Builder
		text.WriteString(head)
		at := func(i int) string {
			switch i {
			case 0:
				return "in"
			case n:
				return "out"
			}
			return fmt.Sprintf("t%d", i)
		}
		for i := range n {
			text.WriteString(fn(fmt.Sprintf("f%02d", i), at(i), at(i+1), ""))
		}
		b.mesh(text.String())
		took := func(c *harness.Command) time.Duration {
			return c.WaitFor(5 * time.Minute).Want(0).Took.Round(10 * time.Millisecond)
		}
		apply := took(b.start("apply", "words.yaml", "--yes"))
		plan := took(b.start("plan", "words.yaml", "--detailed-exitcode"))
		again := took(b.start("apply", "words.yaml", "--yes"))
		b.mesh(strings.Replace(text.String(), fn("f50", at(50), at(51), ""), fn("f50", at(50), at(51), ", timeoutMs: 1000"), 1))
		one := took(b.start("apply", "words.yaml", "--yes"))
		if have := len(strings.Fields(b.names("statefulsets"))); have != n {
			t.Errorf("%d StatefulSets of %d functions", have, n)
		}
		destroy := took(b.start("destroy", "words.yaml", "--yes", "--allow", "message-loss"))
		for _, kind := range []string{functions, meshes, "statefulsets", "pods"} {
			b.want(kind, "")
		}
		harness.Figure(t, "%s, %d functions: apply %v, plan without changes %v, apply without changes %v, of one change %v, destroy %v", t.Name(), n, apply, plan, again, one, destroy)
	})
}
