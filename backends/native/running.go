package native

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// goneWait bounds the wait for instances to stop: a worker gives each 10 s, one
// after the other.
const goneWait = 2 * time.Minute

// clients returns the names of a component's consumers on its inputs, or of a
// source's producers on its output, and the instances that they belong to.
// Instances name themselves in the metadata.
func (b *Backend) clients(ctx context.Context, f *state.Component) (names map[string]string, err error) {
	names = map[string]string{}
	if f.Kind == state.KindSource {
		return names, b.producers(ctx, f, names)
	}
	topics, err := b.readTopics(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, topic := range topics {
		stats, err := b.client.TopicStats(ctx, topic)
		if errors.Is(err, admin.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, c := range stats.Subscriptions[f.Subscription()].Consumers {
			if c.Metadata["id"] == f.FullName() {
				names[topic+" "+c.Name] = c.Metadata["instance_id"]
			}
		}
	}
	return names, nil
}

// producers adds a source's producers to names.
func (b *Backend) producers(ctx context.Context, f *state.Component, names map[string]string) error {
	stats, err := b.client.TopicStats(ctx, f.Output())
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	for _, p := range stats.Publishers {
		if p.Metadata["id"] == f.FullName() {
			names[f.Output()+" "+p.Name] = p.Metadata["instance_id"]
		}
	}
	return err
}

// missing counts the instances of a component that should run and do not, and
// those of them that only a start brings back: stopped ones give no reason.
func (b *Backend) missing(ctx context.Context, f *state.Component) (missing, stopped int, err error) {
	status, err := b.status(ctx, f)
	if errors.Is(err, admin.ErrNotFound) {
		return 0, 0, nil
	}
	for _, i := range status.Instances {
		if !i.Status.Running && i.Status.Error == "" || unstarted(f, i.Status) {
			stopped++
		}
	}
	missing = max(0, f.Parallelism()-status.NumRunning)
	return missing, min(missing, stopped), err
}

// consumers are those that a component had before a change of it.
type consumers struct {
	before *diff.Change
	names  map[string]bool
}

// rememberConsumers notes who reads now, so that the wait after the update can
// tell new instances from old ones: no reply of a worker does. It does so once a
// change: when an update is done again whose answer was lost, those that read by
// then can be the new ones.
func (b *Backend) rememberConsumers(ctx context.Context, change *diff.Change, f *state.Component) error {
	b.mu.Lock()
	known := b.old[f.FullName()].before == change
	b.mu.Unlock()
	if known {
		return nil
	}
	names, err := b.clients(ctx, f)
	if err != nil {
		return err
	}
	old := consumers{change, map[string]bool{}}
	for name := range names {
		old.names[name] = true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.old[f.FullName()] = old
	return nil
}

// askEvery is how often instances that have not come yet are asked what keeps
// them. A worker answers that only between two starts, so it is no way to wait.
const askEvery = 2 * time.Second

// awaitRunning waits until all instances run and each has a new consumer on each
// input. Consumers are looked at first: the broker knows them without its workers.
// An instance that its worker could not start is started again.
func (b *Backend) awaitRunning(ctx context.Context, f *state.Component, w waiter) error {
	b.mu.Lock()
	old := b.old[f.FullName()].names
	b.mu.Unlock()
	var status admin.Status
	seen, want := false, f.Parallelism()
	begin, steady := time.Now(), steadiness{}
	start, started := starter{b: b}, ""
	most, ask := 0, begin.Add(askEvery)
	turn := b.queueUp()
	defer b.stepOut(turn)
	w.pace = func() time.Duration { return pace(time.Since(begin), b.ahead(turn)) }
	if w.step.Change.Action != diff.NoOp {
		// None comes at once.
		if err := pause(ctx, w.pace()); err != nil {
			return err
		}
	}
	return until(ctx, w, func() (bool, string, error) {
		names, err := b.clients(ctx, f)
		if err != nil {
			return false, "", err
		}
		if (f.Kind == state.KindSource || len(f.Patterns()) > 0) && anyOld(names, old) {
			// A source may make its producers late, and a pattern may take no topic, so
			// that only those which go tell.
			return false, "clients of the old instances are still connected", nil
		}
		topic, n, all := behind(f, names, old)
		if all > most {
			// As long as instances come, nothing keeps them.
			most, ask = all, time.Now().Add(askEvery)
		}
		if n == want || time.Now().After(ask) {
			now, err := b.status(ctx, f)
			ask = time.Now().Add(askEvery)
			switch {
			case errors.Is(err, admin.ErrNotFound) && !seen && time.Since(begin) < visibleWait:
				return false, notVisible, nil
			case err != nil:
				return false, "", err
			}
			status, seen = now, true
			started = start.again(ctx, f, status)
			if n == want && status.NumRunning == want && status.NumInstances == want {
				if f.Kind == state.KindSource && !steady.holds(len(producing(names, old)) == want, time.Now()) {
					return false, "the instances have just started", nil
				}
				b.came(time.Now())
				return true, "", nil
			}
			steady = steadiness{}
		}
		if seen && (status.NumRunning != want || status.NumInstances != want) {
			return false, fmt.Sprintf("%d of %d instances run%s", status.NumRunning, want, reasons(f, status, time.Since(begin))+started), nil
		}
		return false, instancesRead(n, want, topic) + troubles(status), nil
	})
}

func instancesRead(n, want int, topic string) string {
	return fmt.Sprintf("%d of %d new instances read %s", n, want, topic)
}

func anyOld(names map[string]string, old map[string]bool) bool {
	for name := range names {
		if old[name] {
			return true
		}
	}
	return false
}

// behind is the input that the fewest of the new instances read, and how many do;
// all counts the new instances of all inputs.
func behind(f *state.Component, names map[string]string, old map[string]bool) (topic string, fewest, all int) {
	fresh := map[string]map[string]bool{}
	for name, instance := range names {
		if topic, _, _ := strings.Cut(name, " "); !old[name] {
			if fresh[topic] == nil {
				fresh[topic] = map[string]bool{}
			}
			fresh[topic][instance] = true
		}
	}
	fewest = f.Parallelism()
	for _, t := range f.Inputs() {
		n := len(fresh[t])
		all += n
		if n < fewest {
			topic, fewest = t, n
		}
	}
	return topic, fewest, all
}

// quiet is after how long instances that neither run nor say why may have been
// stopped by hand: workers do not tell a stopped one from one that starts.
const quiet = 20 * time.Second

// reasons says why instances do not run, as far as anyone knows.
func reasons(f *state.Component, s admin.Status, waited time.Duration) string {
	text := troubles(s)
	if text == "" && s.NumRunning == 0 && waited > quiet {
		return "; none says why: if it was stopped by hand, start it (pulsar-admin " + string(f.Kind) + "s start --tenant " + f.Tenant + " --namespace " + f.Namespace + " --name " + f.Name + ")"
	}
	return text
}

// troubles gives the instances' own words for why they do not run.
func troubles(s admin.Status) string {
	var out []string
	for _, i := range s.Instances {
		if text := lastError(i.Status); text != "" {
			out = append(out, fmt.Sprintf("instance %d: %s", i.ID, text))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + strings.Join(out, "; ")
}

// lastError is the newest trouble of an instance: why it does not run, else its last exception.
func lastError(s admin.InstanceStatus) string {
	if s.Error != "" {
		return s.Error
	}
	var newest admin.Exception
	for _, list := range [][]admin.Exception{s.LatestUserExceptions, s.LatestSystemExceptions, s.LatestConnectorExceptions} {
		for _, e := range list {
			if e.Time >= newest.Time {
				newest = e
			}
		}
	}
	return newest.Text
}

// lastProducers bounds the wait for the producers of a deleted component whose
// consumers have gone: instances close them last, and some Pulsars keep one for ever
// of a function that was deleted while it started.
const lastProducers = 20 * time.Second

// untilGone waits until a deleted component has no consumer and no producer left: what
// its instances send at their end is to be there before what reads it is drained.
func (b *Backend) untilGone(ctx context.Context, f *state.Component, w waiter) error {
	ctx, cancel := context.WithTimeout(ctx, goneWait)
	defer cancel()
	var quiet time.Time // since then no consumer was there
	return until(ctx, w, func() (bool, string, error) {
		live, err := b.component(ctx, f)
		if err != nil {
			return false, "", err
		}
		if live != nil && !unmoved(live, f) {
			// Another run has made it anew; whether that is what the plan wants, the
			// step that creates it finds out.
			if w.step.Change.Action == diff.Replace {
				return true, "", nil
			}
			return false, "", moved("%s %s was created again by someone else", f.Kind, f.FullName())
		}
		if live != nil {
			return false, "the " + string(f.Kind) + " is still listed", nil
		}
		names, err := b.clients(ctx, f)
		if err != nil {
			return false, "", err
		}
		if n := len(names); n > 0 {
			quiet = time.Time{}
			return false, fmt.Sprintf("clients of the old instances are still connected: %d", n), nil
		}
		if quiet.IsZero() {
			quiet = time.Now()
		}
		n, err := b.attached(ctx, f)
		if admin.Classify(err) == admin.Unauthorized {
			return true, "", nil // who may not read the output cannot know
		}
		return n == 0 || err == nil && time.Since(quiet) > lastProducers, fmt.Sprintf("producers of the old instances are still connected: %d", n), err
	})
}
