package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

type historyOptions struct {
	f       *Factory
	target  targetFlags
	connect connectFlags
	args    []string
	output  string
	limit   int
	before  int64
}

func newHistoryCmd(f *Factory, runF func(context.Context, *historyOptions) error) *cobra.Command {
	o := &historyOptions{f: f}
	if runF == nil {
		runF = historyRun
	}
	cmd := &cobra.Command{
		Use:   "history [TENANT/NAMESPACE/NAME | FILE]",
		Short: "Show the versions of a mesh: who deployed what, when, and how it ended",
		Long: `Shows what is on record of a mesh, the newest first: its versions, with who deployed
them, for which reason, what they changed and how they ended, and who locked it. A run
that was killed, or whose end could not be recorded, is shown as not-ended; one that
holds no lock (--lock=false) as running for an hour, since nothing tells whether it
still does.

CHANGES counts components that were created (+), updated (~), replaced (-/+) and
deleted (-). 'meshc get MESH --version N' shows one version, 'meshc diff MESH N M' what
differs between two, 'meshc rollback MESH --to N' brings one back.

Exit codes: 0 done, also where nothing is on record; 1 a failure.`,
		Example: `  meshc history public/default/word-count
  meshc history mesh.yaml --limit 5
  meshc history public/default/word-count -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			if o.limit < 1 || o.limit > mostHistory {
				return usage("leave it out for 20", "--limit is %d, and goes from 1 to %d", o.limit, mostHistory)
			}
			if o.before < 0 {
				return usage("leave it out for the newest", "--before is %d", o.before)
			}
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	cmd.Flags().IntVar(&o.limit, "limit", 20, "show so many at most")
	cmd.Flags().Int64Var(&o.before, "before", 0, "go on before this `REVISION`, as the end of a page says")
	return cmd
}

// mostHistory bounds a page.
const mostHistory = 1000

func historyRun(ctx context.Context, o *historyOptions) error { return o.connect.within(ctx, o.run) }

func (o *historyOptions) run(ctx context.Context) error {
	id, b, s, err := o.f.onRecord(ctx, &o.target, &o.connect, o.args, o.output)
	if err != nil {
		return err
	}
	defer s.Close()
	heads, err := s.History(ctx, id, o.before, o.limit+1)
	if err != nil {
		return recordFailure(err)
	}
	var next int64
	gone := false
	if len(heads) > o.limit {
		heads = heads[:o.limit]
		next = heads[o.limit-1].Revision
	} else if n := len(heads); n > 0 {
		gone = heads[n-1].Before != "" && heads[n-1].Version > 1
	}
	var hold *record.HoldInfo
	if o.before == 0 && len(heads) > 0 {
		hold = heads[0].Hold
	}
	told, err := toldBefore(ctx, s, id, heads, o.before)
	if err != nil {
		return recordFailure(err)
	}
	doc := view.NewHistory(id.String(), hold, recordsOf(ctx, b, id, heads, told), next, gone)
	return o.f.show(o.output, doc, func(s human.Style) string { return human.History(s, doc) })
}

// recordsOf makes records of heads, the newest first. A run that is told by its end is
// not told by its beginning again, which others may have come in between of. told are
// the versions that were told on the pages before, nil where the first is the mesh's newest.
func recordsOf(ctx context.Context, b backend.Backend, id mesh.ID, heads []record.Head, told map[int64]bool) []view.Record {
	var out []view.Record
	// A lock that was taken by force says that the run below it is over.
	open := told == nil && len(heads) > 0 && heads[0].Outcome == record.Running
	if told == nil {
		told = map[int64]bool{}
	}
	for _, h := range heads {
		lock := h.Action == record.Hold || h.Action == record.Unhold
		if h.Outcome == record.Running && !lock && told[h.Version] {
			continue
		}
		ended := true
		if h.Outcome == record.Running && !lock && open && len(told) == 0 {
			ended = !inTheAir(ctx, b, id, h)
		}
		if !lock {
			told[h.Version] = true
		}
		out = append(out, view.NewRecord(h, ended))
	}
	return out
}

// between is how many locks may come between the beginning of a run and its end before
// its beginning is told as not ended, if a page ends there.
const between = 50

// toldBefore gives the versions of which the pages before tell the end, as far as it
// matters to a page; nil for the first one.
func toldBefore(ctx context.Context, s record.Store, id mesh.ID, page []record.Head, before int64) (map[int64]bool, error) {
	if before == 0 {
		return nil, nil
	}
	told := map[int64]bool{}
	if !slices.ContainsFunc(page, func(h record.Head) bool { return h.Outcome == record.Running }) {
		return told, nil
	}
	heads, err := s.History(ctx, id, before+between, between)
	for _, h := range heads {
		if h.Revision >= before && h.Action != record.Hold && h.Action != record.Unhold {
			told[h.Version] = true
		}
	}
	return told, err
}

// inTheAir tells whether the run of a head still is: whether it has the mesh's lock.
// Where that cannot be seen, or the run holds none, it counts as in the air for a while.
func inTheAir(ctx context.Context, b backend.Backend, id mesh.ID, h record.Head) bool {
	if h.Unlocked {
		return planner.MayGoOn(h)
	}
	u, ok := b.(backend.Unlocker)
	if !ok {
		return true
	}
	who, held, err := u.LockHolder(ctx, id)
	return err != nil || held && !who.Since.After(h.Began)
}

// oneTarget finds the one mesh that a command is about.
func (f *Factory) oneTarget(x *targetFlags, args []string, output string) (mesh.ID, error) {
	targets, err := f.targets(x, args, output)
	if err != nil {
		return mesh.ID{}, err
	}
	if len(targets) != 1 {
		return mesh.ID{}, usage("name the one that is meant, such as public/default/word-count", "this is for one mesh, and there are %d", len(targets))
	}
	x.one = targets[0].mesh
	return targets[0].id, nil
}

// onRecord gives the one mesh that a command is about, its backend, and its records for
// who only looks; who calls it closes them.
func (f *Factory) onRecord(ctx context.Context, x *targetFlags, connect *connectFlags, args []string, output string) (mesh.ID, backend.Backend, record.Store, error) {
	id, err := f.oneTarget(x, args, output)
	if err != nil {
		return id, nil, nil, err
	}
	b, s, err := f.recordsToRead(ctx, connect)
	if err != nil {
		return id, nil, nil, err
	}
	x.expect(b)
	return id, b, s, nil
}

// recordsToRead is recordStore for who only looks: where there is no place for records
// yet, nothing is on record, and nothing is made.
func (f *Factory) recordsToRead(ctx context.Context, connect *connectFlags) (backend.Backend, record.Store, error) {
	b, err := connect.open(f, connect.backend)
	if err != nil {
		return nil, nil, err
	}
	s, err := f.recordsThere(ctx, connect, b)
	return b, s, err
}

// recordsThere opens the records of a backend, where there are any; nothing is made.
func (f *Factory) recordsThere(ctx context.Context, connect *connectFlags, b backend.Backend) (record.Store, error) {
	if l, ok := b.(record.Looker); ok {
		there, err := l.RecordsThere(ctx)
		if err != nil {
			return nil, recordFailure(err)
		}
		if !there {
			return nothing{}, nil
		}
	}
	_, s, err := f.recordsOf(ctx, connect, b)
	return s, err
}

// recordStore opens the records of the backend that the flags name; who calls it
// closes them.
func (f *Factory) recordStore(ctx context.Context, connect *connectFlags) (backend.Backend, record.Store, error) {
	b, err := connect.open(f, connect.backend)
	if err != nil {
		return nil, nil, err
	}
	return f.recordsOf(ctx, connect, b)
}

func (f *Factory) recordsOf(ctx context.Context, connect *connectFlags, b backend.Backend) (backend.Backend, record.Store, error) {
	keeper, ok := b.(record.Keeper)
	if !ok {
		return nil, nil, recordFailure(fmt.Errorf("backend %s: %w", connect.backend, record.ErrNoPlace))
	}
	s, err := keeper.Records(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, nil, recordFailure(err)
	}
	return b, s, nil
}

// nothing is a store without records, to be read.
type nothing struct{ record.Store }

func (nothing) Heads(context.Context) ([]record.Head, error) { return nil, nil }

func (nothing) Head(context.Context, mesh.ID) (record.Head, error) {
	return record.Head{}, record.ErrNone
}

func (nothing) History(context.Context, mesh.ID, int64, int) ([]record.Head, error) { return nil, nil }

func (nothing) Close() error { return nil }

// recordFailure says that it was the records that failed.
func recordFailure(err error) error {
	err = fmt.Errorf("records of meshes: %w", err)
	switch {
	case remedyOf(err) != "":
		return err
	case errors.Is(err, record.ErrNewer):
		return &RemedyError{Err: err, Remedy: "use that version of meshc, or one that is newer"}
	case errors.Is(err, record.ErrNoPlace):
		return &RemedyError{Err: err, Remedy: "--records-topic names another place"}
	}
	return err
}
