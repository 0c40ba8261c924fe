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
	// failed is what the last start was refused for.
	failed error
}

// again starts those of a component's instances that stand still so. Others go on. A
// start that is refused is tried again later, as long as the wait lasts; the text says
// what is done, and what came of it.
func (s *starter) again(ctx context.Context, f *state.Component, status admin.Status) (text string) {
	for _, i := range status.Instances {
		if !unstarted(f, i.Status) {
			continue
		}
		text = "; it is started again"
		if s.failed != nil {
			text += ": " + s.failed.Error()
		}
		if time.Since(s.last[i.ID]) < startEvery {
			continue
		}
		if s.last == nil {
			s.last = map[int]time.Time{}
		}
		s.last[i.ID] = time.Now()
		s.failed = s.b.client.RestartInstance(ctx, adminKind(f.Kind), f.Tenant, f.Namespace, f.Name, i.ID)
	}
	return text
}

// unstarted tells of an instance that only a start brings back: builtin code comes from
// the worker's own disk, so another's trouble may sound the same there.
func unstarted(f *state.Component, i admin.InstanceStatus) bool {
	return f.Code.Mode != state.Builtin && i.Unstarted()
}
