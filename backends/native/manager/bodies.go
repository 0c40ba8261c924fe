package manager

import (
	"context"
	"errors"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// keepBodies stores the last versions of meshes anew whose bodies the log has had for
// half of its retention.
func (s *Store) keepBodies(ctx context.Context) error {
	return s.forAll(ctx, s.fading, s.renew)
}

func (s *Store) fading(e entry) bool {
	return e.head.Readable() && e.log != "" && time.Since(e.kept) > s.o.LogRetention/2
}

// renew appends the last versions of a mesh to the log again, the oldest first, and
// points its head there. The head is of the same write as before, so that readers take
// it for what it is.
func (s *Store) renew(ctx context.Context, p *wire.Producer, key string) error {
	e, ok := s.newest(key)
	if !ok || !s.fading(e) {
		return nil
	}
	began := time.Now()
	type version struct {
		head  record.Head
		write string
	}
	chain := []version{{e.head, e.write}}
	for len(chain) < record.DefaultKeep && chain[len(chain)-1].head.Before != "" {
		h, _, write, err := s.logged(ctx, key, chain[len(chain)-1].head.Before)
		if errors.Is(err, record.ErrGone) {
			break
		}
		if err != nil {
			return err
		}
		chain = append(chain, version{h, write})
	}
	place := chain[len(chain)-1].head.Before
	for i := len(chain) - 1; i >= 0; i-- {
		h := chain[i].head
		h.Before = place
		body, err := s.rawBody(ctx, h)
		if err != nil && !errors.Is(err, record.ErrGone) {
			return err
		}
		if h, place, err = s.append(ctx, h, body, chain[i].write); err != nil {
			return err
		}
		e.head = h
	}
	e.log, e.kept = place, began
	m, err := e.message()
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	_, err = p.Send(bounded, m)
	return err
}
