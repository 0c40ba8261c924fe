package manager

import (
	"context"
	"errors"

	"github.com/meshc/meshc/backends/native/wire"
)

// heal writes the head of a mesh again, behind what does not count. If it fails, a later
// write or a housekeeping pass does it.
func (s *Store) heal(ctx context.Context, p *wire.Producer, key string) error {
	e, ok := s.newest(key)
	if !ok || !e.covered {
		return nil
	}
	m, err := e.message()
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, err = p.Send(bounded, m)
	return err
}

// healAll heals all meshes, as the only producer.
func (s *Store) healAll(ctx context.Context) error {
	return s.forAll(ctx, func(e entry) bool { return e.covered }, s.heal)
}

// forAll does something, as the only producer, about each mesh that is chosen.
func (s *Store) forAll(ctx context.Context, chosen func(entry) bool, do func(context.Context, *wire.Producer, string) error) error {
	s.mu.Lock()
	some := false
	for _, e := range s.index.meshes {
		some = some || chosen(e)
	}
	s.mu.Unlock()
	if !some {
		return nil
	}
	return s.alone(ctx, func(p *wire.Producer) error {
		s.mu.Lock()
		var keys []string
		for key, e := range s.index.meshes {
			if chosen(e) {
				keys = append(keys, key)
			}
		}
		s.mu.Unlock()
		var failed []error
		for _, key := range keys {
			failed = append(failed, do(ctx, p, key))
		}
		return errors.Join(failed...)
	})
}

// alone does something as the only producer of the records topic, who has read to its end.
func (s *Store) alone(ctx context.Context, do func(*wire.Producer) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p, err := s.hold(ctx, now(), func() (bool, error) { return false, nil })
	if err != nil {
		return s.o.told(err)
	}
	defer p.Drop()
	if err := s.sync(ctx); err != nil {
		return err
	}
	return do(p)
}
