package manager_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/backends/native/wire"
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

// TestALateWriteIsToldByWhom: what a writer sent that was cut off may be stored after
// another has compared, and before that one's write. The first counts.
func TestALateWriteIsToldByWhom(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	id := newMesh()
	next := recordtest.Next(id, record.Head{}, "second")
	first, err := record.EncodeHead(recordtest.Next(id, record.Head{}, "first"))
	if err != nil {
		t.Fatal(err)
	}
	var s *manager.Store
	s = openWith(t, manager.WithHeld(p.options(t), func() {
		manager.Inject(s, wire.Received{Plain: true, Message: wire.Message{Key: id.String(), Payload: first, Properties: map[string]string{"meshc-write": "first"}}})
	}))
	_, err = s.Write(t.Context(), next, nil)
	var conflict *record.ConflictError
	if !errors.As(err, &conflict) || conflict.Winner.Author != "first" || conflict.Winner.Revision != 1 {
		t.Errorf("%v", err)
	}
}
