package manager

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Store is a record.Store on topics.
type Store struct {
	o                   Options
	records, log, snaps *link
	end                 context.CancelFunc
	ended               chan struct{}
	// beside is what goes on beside.
	beside sync.WaitGroup
	// writing is held by the one write at a time.
	writing chan struct{}

	mu    sync.Mutex
	index *index
	// before is the index as it was before everything was read again; doubted is the last
	// message that this was done for.
	before  map[string]entry
	doubted wire.Position
	// read counts the messages since the last snapshot, total all of them; compacted is
	// what total was when the topic was last seen to be compacted.
	read, total, compacted int
	tidying, closing       bool
	tended                 bool
	// tending ends when the look whether the topics are prepared has; unkept is what it found.
	tending chan struct{}
	unkept  error
	// wrote and others are when this store, and another, has written last.
	wrote, others time.Time
	// ill tells that compaction could lose a head.
	ill bool
	// synced tells that the index was compared with the topic since it was opened.
	synced bool
	// past are heads of histories, by their place in the log.
	past map[string]record.Head
	// reader is nil while there is no connection, for the reason err; dead is why calls
	// need not wait for one. change is closed when any of this or the index changes.
	reader    *wire.Reader
	err, dead error
	change    chan struct{}
	// mine are the writes of this store whose outcome is awaited.
	mine map[string]fate
	// winners are who came before those that are lost.
	winners  map[string]record.Head
	watchers map[*watcher]bool
	// problems are the newest of all that were noticed.
	problems []record.Problem
	noticed  int
}

// fate is what became of a write.
type fate int

const (
	pending fate = iota + 1
	won
	lost
)

// Open connects to the records of a cluster, and makes their topics if they are not
// there. Errors: one that wraps record.ErrForbidden, a *lock.Unreachable, a
// *conn.RefusedError, or of the web service.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	s := &Store{o: o, records: &link{o: o, topic: o.Topic}, log: &link{o: o, topic: o.logTopic()}, snaps: &link{o: o, topic: o.snapshotTopic()},
		ended: make(chan struct{}), writing: make(chan struct{}, 1), index: newIndex(), change: make(chan struct{}),
		mine: map[string]fate{}, winners: map[string]record.Head{}, watchers: map[*watcher]bool{}, past: map[string]record.Head{}, doubted: wire.Earliest}
	r, err := s.begin(ctx)
	if err != nil {
		s.disconnect()
		return nil, o.told(err)
	}
	s.reader = r
	background, end := context.WithCancel(context.Background())
	s.end = end
	go s.tail(background, r)
	go s.beat(background)
	return s, nil
}

// begin makes the topics where they are not there, and reads on from the newest snapshot.
func (s *Store) begin(ctx context.Context) (*wire.Reader, error) {
	var made atomic.Int32
	g, gctx := errgroup.WithContext(ctx)
	for _, topic := range []string{s.o.Topic, s.o.logTopic(), s.o.snapshotTopic()} {
		g.Go(func() error {
			isNew, err := s.o.ensure(gctx, topic)
			if isNew {
				made.Add(1)
				if err := s.prepare(gctx, topic); err != nil {
					made.Add(-1)
					s.mu.Lock()
					defer s.mu.Unlock()
					s.note(fmt.Errorf("the policies of %s could not be set: %w", topic, err))
				}
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if made.Load() == 3 {
		// Otherwise the first write looks again.
		s.tended = s.o.Client.SetTopicProperties(ctx, s.o.logTopic(), map[string]string{keptProperty: "1"}) == nil
	}
	g, gctx = errgroup.WithContext(ctx)
	g.Go(func() error {
		_, err := s.records.get(gctx)
		return err
	})
	g.Go(func() error {
		// Without a snapshot everything is read, which takes longer and is as good.
		x, err := s.restore(gctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.note(fmt.Errorf("the snapshot is not used: %w", err))
		} else if x != nil {
			s.index = x
			for _, e := range x.meshes {
				s.ill = s.ill || e.covered
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	// A topic that ends before the snapshot has been made anew, or has lost something.
	if s.index.at != wire.Earliest {
		if last, err := s.lastOf(ctx); err != nil || last.Compare(s.index.at) < 0 {
			s.index = newIndex()
			s.note(errors.New("the snapshot is not used: the records topic ends before it"))
		}
	}
	return s.attach(ctx)
}

// lastOf asks where the records topic ends, by a reader that gets no messages: with one
// that does, the answer would wait behind those that nobody takes yet.
func (s *Store) lastOf(ctx context.Context) (wire.Position, error) {
	c, err := s.records.get(ctx)
	if err != nil {
		return wire.Position{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	r, err := c.Read(bounded, s.o.Topic, wire.ReaderOptions{From: wire.Latest, Ahead: 1})
	if err != nil {
		return wire.Position{}, err
	}
	defer r.Drop()
	return r.Last(bounded)
}

// Close implements record.Store. It waits for what goes on beside.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.beside.Wait()
	s.end()
	s.disconnect()
	<-s.ended
	s.disconnect()
	return nil
}

func (s *Store) disconnect() {
	for _, l := range []*link{s.records, s.log, s.snaps} {
		l.drop()
	}
}

// Heads implements record.Store.
func (s *Store) Heads(ctx context.Context) ([]record.Head, error) {
	if err := s.sync(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]record.Head, 0, len(s.index.meshes))
	for _, key := range slices.SortedFunc(maps.Keys(s.index.meshes), strings.Compare) {
		out = append(out, s.index.meshes[key].head)
	}
	return out, nil
}

// Head implements record.Store.
func (s *Store) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	if err := s.sync(ctx); err != nil {
		return record.Head{}, err
	}
	e, ok := s.newest(id.String())
	if !ok {
		return record.Head{}, record.ErrNone
	}
	return e.head, nil
}

func (s *Store) newest(key string) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.index.meshes[key]
	return e, ok
}

var (
	_ record.Store   = (*Store)(nil)
	_ record.Watcher = (*Store)(nil)
)
