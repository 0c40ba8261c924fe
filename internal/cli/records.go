package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// recordFlags say whether a run is recorded, and why there is a run.
type recordFlags struct{ mode, reason string }

// The modes of --record.
const (
	recordAuto = "auto"
	recordOn   = "on"
	recordOff  = "off"
)

func (x *recordFlags) bind(cmd *cobra.Command) {
	x.bindMode(cmd, "record the run as a version of the mesh, for 'meshc history' and 'meshc rollback', and keep to 'meshc lock'; auto: where the cluster has a place for records and the role may write there")
	x.bindReason(cmd)
}

func (x *recordFlags) bindReason(cmd *cobra.Command) {
	cmd.Flags().StringVar(&x.reason, "reason", "", "why, as a `TEXT` for the record; the commit and the CI run are recorded by themselves")
}

func (x *recordFlags) bindMode(cmd *cobra.Command, help string) {
	x.mode = recordAuto
	addChoice(cmd, false, &x.mode, "record", "", help, recordAuto, recordOn, recordOff)
}

func (x *recordFlags) check() error {
	switch {
	case x.mode == recordOff && x.reason != "":
		return usage("leave one of them out", "--reason is for the record, and --record off makes none")
	case len(x.reason) > longestReason:
		return usage("say it shorter, or name the place where it is written", "--reason has %d bytes, the most is %d", len(x.reason), longestReason)
	}
	return nil
}

// records are the stores of the backends that a command uses, each opened once.
type records struct {
	f    *Factory
	mode string
	// limit bounds the opening; 0 is for none.
	limit  time.Duration
	opened map[string]*openRecords // by the backend's name
	warned bool
}

// openRecords is a store that is being opened.
type openRecords struct {
	done   chan struct{}
	cancel context.CancelFunc
	store  record.Store
	err    error
	// without tells that the command goes on without them.
	without bool
}

// unlockedLimit is how long records are looked for where the user has said that the
// binary service may be out of reach (--lock=false).
const unlockedLimit = 2 * time.Second

// newRecords gives the records of a command; locked tells that it takes locks, which
// are at the binary service, too.
func newRecords(f *Factory, mode string, locked bool) *records {
	r := &records{f: f, mode: mode, opened: map[string]*openRecords{}}
	if !locked && mode != recordOn {
		r.limit = unlockedLimit
	}
	return r
}

// begin starts to open the records of a backend, beside what the command does.
func (r *records) begin(ctx context.Context, name string, b backend.Backend) {
	if r.mode == recordOff || r.opened[name] != nil {
		return
	}
	o := &openRecords{done: make(chan struct{})}
	r.opened[name] = o
	keeper, ok := b.(record.Keeper)
	if !ok {
		o.err, o.cancel = fmt.Errorf("backend %s: %w", name, record.ErrNoPlace), func() {}
		close(o.done)
		return
	}
	if r.limit > 0 {
		ctx, o.cancel = context.WithTimeoutCause(ctx, r.limit, errNoAnswer)
	} else {
		ctx, o.cancel = context.WithCancel(ctx)
	}
	go func() {
		defer close(o.done)
		o.store, o.err = keeper.Records(ctx)
	}()
}

// errNoAnswer ends the wait for a place that need not be there.
var errNoAnswer = fmt.Errorf("no answer within %v", unlockedLimit)

// open gives the records of a backend, nil where there are none and the user lets
// that be: then one warning says so.
func (r *records) open(ctx context.Context, name string, b backend.Backend) (record.Store, error) {
	s, err := r.ask(ctx, name, b)
	if err == nil {
		return s, nil
	}
	return nil, r.goWithout(name, err)
}

// goWithout warns that the command goes on without the records of a backend, where it
// may, since they cannot be had; otherwise it gives the error.
func (r *records) goWithout(name string, err error) error {
	outOfReach := r.limit > 0 // the user has said that they may be
	if !outOfReach && !r.mayGoWithout(err) {
		return r.told(err)
	}
	r.warn(err)
	r.opened[name].without = true
	return nil
}

// ask is open without judging the error.
func (r *records) ask(ctx context.Context, name string, b backend.Backend) (record.Store, error) {
	if r.mode == recordOff {
		return nil, nil
	}
	r.begin(ctx, name, b)
	o := r.opened[name]
	if o.without {
		return nil, nil
	}
	var late <-chan time.Time
	if r.limit > 0 {
		late = time.After(r.limit)
	}
	select {
	case <-o.done:
		return o.store, o.err
	case <-late:
		return nil, errNoAnswer
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// mayGoWithout tells that a run may go on without a record: where the user leaves it
// open, and there is none to be had. What fails although it was there before may hide
// that someone holds the mesh, so it ends the run.
func (r *records) mayGoWithout(err error) bool {
	return r.mode == recordAuto && (errors.Is(err, record.ErrNoPlace) || errors.Is(err, record.ErrForbidden) || errors.Is(err, record.ErrTooLarge))
}

// told is an error about records with what to do about it.
func (r *records) told(err error) error {
	var remedy *RemedyError
	if err == nil || errors.As(err, &remedy) || errors.As(err, new(*SignalError)) {
		return err
	}
	return &RemedyError{Err: fmt.Errorf("records of meshes: %w", err), Remedy: recordRemedy(err)}
}

// recordRemedy says what to do where records cannot be had.
func recordRemedy(err error) string {
	if remedy := remedyOf(err); remedy != "" {
		return remedy + "; or go without a record, and without seeing who holds the mesh: --record off"
	}
	if errors.Is(err, record.ErrNewer) {
		return "use that version of meshc, or one that is newer; --record off leaves the record as it is"
	}
	return "--record off goes without a record, and without seeing who holds the mesh; --records-topic names another place"
}

// warn says once that nothing is recorded.
func (r *records) warn(err error) {
	if r.warned {
		return
	}
	r.warned = true
	r.f.say("meshc: warning: this run is not recorded, and it does not see who holds the mesh: %s", view.CleanText(err.Error()))
	r.f.say("%s", view.CleanText(recordRemedy(err)))
}

// close lets go of the stores. One that still is being opened is not waited for.
func (r *records) close() {
	for _, o := range r.opened {
		o.cancel()
		select {
		case <-o.done:
			if o.store != nil {
				_ = o.store.Close()
			}
		default:
			go func() {
				if <-o.done; o.store != nil {
					_ = o.store.Close()
				}
			}()
		}
	}
	r.opened = nil
}
