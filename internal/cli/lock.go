package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
)

// lockFlags say how runs are kept apart.
type lockFlags struct {
	on      bool
	timeout time.Duration
}

func (x *lockFlags) bind(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&x.on, "lock", true, "hold the mesh's lock, so that no other run changes it meanwhile; --lock=false is for places that cannot reach the broker's binary service")
	cmd.Flags().DurationVar(&x.timeout, "lock-timeout", 0, "wait for a run that has the lock at most this `DURATION`, such as 10m; 0 does not wait")
}

func (x *lockFlags) check() error {
	switch {
	case x.timeout < 0:
		return usage("such as 10m, or 0 for not waiting", "--lock-timeout is %v", x.timeout)
	case x.timeout > 0 && !x.on:
		return usage("leave one of them out", "--lock=false needs no lock, and --lock-timeout waits for one")
	}
	return nil
}

// locks are those that a command holds, until it ends.
type locks struct{ held map[mesh.ID]backend.Lease }

func (l *locks) release() {
	for _, lease := range l.held {
		lease.Release()
	}
	l.held = nil
}

// lockOf gives what a plan's run asks for its lock.
func (c *carrier) lockOf(b backend.Backend, name string) func(context.Context) (backend.Lease, error) {
	return func(ctx context.Context) (backend.Lease, error) {
		id, err := mesh.ParseID(name)
		if err != nil {
			return nil, err
		}
		return c.lock(ctx, b, id)
	}
}

// expect tells a backend which meshes it will be asked about.
func expect(b backend.Backend, units []compiler.Unit) {
	expecter, expects := b.(backend.Expecter)
	for _, u := range units {
		if expects {
			expecter.Expect(u.Mesh)
		}
	}
}

// idsOf gives the names of meshes, in the order in which all runs take their locks.
func idsOf(units []compiler.Unit) []mesh.ID {
	var ids []mesh.ID
	for _, u := range units {
		ids = append(ids, u.Mesh.ID)
	}
	slices.SortFunc(ids, func(a, b mesh.ID) int { return strings.Compare(a.String(), b.String()) })
	return ids
}

// lockAll takes the locks of all meshes before they are planned. All runs take
// them in the same order, so that no two wait for each other.
func (c *carrier) lockAll(ctx context.Context, b backend.Backend, ids []mesh.ID) error {
	for _, id := range ids {
		if err := c.lockFirst(ctx, b, id); err != nil {
			return err
		}
	}
	return nil
}

// lockFirst takes the lock before anything is planned. A namespace that is still
// to be made has none yet; the run takes it then. Before that it looks whether a
// cluster answers at all, within --timeout: that is a failure of its own, and the
// lock would only tell of where it looked for a broker.
func (c *carrier) lockFirst(ctx context.Context, b backend.Backend, id mesh.ID) error {
	if !c.locking(b) {
		return nil
	}
	if err := c.reach(ctx, b, id); err != nil {
		return err
	}
	_, err := c.lock(ctx, b, id)
	if err == nil || errors.Is(err, backend.ErrNoNamespace) {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	return unwritten(err)
}

// unwritten adds to an error that says what to do that nothing was written.
func unwritten(err error) error {
	if remedy := remedyOf(err); remedy != "" {
		return &RemedyError{Err: fmt.Errorf("%w; nothing was written", err), Remedy: remedy}
	}
	return err
}

// reach looks whether a cluster answers at all, within --timeout.
func (c *carrier) reach(ctx context.Context, b backend.Backend, id mesh.ID) error {
	reach := &connectFlags{timeout: c.waitLimit}
	return reach.within(ctx, func(ctx context.Context) error {
		_, err := b.Traits(ctx, id)
		return err
	})
}

// lock takes a mesh's lock, or gives it when this command has it already. nil is
// for backends and commands without locks.
func (c *carrier) lock(ctx context.Context, b backend.Backend, id mesh.ID) (backend.Lease, error) {
	if !c.locking(b) {
		return nil, nil
	}
	locker := b.(backend.Locker)
	if lease, ok := c.locks.held[id]; ok {
		return lease, nil
	}
	lease, err := c.await(ctx, locker, id)
	if err != nil {
		return nil, err
	}
	if c.locks.held == nil {
		c.locks.held = map[mesh.ID]backend.Lease{}
	}
	c.locks.held[id] = lease
	return lease, nil
}

// locking tells that runs on a backend hold locks.
func (c *carrier) locking(b backend.Backend) bool {
	_, ok := b.(backend.Locker)
	return ok && c.flags.lock.on
}

// longestLook is the longest pause between two tries for a lock.
const longestLook = time.Second

// await takes the lock, as soon as it is free within --lock-timeout.
func (c *carrier) await(ctx context.Context, locker backend.Locker, id mesh.ID) (backend.Lease, error) {
	deadline := c.f.Now().Add(c.flags.lock.timeout)
	told := ""
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, longestLook) {
		lease, err := locker.Lock(ctx, id, c.f.holder())
		left := deadline.Sub(c.f.Now())
		if !errors.As(err, new(*backend.HeldError)) || left <= 0 {
			return lease, err
		}
		if text := err.Error(); text != told {
			told = text
			c.view.note(view.CleanText(fmt.Sprintf("%s; waiting for it at most %v more", text, left.Round(time.Second))))
		}
		select {
		case <-time.After(min(pause, left)):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// holder says who runs this command.
func (f *Factory) holder() backend.Holder {
	h := backend.Holder{User: f.Getenv("USER"), Process: os.Getpid(), Since: f.Now()}
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	// Without a name the process is still told.
	h.Host, _ = os.Hostname()
	if len(f.Args) > 0 {
		h.Command = f.Args[0]
	}
	return h
}
