package manager

import (
	"context"
	"sync"

	"github.com/meshc/meshc/planner/record"
)

// watched is the store that a run writes to. It tells when the run is on record, and
// keeps what is not begun from beginning after its leader has lost the lead or its
// caller has gone.
type watched struct {
	record.Store
	m     *Manager
	j     *job
	begun chan record.Head

	mu     sync.Mutex
	first  bool
	gaveUp bool
}

// Write implements record.Store.
func (w *watched) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	w.mu.Lock()
	begins := !w.first
	if w.gaveUp {
		w.mu.Unlock()
		return record.Head{}, context.Canceled
	}
	w.first = true
	w.mu.Unlock()
	if begins {
		err := w.m.leads(ctx)
		if err == nil {
			// Where the namespace is still to be made no lock keeps the same request away.
			err = w.m.repeated(ctx, w.j)
		}
		if err != nil {
			w.undo()
			return record.Head{}, err
		}
	}
	h, err := w.Store.Write(ctx, next, body)
	if begins && err != nil {
		err = w.m.overtaken(err, w.j)
	}
	switch {
	case err == nil:
		// What is read from memory after the answer has it.
		w.m.index.put(h, false, false)
		if begins {
			w.begun <- h
		}
	case begins:
		w.undo()
	}
	return h, err
}

func (w *watched) undo() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.first = false
}

// written tells that the run is on record.
func (w *watched) written() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first
}

// giveUp keeps a run from beginning; false where it has begun.
func (w *watched) giveUp() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gaveUp = !w.first
	return w.gaveUp
}

// Close implements record.Store: the store is the manager's.
func (w *watched) Close() error { return nil }
