package reconcile

import (
	"cmp"
	"math/rand/v2"
	"time"
)

// Limits bound what a Reconciler does. A value of 0 takes the default.
type Limits struct {
	// Every is how long after a look a mesh is looked at again, where the other limits
	// allow it (5 s); Look how long one look may take (1 m).
	Every, Look time.Duration
	// Looks is how many meshes are looked at at once (2), and Requests about how many
	// requests a second all looks may make (200).
	Looks, Requests int
	// Whole is how long after a whole plan the next one of the mesh is made (10 m), and
	// Apart how far apart the whole plans of all meshes are at least (4 s). Backends that
	// cannot glance are always asked for all.
	Whole, Apart time.Duration
	// Calm is how long an instance has to stay up after an error to count as mended (90 s).
	Calm time.Duration
	// Backoff is the pause after the first repair of a mesh (1 s). It doubles with each
	// one, up to MaxBackoff (10 m), until one has held for twice the pause.
	Backoff, MaxBackoff time.Duration
	// Runs is how many repairs are carried out at once (4).
	Runs int
	// Idle is how long an instance that someone has stopped is left alone (30 s): one that
	// only starts looks alike.
	Idle time.Duration
	// Repairs are the runs in an hour for one mesh (6), AllRepairs for all (60).
	Repairs, AllRepairs int
	// Grace is how long a repair that is stopped from outside has for what is in the air (30 s).
	Grace time.Duration
}

// hour is the span that budgets of repairs count.
const hour = time.Hour

func (l Limits) withDefaults() Limits {
	return Limits{
		Every: cmp.Or(l.Every, 5*time.Second), Look: cmp.Or(l.Look, time.Minute), Looks: cmp.Or(l.Looks, 2), Requests: cmp.Or(l.Requests, 200),
		Whole: cmp.Or(l.Whole, 10*time.Minute), Apart: cmp.Or(l.Apart, 4*time.Second), Calm: cmp.Or(l.Calm, 90*time.Second),
		Backoff: cmp.Or(l.Backoff, time.Second), MaxBackoff: cmp.Or(l.MaxBackoff, 10*time.Minute),
		Runs: cmp.Or(l.Runs, 4), Idle: cmp.Or(l.Idle, 30*time.Second),
		Repairs: cmp.Or(l.Repairs, 6), AllRepairs: cmp.Or(l.AllRepairs, 60), Grace: cmp.Or(l.Grace, 30*time.Second),
	}
}

// pause is how long to wait after so many repairs that did not last, from 1.
func (l Limits) pause(attempts int) time.Duration {
	d := l.Backoff
	for range attempts - 1 {
		if d *= 2; d >= l.MaxBackoff {
			return l.MaxBackoff
		}
	}
	return min(d, l.MaxBackoff)
}

// spread moves a time by up to a tenth to both sides, so that managers and meshes do
// not beat in time.
func spread(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(rand.Int64N(int64(d)/5+1))
}

// spent are the times of repairs within the last hour, the oldest first.
type spent []time.Time

// left tells whether one more is within a budget; if not, from when on it is.
func (s *spent) left(now time.Time, budget int) (from time.Time, ok bool) {
	old := 0
	for old < len(*s) && !(*s)[old].Add(hour).After(now) {
		old++
	}
	*s = append((*s)[:0], (*s)[old:]...)
	if len(*s) < budget {
		return time.Time{}, true
	}
	return (*s)[len(*s)-budget].Add(hour), false
}
