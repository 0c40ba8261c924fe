package fidelity

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// How many components change in many fields at once, and how often each does. Then
// it goes back to how it began, which takes all of them away.
const (
	manyComponents = 64
	manyChanges    = 4
)

// many are components that go through random configs. What the compiler refuses is
// drawn again: it knows what workers do not take together.
func (b *tester) many(random *rand.Rand, n int) []one {
	shapes := []shape{plain, plain, windowed, source, batch, sink, sink, transform}
	var out []one
	for i := range n {
		s := shapes[random.IntN(len(shapes))]
		c := one{about: fmt.Sprintf("random %s %d", s.name, i), shape: s, configs: []map[string]any{s.base}}
		for len(c.configs) < manyChanges {
			c.configs = append(c.configs, b.draw(random, s))
		}
		c.configs = append(c.configs, s.base)
		out = append(out, c)
	}
	return out
}

// draw gives a config with two to eight settings.
func (b *tester) draw(random *rand.Rand, s shape) map[string]any {
	all := settings(s)
	for {
		config := s.base
		for range 2 + random.IntN(7) {
			set := all[random.IntN(len(all))]
			v := set.values()
			if tooNew(set.field, b.Server.Version) || len(v) == 0 {
				continue
			}
			config = with(merge(config, set.beside), set.path, v[random.IntN(len(v))])
		}
		c := one{shape: s, configs: []map[string]any{config}}
		if _, findings := b.compile("draw", b.text("draw", []one{c}, 0)); findings == nil {
			return config
		}
	}
}

func TestManyFields(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := pulsartest.Shared(t)
	n := manyComponents
	if !whole() {
		n = 6
	}
	walkAll(t, srv, "many fields", newTester(t, srv).many(seed(t), n))
}
