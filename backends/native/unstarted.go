package native

import (
	"context"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// startEvery is the time between two starts of an instance that its worker could not
// start: a broker's package service comes a few seconds after its worker.
const startEvery = 3 * time.Second

// starter starts instances that their worker could not start and forgets.
type starter struct {
	b *Backend
	// last is when each of them was started.
	last map[int]time.Time
}

// again starts those of a component's instances that stand still so. Others go on.
func (s *starter) again(ctx context.Context, f *state.Component, status admin.Status) error {
	for _, i := range status.Instances {
		if !i.Status.Unstarted() || time.Since(s.last[i.ID]) < startEvery {
			continue
		}
		if s.last == nil {
			s.last = map[int]time.Time{}
		}
		s.last[i.ID] = time.Now()
		err := s.b.client.RestartInstance(ctx, adminKind(f.Kind), f.Tenant, f.Namespace, f.Name, i.ID)
		if err != nil && !passing(err) {
			return err
		}
	}
	return nil
}
