package manager_test

import (
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// TestManyMeshesAtOnce: writers of different meshes meet on the topic alone; each gets
// its turn, and nobody is refused.
func TestManyMeshesAtOnce(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	const writers, rounds = 20, 10
	var g errgroup.Group
	begin := time.Now()
	longest := make([]time.Duration, writers)
	for i := range writers {
		s, id := p.open(t), newMesh()
		g.Go(func() error {
			var h record.Head
			for range rounds {
				began := time.Now()
				var err error
				if h, err = s.Write(t.Context(), recordtest.Next(id, h, "a"), recordtest.BodyOf("name: x")); err != nil {
					return err
				}
				longest[i] = max(longest[i], time.Since(began))
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d writes of %d writers within %v, the longest waited by writer: %v", writers*rounds, writers, time.Since(begin), longest)
}
