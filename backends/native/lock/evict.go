package lock

import (
	"context"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
)

// linger is how long one that takes a lock away keeps it: the old holder notices at its
// next sign of life, within a second, asks for the lock again, and has to find someone
// there. Topics that nobody uses forget who was on them.
const linger = 3 * time.Second

// Evict takes the lock away from whoever has it, and gives it back: a producer with
// ExclusiveWithFencing, who goes after a while. Topic, Settings, Holder and Locate are
// needed. Errors are those of Take.
func Evict(ctx context.Context, o Options) error {
	c, err := o.Connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	p, err := c.Produce(ctx, o.Topic, wire.Fencing, o.Holder)
	if err != nil {
		return err
	}
	select {
	case <-time.After(linger):
	case <-p.Closed():
		return nil // whoever came next has it
	case <-ctx.Done():
	}
	return p.Close(context.WithoutCancel(ctx))
}
