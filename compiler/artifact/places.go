package artifact

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// place is how a file looked when its content was hashed.
type place struct {
	Path                    string
	Size, Modified, Changed int64
	Sum                     string
}

// placesName is the file of the cache that knows places. There is one, so that a
// run over hundreds of archives writes it once.
const placesName = "places"

// maxPlaces bounds the places that are known; those that were not used for the
// longest time go first.
const maxPlaces = 5000

// read gives the places that the cache knows, by path.
func (c *Cache) read() map[string]place {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.places == nil {
		c.places = map[string]place{}
		for _, p := range c.readPlaces() {
			c.places[p.Path] = p
		}
	}
	return c.places
}

func (c *Cache) readPlaces() (list []place) {
	if !c.load(placesName, &list) {
		return nil
	}
	return list
}

// sumOf gives the hash of the content that a file had when it looked like now, or "".
func (c *Cache) sumOf(full string, now stamp) string {
	places := c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := places[full]
	if !ok || now != (stamp{p.Size, p.Modified, p.Changed}) {
		return ""
	}
	c.used[full] = true
	return p.Sum
}

// remember notes what a file looked like when its content was hashed, unless a
// later change might not show.
func (c *Cache) remember(full string, at stamp, sum string) {
	if !at.settled(c.now()) {
		return
	}
	places := c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	places[full] = place{full, at.size, at.modified, at.changed, sum}
	c.used[full], c.wrote = true, true
}

// Close writes down what was learned and holds the cache within its bounds: what
// was not used for the longest time goes. It does nothing where nothing was
// learned. Archives of the cache are closed before. The nil Cache can be closed.
func (c *Cache) Close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wrote {
		return
	}
	c.wrote = false
	// Another run may have written meanwhile; what it knows is kept, after that of
	// this run in doubt. Two that write at once may lose what one of them knows, which
	// is then learned again.
	var list []place
	for _, p := range c.readPlaces() {
		if !c.used[p.Path] {
			list = append(list, p)
		}
	}
	var own []place
	for path := range c.used {
		own = append(own, c.places[path])
	}
	slices.SortFunc(own, func(a, b place) int { return strings.Compare(a.Path, b.Path) })
	list = append(list, own...)
	c.store(placesName, list[max(0, len(list)-maxPlaces):])
	c.trim(maxFiles, maxCached)
}

// trim removes files of the cache, the ones not used for longest first, once there
// are more than so many or more bytes in them; then a quarter goes.
func (c *Cache) trim(files int, size int64) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	type old struct {
		name string
		size int64
		used time.Time
	}
	var list []old
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if strings.HasPrefix(e.Name(), "tmp-") {
			// Left by a run that was killed, unless it is being written now.
			if c.now().Sub(info.ModTime()) > time.Hour {
				_ = os.Remove(filepath.Join(c.dir, e.Name()))
			}
			continue
		}
		if !strings.HasPrefix(e.Name(), "c-") {
			continue
		}
		list = append(list, old{e.Name(), info.Size(), info.ModTime()})
		total += info.Size()
	}
	if len(list) <= files && total <= size {
		return
	}
	slices.SortFunc(list, func(a, b old) int { return a.used.Compare(b.used) })
	for n := len(list); len(list) > 0 && (n > files*3/4 || total > size*3/4); n-- {
		_ = os.Remove(filepath.Join(c.dir, list[0].name))
		total -= list[0].size
		list = list[1:]
	}
}
