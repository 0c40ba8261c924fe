package manager

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// History implements record.Store.
func (s *Store) History(ctx context.Context, id mesh.ID, before int64, limit int) ([]record.Head, error) {
	if err := s.sync(ctx); err != nil {
		return nil, err
	}
	e, ok := s.newest(id.String())
	if !ok {
		return nil, nil
	}
	var out []record.Head
	for h := e.head; len(out) < limit; {
		if before == 0 || h.Revision < before {
			out = append(out, h)
		}
		if h.Before == "" || len(out) == limit {
			break
		}
		older, err := s.older(ctx, id.String(), h.Before)
		switch {
		case errors.Is(err, record.ErrGone):
			return out, nil
		case err != nil:
			return out, s.o.told(err)
		case older.Readable() && h.Revision > 0 && older.Revision >= h.Revision:
			return out, fmt.Errorf("the log of %s leads in a circle at revision %d", id, h.Revision)
		}
		h = older
	}
	return out, nil
}

// Body implements record.Store.
func (s *Store) Body(ctx context.Context, h record.Head) (*record.Body, error) {
	data, err := s.rawBody(ctx, h)
	if err != nil {
		return nil, err
	}
	return record.DecodeBody(data)
}

// rawBody reads the bytes of a body.
func (s *Store) rawBody(ctx context.Context, h record.Head) ([]byte, error) {
	if h.Body == "" {
		return nil, fmt.Errorf("the body of %s, version %d: %w", h.Mesh, h.Version, record.ErrGone)
	}
	places := strings.Split(h.Body, ",")
	if len(places) == 1 {
		return s.bodyAt(ctx, h, places[0])
	}
	var data []byte
	for _, place := range places {
		m, err := s.fetch(ctx, place)
		if err != nil {
			return nil, s.o.told(err)
		}
		if len(data)+len(m.Payload) > record.MaxBody {
			return nil, fmt.Errorf("the body of %s: %w", h.Mesh, record.ErrTooLarge)
		}
		data = append(data, m.Payload...)
	}
	return data, nil
}

// bodyAt reads a body that is in one message: beside its head, or as the only part
// where the two have no room in one.
func (s *Store) bodyAt(ctx context.Context, h record.Head, place string) ([]byte, error) {
	m, err := s.fetch(ctx, place)
	if err != nil {
		return nil, s.o.told(err)
	}
	if m.Properties[kindKey] == kindPart && m.Key == h.Mesh {
		return m.Payload, nil
	}
	_, body, err := entryOf(h.Mesh, place, m)
	if err == nil && len(body) == 0 {
		err = fmt.Errorf("%s of the log has no body: %w", place, record.ErrGone)
	}
	if err != nil {
		return nil, s.o.told(err)
	}
	return body, nil
}
