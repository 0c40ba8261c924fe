package coordinate_test

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// TestUnfit: a member that is not fit to lead gives the lead away, and has it again when
// it is fit and the others are not.
func TestUnfit(t *testing.T) {
	topic := "persistent://" + pulsartest.Namespace(t, pulsartest.Shared(t)) + "/records-coordinate"
	a, b := join(t, topic, "a"), join(t, topic, "b")
	for range 2 {
		old := leader(t, a, b)
		next := a
		if old == a {
			next = b
		}
		old.Stand(t.Context(), false)
		if old.Leading() || old.Confirm(t.Context()) == nil {
			t.Error("it leads, and is not fit for it")
		}
		if now := leader(t, a, b); now != next {
			t.Errorf("%s leads", now.Name())
		}
		old.Stand(t.Context(), true)
	}
}
