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

// mostRenewed bounds the heads of a mesh that are appended again, if it was locked that often.
const mostRenewed = 50 * record.DefaultKeep

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
	for versions := 1; len(chain) < mostRenewed && chain[len(chain)-1].head.Before != ""; {
		h, _, write, err := s.logged(ctx, key, chain[len(chain)-1].head.Before)
		if errors.Is(err, record.ErrGone) {
			break
		}
		if err != nil {
			return err
		}
		// Locks are heads of the version that they are about.
		if h.Version != chain[len(chain)-1].head.Version {
			if versions++; versions > record.DefaultKeep {
				break
			}
		}
		chain = append(chain, version{h, write})
	}
	moved := map[string]string{}
	place := chain[len(chain)-1].head.Before
	var err error
	for i := len(chain) - 1; i >= 0; i-- {
		h := chain[i].head
		h.Before = place
		old := h.Body
		var body []byte
		if at := moved[old]; at != "" {
			h.Body = at
		} else if body, err = s.rawBody(ctx, h); err != nil && !errors.Is(err, record.ErrGone) {
			return err
		}
		if h, place, err = s.append(ctx, h, body, chain[i].write); err != nil {
			return err
		}
		if body != nil {
			moved[old] = h.Body
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
