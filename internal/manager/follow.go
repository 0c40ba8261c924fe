package manager

import (
	"context"
	"errors"
	"slices"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// follow reads all heads and then what is written, until ctx ends or the store fails.
func (x *index) follow(ctx context.Context, s Records) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := s.Watch(ctx, func() {
		if err := x.fill(ctx, s); err != nil {
			cancel(err)
		}
	}, func(h record.Head) {
		if err := x.news(ctx, s, h); err != nil {
			cancel(err)
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// fill takes all heads. After a time without news what has changed is told as if it came now.
func (x *index) fill(ctx context.Context, s Records) error {
	heads, err := s.Heads(ctx)
	if err != nil {
		return err
	}
	again := x.ready()
	there := map[string]bool{}
	for _, h := range heads {
		there[h.Mesh] = true
		switch known := x.known(h); {
		case !again:
			x.put(h, true, false)
		case known == older:
			x.back(h)
		case known == unknown:
			if err := x.tell(ctx, s, h); err != nil {
				return err
			}
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, name := range slices.Clone(x.names) {
		if !there[name] && !x.ahead[name] {
			x.drop(name)
		}
	}
	x.filled = true
	return nil
}

// news takes what the store tells.
func (x *index) news(ctx context.Context, s Records, h record.Head) error {
	if h.Action == record.Forget {
		return x.fill(ctx, s) // which may have dropped it already
	}
	switch x.known(h) {
	case told:
		return nil
	case unknown:
		return x.tell(ctx, s, h)
	}
	// It is one that fill has passed over, or that is told once more; or the place of the
	// records has lost its end, and what comes now takes the place of what was there.
	id, err := mesh.ParseID(h.Mesh)
	if err != nil {
		return nil
	}
	newest, err := s.Head(ctx, id)
	if errors.Is(err, record.ErrNone) {
		return x.fill(ctx, s)
	}
	if err != nil || x.known(newest) != older {
		return err
	}
	return x.fill(ctx, s)
}

// tell takes a head that is newer than all before, and what came between them and was
// not told: of what was compacted in a time without a connection the last is left.
func (x *index) tell(ctx context.Context, s Records, h record.Head) error {
	x.mu.RLock()
	last := x.told[h.Mesh]
	x.mu.RUnlock()
	id, err := mesh.ParseID(h.Mesh)
	if err != nil || !h.Readable() || h.Revision <= last+1 {
		x.put(h, true, true)
		return nil
	}
	var between []record.Head
	for before := h.Revision; before > last+1; {
		past, err := s.History(ctx, id, before, pageSize)
		if err != nil {
			return err
		}
		before = 0
		for _, p := range past {
			if p.Revision <= last {
				break
			}
			between, before = append(between, p), p.Revision
		}
		if len(past) < pageSize {
			break
		}
	}
	for _, p := range slices.Backward(between) {
		// The beginning of the run whose end comes next is told by that.
		x.put(p, true, true)
	}
	x.put(h, true, true)
	return nil
}

// standing is what the index knows of a head that the store tells of.
type standing int

const (
	// unknown: it is newer than all that was told.
	unknown standing = iota
	// told: it is the newest one.
	told
	// older: it is another one than was told last, and no newer one.
	older
)

func (x *index) known(h record.Head) standing {
	x.mu.RLock()
	defer x.mu.RUnlock()
	have, ok := x.newest[h.Mesh]
	switch {
	case !ok || h.Revision > x.told[h.Mesh] || !h.Readable() || !have.Readable():
		return unknown
	case have.SameWrite(h) || x.ahead[h.Mesh] && have.Revision > h.Revision && h.Revision == x.told[h.Mesh]:
		return told
	}
	return older
}

// back takes a head that comes after one with a higher revision, which the store has lost.
func (x *index) back(h record.Head) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.newest[h.Mesh], x.told[h.Mesh] = newEntry(h), h.Revision
	delete(x.ahead, h.Mesh)
	x.log.add(h)
}

// put takes a head. stored tells that it comes from the store, and is to be told then.
func (x *index) put(h record.Head, stored, tell bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	have, known := x.newest[h.Mesh]
	if !known || !have.Readable() || have.Revision < h.Revision {
		x.newest[h.Mesh] = newEntry(h)
		if stored {
			delete(x.ahead, h.Mesh)
		} else {
			x.ahead[h.Mesh] = true
		}
	} else if stored && have.Revision == h.Revision {
		if delete(x.ahead, h.Mesh); !have.SameWrite(h) {
			x.newest[h.Mesh] = newEntry(h) // what was written here is lost
		}
	}
	if !known {
		i, _ := slices.BinarySearch(x.names, h.Mesh)
		x.names = slices.Insert(x.names, i, h.Mesh)
	}
	if told := h.Revision <= x.told[h.Mesh]; told || !stored {
		return
	}
	x.told[h.Mesh] = h.Revision
	if tell {
		x.log.add(h)
	}
}

// drop forgets a mesh that the store knows no more; mu is held.
func (x *index) drop(name string) {
	if i, found := slices.BinarySearch(x.names, name); found {
		x.names = slices.Delete(x.names, i, i+1)
	}
	delete(x.newest, name)
	delete(x.told, name)
	delete(x.ahead, name)
}
