package manager

import "time"

// Limits bound what callers can make a manager do. A zero field is its default.
type Limits struct {
	// Upload bounds a request with code, Body any other one, in bytes.
	Upload, Body int64
	// Inputs is how many requests may bring a mesh or a plan at once, Plans how many meshes
	// are planned at once without being deployed, Runs how many runs may be under way, with
	// the planning that they begin with. Turn is how long a request waits for its turn
	// among the inputs and plans.
	Inputs, Plans, Runs int
	Turn                time.Duration
	// Requests is how many requests are answered at once. Streams, of which there are as
	// many at most, do not count among them.
	Requests, Streams int
	// ReadTime bounds how long the body of a request may take, UploadTime that of one with code.
	ReadTime, UploadTime time.Duration
	// PlanTime bounds how long planning may take.
	PlanTime time.Duration
	// Wait is the longest time that a request waits for the end of its run.
	Wait time.Duration
	// Events is how many events are kept in memory, Operations how many runs that have ended.
	Events, Operations int
	// Beat is the time between two signs of life in a stream; then the caller's rights
	// are looked at again.
	Beat time.Duration
}

func (l Limits) orDefault() Limits {
	set(&l.Upload, 64<<20)
	set(&l.Body, 4<<20)
	set(&l.Inputs, 8)
	set(&l.Plans, 8)
	set(&l.Turn, 5*time.Second)
	set(&l.Requests, 1024)
	set(&l.Streams, 2048)
	set(&l.Runs, 64)
	set(&l.ReadTime, 10*time.Second)
	set(&l.UploadTime, 5*time.Minute)
	set(&l.PlanTime, 2*time.Minute)
	set(&l.Wait, 10*time.Minute)
	set(&l.Events, 10_000)
	set(&l.Operations, 1000)
	set(&l.Beat, 15*time.Second)
	return l
}

func set[T int | int64 | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}
