package kubernetes

import (
	"fmt"
	"strings"
	"testing"
)

// TestTooLarge has resources that are nearly as large as the API server takes, and some
// that are larger: the plan tells of these, and the others are taken.
func TestTooLarge(t *testing.T) {
	forms(t, func(b *bench) {
		// Nobody but the API server is asked here.
		if err := b.operator.Stop(); err != nil {
			t.Fatal(err)
		}
		many := func(setting, note int) string {
			var text strings.Builder
			text.WriteString(strings.Replace(head, "{pulsarConfig", fmt.Sprintf("{annotations: {note: %q}, pulsarConfig", strings.Repeat("x", note)), 1))
			for i := range 20 {
				text.WriteString(fn(fmt.Sprintf("f%04d", i), "in", "out", fmt.Sprintf(", userConfig: {text: %q}", strings.Repeat("x", setting))))
			}
			return text.String()
		}
		b.mesh(many(79_000, 1))
		if b.own {
			b.meshc("plan", "words.yaml").Want(0)
		} else {
			b.meshc("plan", "words.yaml").Want(3).Says("MC5063", "The FunctionMesh `words` has 1607 kB", "--components")
		}
		b.mesh(many(1, 262_100))
		b.meshc("plan", "words.yaml").Want(3).Says("MC5063", "The annotations of the Function")
		b.mesh(many(76_000, 1))
		// What it waits for then is nobody's here.
		b.apply("--timeout", "1s").Want(1).Says("created function public/default/f0000")
		b.mesh(many(1, 200_000))
		b.apply("--timeout", "1s").Want(1).Says("updated function public/default/f0000")
	})
}
