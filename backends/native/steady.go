package native

import "time"

// steadyTime is how long a source has to run before it counts as running, where it
// does not produce yet: while it opens, its worker says already that it runs, and one
// that cannot open is gone a moment later.
const steadyTime = 2 * time.Second

// steadiness tells since when all instances of a source run.
type steadiness struct{ since time.Time }

// holds tells whether instances that all run now have run for long enough. Those
// that have producers are past their opening.
func (s *steadiness) holds(producing bool, now time.Time) bool {
	if s.since.IsZero() {
		s.since = now
	}
	return producing || now.Sub(s.since) >= steadyTime
}

// producing are the instances of a source that have a new producer, from its clients.
func producing(names map[string]string, old map[string]bool) map[string]bool {
	out := map[string]bool{}
	for name, instance := range names {
		if !old[name] {
			out[instance] = true
		}
	}
	return out
}
