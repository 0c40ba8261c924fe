package manager

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
)

// compactEvery and compactPause are how many messages have to be read, and how much
// time has to have passed, before the topic is compacted again.
const (
	compactEvery = 1000
	compactPause = 30 * time.Minute
)

// tidyTime bounds what is done beside, so that no command waits for it for long.
const tidyTime = 3 * time.Second

func now() time.Time { return time.Now() }

// tidy begins to write heads again that compaction could lose, and, when enough was read,
// to store a snapshot and to compact the topic. It is of use to those who come later: whether
// it succeeds does not matter to this one.
func (s *Store) tidy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	enough, ill := s.read >= snapshotEvery, s.ill
	if !enough && !ill || s.tidying || s.closing {
		return
	}
	s.tidying, s.ill = true, false
	s.beside.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), tidyTime)
		defer cancel()
		var err error
		if ill {
			err = s.healAll(ctx)
		}
		if err == nil && enough {
			if err = s.save(ctx); err == nil {
				err = s.compact(ctx, compactEvery)
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tidying = false
		if err != nil {
			s.read = 0 // not again with the next message
			s.note(fmt.Errorf("housekeeping: %w", err))
		}
	})
}

// compact has the topic compacted if that many messages were read since it was last seen to be.
func (s *Store) compact(ctx context.Context, every int) error {
	s.mu.Lock()
	due := s.total-s.compacted >= every
	s.mu.Unlock()
	if !due {
		return nil
	}
	last, err := s.o.Client.LastCompaction(ctx, s.o.Topic)
	if err == nil && time.Since(last) > compactPause {
		err = s.o.Client.Compact(ctx, s.o.Topic)
	}
	if err == nil || errors.Is(err, admin.ErrExists) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.compacted = s.total
		return nil
	}
	return err
}

// compactionCursor is the subscription of compactions (Compactor.COMPACTION_SUBSCRIPTION).
const compactionCursor = "__compaction"

// prepare sets the policies of topics that were just made: none of them is deleted
// because nobody uses it, and each keeps what it is for.
func (s *Store) prepare(ctx context.Context, topic string) error {
	err := s.o.Client.KeepInactive(ctx, topic)
	r := admin.Retention{Minutes: int64(snapshotRetention / time.Minute), MB: -1}
	switch topic {
	case s.o.Topic:
		// The first compaction, of nothing, makes the cursor that holds what is not compacted yet.
		// Only behind it the retention is without danger.
		if compactErr := s.o.Client.Compact(ctx, topic); compactErr != nil {
			return errors.Join(err, compactErr)
		}
		r = admin.Retention{Minutes: int64(recordsRetention / time.Minute), MB: -1}
	case s.o.logTopic():
		r = admin.Retention{Minutes: int64(max(s.o.LogRetention, time.Minute) / time.Minute), MB: -1}
	}
	return errors.Join(err, s.o.Client.SetTopicRetention(ctx, topic, r))
}

const (
	// recordsRetention is how long the records topic keeps what is compacted.
	recordsRetention = 24 * time.Hour
	// snapshotRetention is how long the snapshot topic keeps what is superseded, and the
	// newest at least. It is no size, since that would have to exceed the backlog quota.
	snapshotRetention = 7 * 24 * time.Hour
)
