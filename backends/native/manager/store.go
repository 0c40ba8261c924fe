package manager

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// Store is a record.Store on topics.
type Store struct {
	o            Options
	records, log *link
	end          context.CancelFunc
	ended        chan struct{}
	// writing is held by the one write at a time.
	writing chan struct{}

	mu    sync.Mutex
	index *index
	// read counts the messages that the index was made of.
	read int
	// reader is nil while there is no connection, for the reason err; dead is why there
	// will be none. change is closed when any of this or the index changes.
	reader    *wire.Reader
	err, dead error
	change    chan struct{}
	// mine are the writes of this store whose outcome is awaited.
	mine     map[string]fate
	watchers map[*watcher]bool
	problems []Problem
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
	s := &Store{o: o, records: &link{o: o, topic: o.Topic}, log: &link{o: o, topic: o.logTopic()},
		ended: make(chan struct{}), writing: make(chan struct{}, 1), index: newIndex(), change: make(chan struct{}),
		mine: map[string]fate{}, watchers: map[*watcher]bool{}}
	g, gctx := errgroup.WithContext(ctx)
	for _, topic := range []string{o.Topic, o.logTopic()} {
		g.Go(func() error {
			_, err := o.ensure(gctx, topic)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	r, err := s.attach(ctx)
	if err != nil {
		s.records.drop()
		return nil, o.told(err)
	}
	s.reader = r
	background, end := context.WithCancel(context.Background())
	s.end = end
	go s.tail(background, r)
	return s, nil
}

// Close implements record.Store.
func (s *Store) Close() error {
	s.end()
	s.records.drop()
	s.log.drop()
	<-s.ended
	s.records.drop()
	return nil
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
