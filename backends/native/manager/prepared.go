package manager

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/record"
)

// keptProperty of the log topic tells that the policies of all three topics were set.
const keptProperty = "meshc-kept"

// prepared sees to topics that somebody else has made. Brokers delete topics without
// subscriptions that nobody uses for a minute, and trim what no subscription holds,
// unless policies say otherwise; the first compaction makes the cursor that holds
// the records. Errors: a *record.UnkeptError where they may be lost, or why that is
// not known.
func (s *Store) prepared(ctx context.Context) error {
	props, err := s.o.Client.TopicProperties(ctx, s.o.logTopic())
	if err == nil && props[keptProperty] != "" {
		return nil
	}
	stats, err := s.o.Client.TopicStats(ctx, s.o.Topic)
	if err != nil {
		return err
	}
	_, cursor := stats.Subscriptions[compactionCursor]
	for _, topic := range []string{s.o.Topic, s.o.logTopic(), s.o.snapshotTopic()} {
		if err := s.prepare(ctx, topic); err != nil {
			rights := admin.Classify(err) == admin.Unauthorized
			switch {
			case rights && cursor:
				return nil // an administrator has seen to them, who set them by hand
			case rights || errors.Is(err, admin.ErrTopicPoliciesOff):
				return s.o.unkept(topic, err)
			}
			return fmt.Errorf("the policies of %s could not be set: %w", topic, err)
		}
	}
	return s.o.Client.SetTopicProperties(ctx, s.o.logTopic(), map[string]string{keptProperty: "1"})
}

// unkept says what an administrator has to do.
func (o Options) unkept(topic string, err error) error {
	_, name, _ := strings.Cut(o.Topic, "://")
	namespace := name[:strings.LastIndexByte(name, '/')]
	e := &record.UnkeptError{Err: fmt.Errorf("brokers may delete or trim %s while nobody uses it: its policies could not be set: %w", topic, err)}
	if errors.Is(err, admin.ErrTopicPoliciesOff) {
		e.Remedy = "set topicLevelPoliciesEnabled=true in the brokers' configuration, or see to it that namespace " + namespace + " has a retention, and keeps inactive topics"
		return e
	}
	e.Remedy = "an administrator of the tenant runs 'meshc lock' and 'meshc unlock' once for any mesh, with --records-topic " + o.Topic + ", or sets the policies that docs/records.md names under Rights"
	return e
}

// tend looks once, beside the first write, whether the topics are prepared.
func (s *Store) tend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tended || s.closing {
		return
	}
	s.tended = true
	done := make(chan struct{})
	s.tending = done
	s.beside.Go(func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(context.Background(), tidyTime)
		defer cancel()
		err := s.prepared(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.note(err)
			s.unkept = err
		}
	})
}

// Unkept implements record.Promiser, once something was written.
func (s *Store) Unkept(ctx context.Context) *record.UnkeptError {
	s.mu.Lock()
	tending := s.tending
	s.mu.Unlock()
	if tending != nil {
		select {
		case <-tending:
		case <-ctx.Done():
			return nil
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *record.UnkeptError
	if errors.As(s.unkept, &e) {
		return e
	}
	return nil
}

var _ record.Promiser = (*Store)(nil)
