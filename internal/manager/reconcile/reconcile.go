package reconcile

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Config says what a Reconciler works with.
type Config struct {
	// Store has the records.
	Store record.Store
	// Open gives the backend that a version was deployed with, head.Backend. It is asked
	// at each look, and may give the same one for all.
	Open func(ctx context.Context, head record.Head) (backend.Backend, error)
	// Author is who repairs are of in the records, and Holder in locks.
	Author string
	Holder backend.Holder
	// Resolve gives the values of sensitive references; nil where none are known. A
	// mesh that needs some is then reported, and not repaired.
	Resolve func(from string) (string, error)
	// ReportOnly repairs nothing, whatever meshes say.
	ReportOnly bool
	// OnReport is told each report that says another thing than the one before of its
	// mesh: found, changed, gone (Report.Clean). Calls for one mesh do not overlap. nil is fine.
	OnReport func(Report)
	// OnRepair is told of each attempt at a repair before it begins. The context that it
	// gives is the attempt's, the first function is told what happens in it, and the second
	// how it ended: with a version of 0 where none was made. nil is fine.
	OnRepair func(ctx context.Context, id mesh.ID) (context.Context, func(backend.Event), func(record.Head, error))
	// Fence is asked before the first write of a repair whether it may still be made; a
	// manager that leads no more says no. nil is fine.
	Fence func(context.Context) error
	// Notice tells of components that are written, as backend.Noticer does; nil where
	// nothing can. What it tells of is looked at at once, however many meshes there are.
	Notice func(ctx context.Context, ready func(), fn func(component string)) error
	// Jitter moves a pause a little; nil does so by chance, by up to a tenth.
	Jitter func(time.Duration) time.Duration
	Limits Limits
}

// Stats are numbers about what was done since the start.
type Stats struct {
	// Meshes are those that are watched, and Unclean those of them with a report.
	Meshes, Unclean int
	// Looks, Wholes and Repairs count looks, the whole plans among them, and runs.
	Looks, Wholes, Repairs int64
	// Notices tells that the cluster tells of what is written, NoNotices why not.
	Notices   bool
	NoNotices error
	// Round is how long ago the mesh was looked at that waits longest; 0 for none.
	Round time.Duration
}

// Reconciler watches the meshes of a store. It is safe for concurrent use.
type Reconciler struct {
	cfg    Config
	limits Limits
	// wake ends a pause of Run: a look is over, or someone asked for one.
	wake chan struct{}
	runs sync.WaitGroup
	// slots are taken by repairs.
	slots chan struct{}
	// recalling is held while the repairs of all meshes are read; recalled tells that
	// repairs has them since the last beginning of Run.
	recalling sync.Mutex
	recalled  bool

	mu     sync.Mutex
	meshes map[string]*watched
	// looks are in the air; pace is when the next may begin.
	looks int
	pace  time.Time
	// whole is when the next whole plan may be made.
	whole   time.Time
	repairs spent
	traits  map[backend.Backend]traits
	stats   Stats
	err     error
}

// New makes a Reconciler; Run lets it work.
func New(cfg Config) *Reconciler {
	limits := cfg.Limits.withDefaults()
	if cfg.Jitter == nil {
		cfg.Jitter = spread
	}
	if cfg.OnRepair == nil {
		cfg.OnRepair = func(ctx context.Context, _ mesh.ID) (context.Context, func(backend.Event), func(record.Head, error)) {
			return ctx, nil, func(record.Head, error) {}
		}
	}
	return &Reconciler{
		cfg: cfg, limits: limits, wake: make(chan struct{}, 1), slots: make(chan struct{}, limits.Runs),
		meshes: map[string]*watched{}, traits: map[backend.Backend]traits{},
	}
}

