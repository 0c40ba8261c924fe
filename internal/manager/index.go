package manager

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
)

// index is what the records say, in memory: the newest head of each mesh, and what
// was written lately, in the order in which it was written.
type index struct {
	mu     sync.RWMutex
	filled bool
	newest map[string]*entry
	// told are the revisions that log has got to: what this manager has written itself is
	// among newest before the store tells of it, and comes into log in the store's order.
	told map[string]int64
	// ahead are the meshes whose newest head the store has not told of yet.
	ahead map[string]bool
	// names are those of newest, sorted.
	names []string
	log   ring[record.Head]
}

// entry is what is known of a mesh. It does not change.
type entry struct {
	record.Head
	// brief is what lists tell of it, in JSON: to encode it again for each reader would be
	// most of the work of a list.
	brief []byte
}

func newEntry(h record.Head) *entry {
	m := api.NewMesh(h)
	m.Nodes = nil
	// A struct of texts and numbers always encodes, but for years that JSON does not write.
	brief, err := json.Marshal(m)
	if err != nil {
		brief, _ = json.Marshal(api.Mesh{Mesh: h.Mesh, Newer: true})
	}
	return &entry{Head: h, brief: brief}
}

func newIndex(keep int) *index {
	return &index{newest: map[string]*entry{}, told: map[string]int64{}, ahead: map[string]bool{}, log: newRing[record.Head](keep)}
}

func (x *index) ready() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.filled
}

// head gives the newest head of a mesh.
func (x *index) head(mesh string) (record.Head, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	e, ok := x.newest[mesh]
	if !ok {
		return record.Head{}, false
	}
	return e.Head, true
}

// heads gives all heads, by name.
func (x *index) heads() []record.Head {
	var out []record.Head
	for _, e := range x.from("", "", math.MaxInt) {
		out = append(out, e.Head)
	}
	return out
}

// from gives at most n meshes whose names begin with prefix and come after a name.
func (x *index) from(prefix, after string, n int) []*entry {
	x.mu.RLock()
	defer x.mu.RUnlock()
	i, found := slices.BinarySearch(x.names, max(prefix, after))
	if found && x.names[i] == after {
		i++
	}
	out := make([]*entry, 0, min(n, len(x.names)-i))
	for ; i < len(x.names) && len(out) < n && strings.HasPrefix(x.names[i], prefix); i++ {
		out = append(out, x.newest[x.names[i]])
	}
	return out
}

// since gives what was written after a position, at most n, and where that ends. gap
// tells that what came right after the position is not in memory any more.
func (x *index) since(at int64, n int) (heads []record.Head, next int64, gap bool, news <-chan struct{}) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.log.since(at, n)
}

// place finds the position after a write; false where it is not in memory.
func (x *index) place(mesh string, revision int64) (int64, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := len(x.log.items) - 1; i >= 0; i-- {
		if h := x.log.items[i]; h.Mesh == mesh && h.Revision == revision {
			return x.log.first + int64(i) + 1, true
		}
	}
	return 0, false
}

// end is the position after all that was written.
func (x *index) end() int64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.log.first + int64(len(x.log.items))
}

func (x *index) size() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.newest)
}
