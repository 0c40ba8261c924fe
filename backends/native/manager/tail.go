package manager

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// attach connects and begins to read behind what is known.
func (s *Store) attach(ctx context.Context) (*wire.Reader, error) {
	c, err := s.records.get(ctx)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	s.mu.Lock()
	from := s.index.at
	s.mu.Unlock()
	r, err := c.Read(bounded, s.o.Topic, wire.ReaderOptions{From: from, Compacted: true, Largest: record.MaxHead + 64<<10})
	if err != nil && bounded.Err() != nil {
		s.records.drop()
	}
	return r, err
}

// tail reads the records topic until the store is closed.
func (s *Store) tail(ctx context.Context, r *wire.Reader) {
	defer close(s.ended)
	wait := firstPause
	for ctx.Err() == nil {
		var err error
		if r == nil {
			if r, err = s.attach(ctx); err != nil {
				s.detach(nil, err)
				longest := time.Second
				if !passing(err) {
					// Brokers refuse in passing trouble too: while their own rights or topics
					// cannot be read, say. Calls fail at once, and the next try comes later.
					longest = longestPause
				}
				select {
				case <-time.After(wait):
				case <-ctx.Done():
				}
				wait = min(2*wait, longest)
				continue
			}
			wait = firstPause
			s.mu.Lock()
			s.reader, s.err, s.dead = r, nil, nil
			s.turn()
			s.mu.Unlock()
		}
		for err == nil {
			var m wire.Received
			if m, err = r.Next(ctx); err == nil && !s.take(m) {
				err = errDoubt
			}
		}
		s.detach(r, err)
		r = nil
	}
}

// beatEvery is how often the broker is asked for a sign of life: who only watches would
// not notice otherwise that its connection leads nowhere.
const beatEvery = 10 * time.Second

// beat gives a connection up that leads nowhere, until the store is closed.
func (s *Store) beat(ctx context.Context) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if c := s.records.current(); c != nil {
			bounded, cancel := context.WithTimeout(ctx, silence)
			if err := c.Ping(bounded); err != nil && ctx.Err() == nil {
				c.Close()
			}
			cancel()
		}
	}
}

// firstPause is before the first of the tries to connect again, longestPause between two
// of those that are refused.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 2 * time.Second
)

// Refused tells why the cluster refuses to have the records read, which a later try may
// end; nil where it does not. Until then all calls fail with that error, and Watch waits.
func (s *Store) Refused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead == nil {
		return nil
	}
	return s.o.told(s.dead)
}

// detach tells that there is no reader for now; that calls need not wait for one, if the
// error is not passing.
func (s *Store) detach(r *wire.Reader, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reader, s.err = nil, err
	if r == nil {
		if s.dead = nil; !passing(err) {
			s.dead = err
		}
	}
	s.turn()
}

// turn wakes those who wait for a change; mu is held.
func (s *Store) turn() {
	close(s.change)
	s.change = make(chan struct{})
}

// errDoubt tells that everything is read again.
var errDoubt = errors.New("the records are read again")

// take reads one message into the index and tells those who wait for it. It returns
// false where everything has to be read again.
func (s *Store) take(m wire.Received) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Compare(s.index.at) <= 0 {
		return true // where reading went on
	}
	if m.Compare(s.doubted) > 0 && s.before != nil {
		s.settle()
	}
	doubted := s.before != nil && m.Position == s.doubted
	last := s.index.meshes[m.Key].head
	v, err := s.index.take(m)
	// Of a message that is late: doubt empties the index.
	winner := s.index.meshes[m.Key].head
	s.read++
	s.total++
	s.ill = s.ill || v == garbage || v == late
	switch v {
	case news:
		if s.before == nil {
			s.tell(s.index.meshes[m.Key].head)
		}
	case gone:
		if s.before == nil {
			s.tellForgotten(last)
		}
	case late:
		s.problem(m, err)
		s.doubt(m)
	case garbage:
		s.problem(m, err)
	}
	if doubted {
		s.settle()
	}
	id := m.Properties[writeKey]
	if s.mine[id] == 0 {
		s.others = time.Now()
	} else {
		s.wrote = time.Now()
	}
	if s.mine[id] == pending {
		switch v {
		case news, again:
			s.mine[id] = won
		case late:
			s.mine[id] = lost
			s.winners[id] = winner
		}
	}
	s.turn()
	return s.reader != nil
}

// doubt has all read again, once for a message. That the index has a newer head than one
// that is stored later can mean two things: a late message of a writer that was cut off,
// which the second reading finds too; or that the topic has lost what the index knows
// from a snapshot or from before. Then what is stored counts. mu is held.
func (s *Store) doubt(m wire.Received) {
	if m.Compare(s.doubted) <= 0 {
		return
	}
	s.doubted = m.Position
	s.before = s.index.meshes
	s.index = newIndex()
	if s.reader != nil {
		s.reader.Drop()
		s.reader = nil
	}
}

// sync waits until the index has everything that was stored when it was called.
func (s *Store) sync(ctx context.Context) error {
	begin := time.Now()
	for {
		r, err := s.attached(ctx, begin)
		if err != nil {
			return err
		}
		bounded, cancel := context.WithTimeout(ctx, silence)
		last, err := r.Last(bounded)
		cancel()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && r.Ended() == nil:
			s.records.drop()
			continue
		case err != nil:
			continue
		}
		if done, err := s.reach(ctx, r, last); done || err != nil {
			if err == nil {
				s.mu.Lock()
				if s.synced = true; s.before != nil {
					s.settle()
				}
				s.mu.Unlock()
				s.tidy()
			}
			return err
		}
	}
}

// attached waits for a reader.
func (s *Store) attached(ctx context.Context, since time.Time) (*wire.Reader, error) {
	for {
		s.mu.Lock()
		r, change, err, dead := s.reader, s.change, s.err, s.dead
		s.mu.Unlock()
		switch {
		case dead != nil:
			return nil, s.o.told(dead)
		case r != nil && r.Ended() == nil:
			return r, nil
		}
		left := time.Until(since.Add(s.o.Away))
		if left <= 0 {
			return nil, s.o.told(fmt.Errorf("the broker could not be had back within %v: %w", s.o.Away, errors.Join(err)))
		}
		select {
		case <-change:
		case <-time.After(min(left, time.Second)):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// reach waits until a place is read, or the reader is another one.
func (s *Store) reach(ctx context.Context, r *wire.Reader, last wire.Position) (bool, error) {
	// A reader that got onto a topic while its broker gave it away may never hear of anything.
	timer := time.NewTimer(silence)
	defer timer.Stop()
	for {
		s.mu.Lock()
		at, now, change := s.index.at, s.reader, s.change
		s.mu.Unlock()
		switch {
		case last.Entry < 0 || at.Compare(last) >= 0:
			return true, nil
		case now != r:
			return false, nil
		}
		select {
		case <-change:
		case <-timer.C:
			s.records.drop()
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}