// Run watches until ctx ends, then lets repairs finish what is in the air, and returns
// why it ended. One that has ended may be run again.
func (r *Reconciler) Run(ctx context.Context) error {
	defer r.runs.Wait()
	r.anew()
	if r.cfg.Notice != nil {
		r.runs.Go(func() { r.follow(ctx) })
	}
	var read time.Time
	for {
		now := time.Now()
		if !now.Before(read) {
			r.setErr(r.refresh(ctx))
			read = time.Now().Add(r.cfg.Jitter(r.limits.Every))
		}
		next := r.start(ctx)
		if next.IsZero() || read.Before(next) {
			next = read
		}
		timer := time.NewTimer(time.Until(next))
		select {
		case <-timer.C:
		case <-r.wake:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// refresh reads the newest heads.
func (r *Reconciler) refresh(ctx context.Context) error {
	heads, err := r.cfg.Store.Heads(ctx)
	if err == nil {
		r.update(heads)
	}
	return err
}

// start begins the looks that are due, and tells when the next one is; zero where only
// the end of another look or new records can bring one.
func (r *Reconciler) start(ctx context.Context) time.Time {
	for {
		r.mu.Lock()
		now := time.Now()
		w := r.earliest(now)
		switch {
		case w == nil || r.looks >= r.limits.Looks:
			r.mu.Unlock()
			return time.Time{}
		case w.due.After(now) || r.pace.After(now):
			next := latest(w.due, r.pace)
			r.mu.Unlock()
			return next
		}
		w.busy = true
		r.looks++
		if r.pace.Before(now) {
			r.pace = now
		}
		r.pace = r.pace.Add(time.Second * time.Duration(1+2*len(w.nodes)) / time.Duration(r.limits.Requests))
		r.mu.Unlock()
		r.runs.Go(func() { r.visit(ctx, w) })
	}
}

// earliest is the mesh whose look is due first, one that someone asks for or that has
// something to confirm before others; mu is held.
func (r *Reconciler) earliest(now time.Time) *watched {
	var first *watched
	for _, w := range r.meshes {
		if w.busy || w.paused {
			continue
		}
		if first == nil || w.before(first, now) {
			first = w
		}
	}
	return first
}

// Nudge asks for a look at a mesh as soon as may be: something is known to have changed.
func (r *Reconciler) Nudge(mesh string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w := r.meshes[mesh]; w != nil {
		w.urgent, w.due = true, time.Now()
		r.wakeUp()
	}
}

// Report returns the newest report of a mesh; ok is false where it is not watched, or
// was not looked at yet.
func (r *Reconciler) Report(mesh string) (rep Report, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.meshes[mesh]
	if w == nil || w.report.At.IsZero() {
		return Report{}, false
	}
	return w.report, true
}

// Stats returns the numbers so far, and why records could not be read the last time.
func (r *Reconciler) Stats() (Stats, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, now := r.stats, time.Now()
	s.Meshes = len(r.meshes)
	for _, w := range r.meshes {
		if !w.report.Clean() {
			s.Unclean++
		}
		if !w.paused {
			s.Round = max(s.Round, now.Sub(w.looked))
		}
	}
	return s, r.err
}

// follow listens to the cluster for as long as that is of use.
func (r *Reconciler) follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := r.cfg.Notice(ctx, func() { r.setNotices(true, nil) }, r.noticed)
		r.setNotices(false, err)
		select {
		case <-time.After(r.cfg.Jitter(deaf)):
		case <-ctx.Done():
		}
	}
}

// deaf is how long after the end of notices they are asked for again: a right that is
// missing may be granted one day.
const deaf = time.Minute

func (r *Reconciler) setNotices(on bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Notices, r.stats.NoNotices = on, err
}

// noticed has a mesh looked at that a component belongs to.
func (r *Reconciler) noticed(component string) {
	place := component[:max(0, strings.LastIndexByte(component, '/'))]
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.meshes {
		if w.id.Tenant+"/"+w.id.Namespace == place && slices.ContainsFunc(w.nodes, func(a state.Addr) bool { return a.Name() == component }) {
			w.urgent, w.due, w.again = true, time.Now(), len(echoes)
			r.wakeUp()
		}
	}
}

// echoes are the pauses before the looks that follow upon the first one after a
// notice, the last one first: another worker shows the write a little later.
var echoes = [...]time.Duration{4 * time.Second, time.Second}

func (r *Reconciler) setErr(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// wakeUp lets Run look around.
func (r *Reconciler) wakeUp() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
