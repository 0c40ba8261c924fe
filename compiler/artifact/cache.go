package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// Cache remembers between runs what was read of archives, so that an archive that
// did not change is not opened again. What is remembered is what stands in the
// files, not what follows from it. It is a folder of small files; several runs may
// use it at a time. A cache that cannot be read or written is as good as an empty
// one: nothing fails for it.
//
// A file is known again by its path, size and times, or else by the hash of its
// content. The nil Cache remembers nothing.
type Cache struct {
	dir string
	// hash tells that only the content counts.
	hash  bool
	now   func() time.Time
	stats struct{ byPath, byContent, missed atomic.Int64 }

	// mu guards what follows.
	mu sync.Mutex
	// places are those that are known, nil before they are read; used those that this
	// run saw, wrote that it learned of some.
	places map[string]place
	used   map[string]bool
	wrote  bool
}

// CacheStats counts what a cache was asked for.
type CacheStats struct {
	// ByPath and ByContent are the archives that were known again, Missed those that were not.
	ByPath, ByContent, Missed int64
}

// OpenCache gives the cache in a folder, which need not exist yet. With hash it
// trusts no path, size or time, but hashes each file: for what is about to be
// deployed. Now is the clock.
func OpenCache(dir string, hash bool, now func() time.Time) *Cache {
	return &Cache{dir: dir, hash: hash, now: now, used: map[string]bool{}}
}

// Stats tells how often the cache helped.
func (c *Cache) Stats() CacheStats {
	if c == nil {
		return CacheStats{}
	}
	return CacheStats{c.stats.byPath.Load(), c.stats.byContent.Load(), c.stats.missed.Load()}
}

// Open is [Open] with the help of the cache. What is found out about the archive
// is remembered when it and then the cache are closed. An archive that was known again is opened only
// if something is asked that nobody asked before.
func (c *Cache) Open(path string) (*Archive, error) {
	if c == nil {
		return Open(path)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return Open(path)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxHashed {
		return Open(path) // which says why not, or is faster
	}
	now := stampOf(info)
	if !c.hash {
		if sum := c.sumOf(full, now); sum != "" {
			if facts := c.facts(sum); facts != nil {
				c.stats.byPath.Add(1)
				return c.known(path, full, now, sum, facts), nil
			}
		}
	}
	sum, at, err := hashFile(path)
	if err != nil {
		return nil, err
	}
	if facts := c.facts(sum); facts != nil {
		c.stats.byContent.Add(1)
		c.remember(full, at, sum)
		return c.known(path, full, at, sum, facts), nil
	}
	c.stats.missed.Add(1)
	a := c.known(path, full, at, sum, nil)
	if err := a.ensure(); err != nil {
		return nil, err
	}
	return a, nil
}

// hashFile gives the hash of a file's content, and its stamp; an error where it
// changed meanwhile.
func hashFile(path string) (sum string, at stamp, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", at, plain(err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return "", at, plain(err)
	}
	h := sha256.New()
	buffer := make([]byte, 64<<10)
	if _, err := io.CopyBuffer(h, onlyReader{f}, buffer); err != nil {
		return "", at, plain(err)
	}
	after, err := f.Stat()
	if err != nil {
		return "", at, plain(err)
	}
	if at = stampOf(before); at != stampOf(after) {
		return "", at, errChanged
	}
	return hex.EncodeToString(h.Sum(nil)), at, nil
}

// onlyReader hides what else a file can do, so that the buffer is used.
type onlyReader struct{ io.Reader }

var errChanged = errors.New("it changed while it was read")

// known gives an archive that opens its file when it has to. Kept is what was
// remembered of it, or nil.
func (c *Cache) known(path, full string, at stamp, sum string, kept *facts) *Archive {
	a := &Archive{classes: map[string]*loaded{}, parsed: map[string]*classfile.Class{}}
	if kept != nil {
		a.recall(kept)
	}
	before := a.learned()
	a.lazy = func() (*Archive, error) {
		opened, err := Open(path)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err == nil && stampOf(info) != at {
			err = errChanged
		}
		if err != nil {
			_ = opened.Close()
			return nil, plain(err)
		}
		return opened, nil
	}
	a.done = func() {
		if kept != nil && a.learned() == before {
			return
		}
		// What was read of a file that changed meanwhile is not of the content that was hashed.
		if info, err := os.Stat(path); err != nil || stampOf(info) != at || !at.settled(c.now()) {
			return
		}
		if f := a.facts(); f != nil && c.store(factsName(sum), f) {
			c.remember(full, at, sum)
		}
	}
	return a
}
