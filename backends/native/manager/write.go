package manager

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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
	w := &write{s: s, id: rand.Text(), next: next, body: data}
	s.mu.Lock()
	s.mine[w.id] = pending
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.mine, w.id)
	}()
	begin := time.Now()
	for wait := firstPause; ; wait = min(2*wait, time.Second) {
		stored, err := w.once(ctx, begin)
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
}

// once tries to write.
func (w *write) once(ctx context.Context, begin time.Time) (record.Head, error) {
	s := w.s
	if done, err := w.settled(); done || err != nil {
		return w.stored, err
	}
	p, err := w.hold(ctx, begin)
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
	if s.o.Held != nil {
		s.o.Held()
	}
	return w.publish(ctx, p)
}

// publish sends the head and looks whether it counts.
func (w *write) publish(ctx context.Context, p *wire.Producer) (record.Head, error) {
	s := w.s
	m, err := headMessage(w.stored, w.id, w.log)
	if err != nil {
		return w.next, err
	}
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	if _, err := p.Send(bounded, m); err != nil {
		if bounded.Err() != nil {
			s.records.drop()
		}
		return w.next, err
	}
	for {
		s.mu.Lock()
		change, reader, dead := s.change, s.reader, s.dead
		s.mu.Unlock()
		done, err := w.settled()
		if err != nil {
			// Compaction would keep ours, which does not count.
			s.heal(ctx, p, w.next.Mesh)
		}
		if done || err != nil {
			return w.stored, err
		}
		if reader == nil && dead != nil {
			return w.next, dead
		}
		select {
		case <-change:
		case <-ctx.Done():
			return w.next, context.Cause(ctx)
		}
	}
}

func headMessage(h record.Head, write, log string) (wire.Message, error) {
	data, err := record.EncodeHead(h)
	return wire.Message{Key: h.Mesh, Properties: map[string]string{writeKey: write, logKey: log}, Payload: data}, err
}

// heal writes the head of a mesh again, behind what does not count.
func (s *Store) heal(ctx context.Context, p *wire.Producer, key string) {
	e, ok := s.newest(key)
	if !ok || !e.covered {
		return
	}
	if m, err := headMessage(e.head, e.write, e.log); err == nil {
		bounded, cancel := context.WithTimeout(ctx, silence)
		defer cancel()
		// If it fails, a later write or a housekeeping pass does it.
		_, _ = p.Send(bounded, m)
	}
}

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
		return false, &record.ConflictError{Winner: s.index.meshes[w.next.Mesh].head, Want: w.next.Revision}
	}
	// Revisions only rise: this is certain also where the index is behind.
	if e, ok := s.index.meshes[w.next.Mesh]; ok && e.head.Readable() && e.head.Revision >= w.next.Revision && e.write != w.id {
		return false, &record.ConflictError{Winner: e.head, Want: w.next.Revision}
	}
	return false, nil
}

// errStuck tells that nobody moved for Options.Patience.
var errStuck = errors.New("the holder of the records topic stands still")

// hold becomes the only producer of the records topic. It gives up where another
// write has made this one impossible.
func (w *write) hold(ctx context.Context, begin time.Time) (*wire.Producer, error) {
	s := w.s
	if _, err := s.attached(ctx, begin); err != nil {
		return nil, err
	}
	c, err := s.records.get(ctx)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		w.patient(waiting, cancel)
	}()
	p, err := c.Produce(waiting, s.o.Topic, wire.Waiting, nil)
	cancel(nil)
	<-watched
	if !errors.Is(err, errStuck) {
		return p, err
	}
	bounded, stop := context.WithTimeout(ctx, 2*silence)
	defer stop()
	if p, err = c.Produce(bounded, s.o.Topic, wire.Fencing, nil); err != nil && bounded.Err() != nil {
		s.records.drop()
		err = fmt.Errorf("%w, and could not be fenced off: %w", errStuck, err)
	}
	return p, err
}

// patient ends a wait that is of no use any more, or in which nobody gets on.
func (w *write) patient(ctx context.Context, end context.CancelCauseFunc) {
	s := w.s
	timer := time.NewTimer(s.o.Patience)
	defer timer.Stop()
	for {
		s.mu.Lock()
		change := s.change
		s.mu.Unlock()
		if done, err := w.settled(); done || err != nil {
			end(err)
			return
		}
		select {
		case <-change:
			timer.Reset(s.o.Patience)
		case <-timer.C:
			end(errStuck)
			return
		case <-ctx.Done():
			return
		}
	}
}
