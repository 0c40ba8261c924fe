package manager

import (
	"context"
	"time"

	"github.com/meshc/meshc/planner/record"
)

// criticBeat is how often what the store skips is looked at.
const criticBeat = time.Second

// criticise logs what the store of records skips, each once, until ctx ends. Where
// more comes than the store keeps, the number of all that came is told.
func (m *Manager) criticise(ctx context.Context) {
	critic, ok := m.opts.Records.(record.Critic)
	if !ok {
		return
	}
	beat := time.NewTicker(criticBeat)
	defer beat.Stop()
	for told := 0; ; {
		all, newest := critic.Problems()
		if missed := all - told - len(newest); missed > 0 {
			m.log.Warn("more was skipped in the place of records than is told here", "count", missed)
		}
		for _, p := range newest[max(0, len(newest)-(all-told)):] {
			m.log.Warn("skipped in the place of records", "position", p.Position, "key", clean(p.Key), "err", clean(p.Err.Error()))
		}
		told = all
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// skipped counts what the store of records has skipped.
func (m *Manager) skipped() float64 {
	if critic, ok := m.opts.Records.(record.Critic); ok {
		all, _ := critic.Problems()
		return float64(all)
	}
	return 0
}
