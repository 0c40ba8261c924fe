package reconcile

import (
	"time"

	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// instances remembers those of a mesh that did not run, or were started again, so that
// what happens at any update is not told as a failure. Of others it keeps nothing.
type instances struct {
	failing map[instance]*failure
	missing map[state.Addr]gap
	// unsure tells of something that the next look is to confirm.
	unsure bool
}

// gap is what is known of a component of which instances are not there.
type gap struct {
	seen  int
	since time.Time
}

type instance struct {
	addr state.Addr
	id   int
}

// failure is what is known of an instance that was seen down.
type failure struct {
	// seen counts the times that it was found down, or started again since the look before.
	seen     int
	last     time.Time
	restarts int64
	text     string
	worker   string
}

// certain is how many looks have to agree.
const certain = 2

// take adds what a look has shown, and gives what is certain. An instance fails while
// it is found down, with an error, or started again, and until it has stayed up for calm.
func (i *instances) take(glimpses []backend.Glimpse, now time.Time, calm time.Duration) (failing []Failing, missing []Missing) {
	i.unsure = false
	before, gaps := i.failing, i.missing
	i.failing, i.missing = nil, nil
	for _, g := range glimpses {
		if g.Component == nil {
			continue
		}
		down := 0
		for _, one := range g.Health.Instances {
			key := instance{g.Addr, one.ID}
			f := i.one(before[key], one, now, calm)
			if f == nil {
				continue
			}
			if i.failing == nil {
				i.failing = map[instance]*failure{}
			}
			i.failing[key] = f
			if !one.Running && one.Error != "" && !one.Unstarted {
				down++
			}
			if f.seen >= certain {
				failing = append(failing, Failing{Addr: g.Addr, Instance: one.ID, Error: f.text, Restarts: f.restarts, Worker: f.worker})
			} else if f.seen > 0 {
				i.unsure = true
			}
		}
		if g.Health.Wanted-g.Health.Running-down <= 0 {
			continue
		}
		if i.missing == nil {
			i.missing = map[state.Addr]gap{}
		}
		m, again := gaps[g.Addr]
		if !again {
			m.since = now
		}
		m.seen++
		if i.missing[g.Addr] = m; m.seen < certain {
			i.unsure = true
			continue
		}
		missing = append(missing, Missing{Addr: g.Addr, Wanted: g.Health.Wanted, Running: g.Health.Running, Stopped: g.Stopped(), Since: m.since})
	}
	return failing, missing
}

// one is what is to be remembered of an instance; nil for nothing.
func (i *instances) one(f *failure, now backend.Instance, at time.Time, calm time.Duration) *failure {
	down := !now.Running && now.Error != ""
	if f == nil {
		if !down && now.Restarts == 0 {
			return nil
		}
		f = &failure{restarts: now.Restarts}
		if down && now.Restarts > 0 {
			f.seen = 1 // it was started again already
		}
	}
	again := now.Restarts > f.restarts
	f.restarts = now.Restarts
	switch {
	case down:
		f.seen++
		f.last, f.text, f.worker = at, now.Error, now.Worker
	case again:
		f.seen++
		f.last = at
		if now.LastError != "" {
			f.text = now.LastError
		}
	case at.Sub(f.last) >= calm:
		f.seen = 0
		if f.restarts == 0 {
			return nil
		}
	}
	return f
}
