package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// holdOptions are those of lock and unlock.
type holdOptions struct {
	f       *Factory
	target  targetFlags
	connect connectFlags
	args    []string
	output  string
	reason  recordFlags
	force   bool
}

func newLockCmd(f *Factory, runF func(context.Context, *holdOptions) error) *cobra.Command {
	o := &holdOptions{f: f}
	if runF == nil {
		runF = lockRun
	}
	cmd := &cobra.Command{
		Use:   "lock [TENANT/NAMESPACE/NAME | FILE]",
		Short: "Keep everyone else from changing a mesh, until it is unlocked",
		Long: `Locks a mesh for its author, user@host, until 'meshc unlock': apply, destroy and
rollback of everyone else are refused with exit code 1, and told by whom, since when and
why. The lock is on record, so it outlasts this command; a run that is under way goes on
to its end. A mesh that is not deployed yet can be locked, too.

Exit codes: 0 done, 1 a failure, or someone else has locked it.`,
		Example: `  meshc lock public/default/word-count --reason 'incident 42'
  meshc lock mesh.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if err := o.reason.check(); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	o.reason.bindReason(cmd)
	return cmd
}

func newUnlockCmd(f *Factory, runF func(context.Context, *holdOptions) error) *cobra.Command {
	o := &holdOptions{f: f}
	if runF == nil {
		runF = unlockRun
	}
	cmd := &cobra.Command{
		Use:   "unlock [TENANT/NAMESPACE/NAME | FILE]",
		Short: "Let others change a mesh again",
		Long: `Takes back what 'meshc lock' did. What someone else has locked needs --force. With
--force a run that is under way loses the lock that it holds, too: it finishes what is in
the air, starts nothing more and ends with exit code 1. That is for runs that hang; one
that was killed holds no lock, on Kubernetes after 15 s. A run that has told no end, and
that nobody keeps a lock for (--lock=false), counts as interrupted then.

The lock of a run is taken away also where the records cannot be had; the exit code is 1
all the same, since nobody knows whether someone has locked the mesh.

Exit codes: 0 done, also where nobody had locked it; 1 a failure, or someone else has
locked it.`,
		Example: `  meshc unlock public/default/word-count
  meshc unlock public/default/word-count --force`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "also take away the lock of someone else, and that of a run that is under way")
	return cmd
}

func (o *holdOptions) bind(cmd *cobra.Command) {
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
}

func lockRun(ctx context.Context, o *holdOptions) error { return o.connect.within(ctx, o.lock) }

func unlockRun(ctx context.Context, o *holdOptions) error { return o.connect.within(ctx, o.unlock) }

func (o *holdOptions) lock(ctx context.Context) error {
	id, err := o.f.oneTarget(&o.target, o.args, o.output)
	if err != nil {
		return err
	}
	if url := o.connect.manager(o.f); url != "" {
		return o.lockBy(ctx, url, id)
	}
	b, s, err := o.f.recordStore(ctx, &o.connect)
	if err != nil {
		return err
	}
	defer s.Close()
	o.target.expect(b)
	h, err := planner.Hold(ctx, s, id, o.f.author(), o.reason.reason)
	if err != nil {
		return holdFailure(err)
	}
	o.f.warnUnkept(ctx, s)
	if u, ok := b.(backend.Unlocker); ok {
		if who, held, err := u.LockHolder(ctx, id); err == nil && held {
			o.f.say("meshc: note: a run of %s is under way and goes on to its end", view.Clean(who.String()))
		}
	}
	return o.show(view.NewLock(h.Mesh, h.Hold, ""))
}

func (o *holdOptions) unlock(ctx context.Context) error {
	id, err := o.f.oneTarget(&o.target, o.args, o.output)
	if err != nil {
		return err
	}
	if url := o.connect.manager(o.f); url != "" {
		return o.unlockBy(ctx, url, id)
	}
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	o.target.expect(b)
	// A run that hangs is let go of first, and also where no record can be had.
	evicted := ""
	var stays error
	if o.force {
		evicted, stays = o.evict(ctx, b, id)
	}
	unheld, err := o.unhold(ctx, b, id)
	if err = errors.Join(stays, err); err != nil {
		if evicted != "" {
			o.f.say("meshc: note: the lock of the run of %s was taken away", view.Clean(evicted))
		}
		return err
	}
	if !unheld && evicted == "" {
		o.f.say("meshc: note: nobody had locked %s", view.Clean(id.String()))
	}
	return o.show(view.NewLock(id.String(), nil, evicted))
}

// evict takes the lock of a run away, and tells whose it was; "" is for nobody's.
func (o *holdOptions) evict(ctx context.Context, b backend.Backend, id mesh.ID) (string, error) {
	u, ok := b.(backend.Unlocker)
	if !ok {
		return "", nil
	}
	who, held, err := u.LockHolder(ctx, id)
	if err == nil && held {
		err = u.Evict(ctx, id, o.f.holder())
	}
	if err != nil || !held {
		return "", err
	}
	return who.String(), nil
}

// unhold takes a lock of 'meshc lock' back; false where there was none. It makes no
// place for records.
func (o *holdOptions) unhold(ctx context.Context, b backend.Backend, id mesh.ID) (bool, error) {
	s, err := o.f.recordsThere(ctx, &o.connect, b)
	if err != nil {
		return false, err
	}
	defer s.Close()
	_, err = planner.Unhold(ctx, s, id, o.f.author(), o.force)
	if errors.Is(err, planner.ErrNotHeld) {
		return false, nil
	}
	if err != nil {
		return false, holdFailure(err)
	}
	return true, nil
}

func (o *holdOptions) show(doc view.Lock) error {
	return o.f.show(o.output, doc, func(s human.Style) string { return human.Lock(s, doc) })
}

// holdFailure leaves what a lock says of itself, and names the records otherwise.
func holdFailure(err error) error {
	if errors.As(err, new(*planner.HeldBackError)) {
		return err
	}
	return recordFailure(err)
}

// ordinal is the number of a version.
func ordinal(h record.Head) string { return strconv.FormatInt(h.Version, 10) }
