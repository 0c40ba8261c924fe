package manager

import (
	"sync"

	"github.com/meshc/meshc/internal/manager/api"
)

// drifts are what was told of drift lately.
type drifts struct {
	mu  sync.Mutex
	log ring[api.DriftEvent]
}

func newDrifts(keep int) *drifts { return &drifts{log: newRing[api.DriftEvent](keep)} }

func (d *drifts) add(e api.DriftEvent) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log.add(e)
}

// since gives what was told after a position. What is forgotten is passed over: the
// newest drift of a mesh is in its status.
func (d *drifts) since(at int64, n int) (events []api.DriftEvent, next int64, news <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	events, next, _, news = d.log.since(max(at, d.log.first), n)
	return events, next, news
}

func (d *drifts) end() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.first + int64(len(d.log.items))
}
