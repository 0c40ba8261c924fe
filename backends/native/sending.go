package native

import (
	"context"
	"sync"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// tellSending lets the calls of a step tell how far they have sent a file. Once end
// has returned none does: a server may answer before it has read all, and then the
// rest is still being written when the step is over.
func tellSending(ctx context.Context, s plan.Step, events func(backend.Event)) (_ context.Context, end func()) {
	var mu sync.Mutex
	over := false
	ctx = admin.WithProgress(ctx, func(sent, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			events(backend.Progress{Step: s, Sent: sent, Total: total})
		}
	})
	return ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	}
}
