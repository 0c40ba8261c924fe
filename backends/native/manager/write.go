package manager

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// Write implements record.Store.
func (s *Store) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	next.Format = record.Format
	if _, err := record.EncodeHead(next); err != nil {
		return next, err
	}
	var data []byte
	if body != nil {
		var err error
		if data, err = record.EncodeBody(body); err != nil {
			return next, err
		}
	}
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return next, context.Cause(ctx)
	}
	if err := s.certain(ctx); err != nil {
		return next, err
	}
	w := &write{s: s, id: rand.Text(), next: next, body: data}
	s.await(w.id)
	defer s.forget(w.id)
	defer s.tidy()
	s.tend()
	begin := time.Now()
	for wait := firstPause; ; wait = min(2*wait, time.Second) {
		stored, err := w.once(ctx, begin)
		if w.sent && errors.As(err, new(*record.ConflictError)) {
			stored, err = w.buried(ctx, err)
		}
		switch {
		case err == nil, errors.As(err, new(*record.ConflictError)), errors.Is(err, record.ErrNewer), errors.Is(err, record.ErrTooLarge):
			return stored, err
		case ctx.Err() != nil:
			return stored, context.Cause(ctx)
		case !passing(err), time.Since(begin) > s.o.Away:
			return stored, s.o.told(err)
		}
		// It may have been stored or not. The same write again settles it: readers know it by its id.
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return stored, context.Cause(ctx)
		}
	}
}

// write is one call of Write; it may take several tries.
type write struct {
	s    *Store
	id   string
	next record.Head
	body []byte
	// stored is next as it was last sent, log its entry in the log.
	stored record.Head
	log    string
	kept   time.Time
	// sent tells that it may be stored.
	sent bool
}

// once tries to write.
func (w *write) once(ctx context.Context, begin time.Time) (record.Head, error) {
	s := w.s
	if done, err := w.settled(); done || err != nil {
		return w.stored, err
	}
	p, err := s.hold(ctx, begin, w.settled)
	if err != nil {
		if done, settled := w.settled(); done || settled != nil {
			return w.stored, settled
		}
		return w.next, err
	}
	defer p.Drop()
	if err := s.sync(ctx); err != nil {
		return w.next, err
	}
	if done, err := w.settled(); done || err != nil {
		return w.stored, err
	}
	old, _ := s.newest(w.next.Mesh)
	if err := record.Check(old.head, w.next); err != nil {
		return w.next, err
	}
	if w.log == "" {
		h := w.next
		h.Before = old.log
		if old.head.SameRun(h) {
			h.Before = old.head.Before
		}
		if w.stored, w.log, err = s.append(ctx, h, w.body, w.id); err != nil {
			w.log = ""
			return w.next, err
		}
	}
	if s.o.held != nil {
		s.o.held()
	}
	w.kept = old.kept
	if w.kept.IsZero() {
		w.kept = time.Now()
	}
	return w.publish(ctx, p)
}

// publish sends the head and looks whether it counts.
func (w *write) publish(ctx context.Context, p *wire.Producer) (record.Head, error) {
	s := w.s
	m, err := entry{head: w.stored, write: w.id, log: w.log, kept: w.kept}.message()
	if err != nil {
		return w.next, err
	}
	w.sent = true
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	if _, err := p.Send(bounded, m); err != nil {
		if bounded.Err() != nil {
			s.records.drop()
		}
		return w.next, err
	}
	// Usually the tail has it at once; sync also sees to it that the tail is alive.
	for synced := false; ; {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		done, err := w.settled()
		if err != nil {
			// Compaction would keep ours, which does not count.
			if s.sync(ctx) == nil {
				_ = s.heal(ctx, p, w.next.Mesh)
			}
		}
		switch {
		case done || err != nil:
			return w.stored, err
		case synced:
			return w.next, errUnseen
		}
		select {
		case <-change:
		case <-time.After(usual):
			if err := s.sync(ctx); err != nil {
				return w.next, err
			}
			synced = true
		case <-ctx.Done():
			return w.next, context.Cause(ctx)
		}
	}
}

// usual is more than a message takes to be read back.
const usual = time.Second

// errUnseen tells that a write was confirmed, and is not on the topic.
var errUnseen = errors.New("the broker confirmed the record, and does not have it")

// settled tells whether the write is known to be stored, or an error where it is known
// that another one came first.
func (w *write) settled() (bool, error) {
	s := w.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.mine[w.id] {
	case won:
		return true, nil
	case lost:
		return false, &record.ConflictError{Winner: s.winners[w.id], Want: w.next.Revision}
	}
	// Revisions only rise: this is certain also where the index is behind.
	if e, ok := s.index.meshes[w.next.Mesh]; ok && e.head.Readable() && e.head.Revision >= w.next.Revision && e.write != w.id {
		return false, &record.ConflictError{Winner: e.head, Want: w.next.Revision}
	}
	return false, nil
}

// buried looks in the history for a write whose outcome was not known when others wrote
// after it; err is the conflict that it met on being tried again.
func (w *write) buried(ctx context.Context, err error) (record.Head, error) {
	s := w.s
	s.mu.Lock()
	fate := s.mine[w.id]
	e := s.index.meshes[w.next.Mesh]
	s.mu.Unlock()
	if fate == lost || !e.head.Readable() || e.head.Revision <= w.next.Revision {
		return w.next, err
	}
	for h := e.head; h.Before != ""; {
		older, _, id, readErr := s.logged(ctx, h.Mesh, h.Before)
		if readErr != nil || !older.Readable() || older.Revision < w.next.Revision {
			break
		}
		if older.Revision == w.next.Revision {
			if id == w.id {
				return older, nil
			}
			break
		}
		h = older
	}
	return w.next, err
}

// certain sees to it that the index was compared with the topic once: a snapshot may
// tell of what the topic has lost.
func (s *Store) certain(ctx context.Context) error {
	s.mu.Lock()
	synced := s.synced
	s.mu.Unlock()
	if synced {
		return nil
	}
	return s.sync(ctx)
}

// await begins to note what becomes of a write, forget ends it.
func (s *Store) await(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mine[id] = pending
}

func (s *Store) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.mine, id)
	delete(s.winners, id)
}
