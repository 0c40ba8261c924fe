package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// format names what the cache holds. It has to be raised whenever what is kept, or
// how it is read out of archives, changes: older entries are then none.
const format = "meshc-artifact-1"

// The bounds of the cache. What is older goes first.
const (
	// maxKept is the number of classes that are kept of one archive, maxFact the size
	// of a file of the cache.
	maxKept = 500
	maxFact = 2 << 20
	// maxFiles and maxCached are the number of files in the cache and the bytes in
	// them; once there are more, a quarter goes.
	maxFiles  = 20_000
	maxCached = 64 << 20
)

// facts is what the cache keeps of an archive: what stands in it, as far as it was asked for.
type facts struct {
	Notes   []string                    `json:",omitempty"`
	Classes map[string]*classfile.Class `json:",omitempty"`
	Parsed  map[string]*classfile.Class `json:",omitempty"`
	Service *service                    `json:",omitempty"`
}

// learned counts what is known of the archive.
func (a *Archive) learned() int {
	n := len(a.classes) + len(a.parsed)
	if a.service != nil {
		n++
	}
	return n
}

// facts gives what may be kept of the archive, or nil: nothing where something
// went wrong, which may have been the disk, or where it is too much.
func (a *Archive) facts() *facts {
	if a.unseen || a.learned() > maxKept {
		return nil
	}
	size := 0
	for _, l := range a.classes {
		size += weight(l.class)
	}
	for _, c := range a.parsed {
		size += weight(c)
	}
	if size > maxFact/2 {
		return nil
	}
	f := &facts{Notes: a.notes, Classes: map[string]*classfile.Class{}, Parsed: a.parsed, Service: a.service}
	for name, l := range a.classes {
		if l.err != nil {
			return nil
		}
		f.Classes[name] = l.class
	}
	return f
}

// weight is about how many bytes a class takes in the cache. In a class file a name
// may be written once and used sixty thousand times; there each is written out.
func weight(c *classfile.Class) int {
	if c == nil {
		return 0
	}
	n := 100 + len(c.Signature) + annotationsWeight(c.Annotations)
	for _, i := range c.Interfaces {
		n += 5 + len(i)
	}
	for _, list := range [][]classfile.Member{c.Fields, c.Methods} {
		for _, m := range list {
			n += 80 + len(m.Name) + len(m.Descriptor) + len(m.Signature) + annotationsWeight(m.Annotations)
		}
	}
	return n
}

func annotationsWeight(list []classfile.Annotation) int {
	n := 0
	for _, an := range list {
		n += 40 + len(an.Type)
		for name, v := range an.Values {
			n += len(name) + valueWeight(v)
		}
	}
	return n
}

func valueWeight(v classfile.Value) int {
	n := 50 + len(v.Text)
	for _, item := range v.List {
		n += valueWeight(item)
	}
	return n
}

// recall takes over what was kept.
func (a *Archive) recall(f *facts) {
	a.notes, a.service = f.Notes, f.Service
	for name, class := range f.Classes {
		a.classes[name] = &loaded{class: class}
	}
	for name, class := range f.Parsed {
		a.parsed[name] = class
	}
}

// facts gives what is kept for a content, or nil.
func (c *Cache) facts(sum string) *facts {
	var f facts
	if !c.load(factsName(sum), &f) {
		return nil
	}
	return &f
}

func factsName(sum string) string { return "c-" + sum }

// load reads a file of the cache. It begins with a line of the format, its own
// name and the hash of the rest, so that what was cut off, changed or put there by
// someone else is not taken for ours.
func (c *Cache) load(name string, into any) bool {
	path := filepath.Join(c.dir, name)
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFact {
		return false
	}
	data := make([]byte, info.Size())
	if n, err := f.ReadAt(data, 0); err != nil || n < len(data) {
		return false
	}
	head, body, ok := bytes.Cut(data, []byte("\n"))
	if !ok || string(head) != headOf(name, body) || json.Unmarshal(body, into) != nil {
		return false
	}
	// What is used is young; once a day is enough to tell.
	if now := c.now(); now.Sub(info.ModTime()) > 24*time.Hour {
		_ = os.Chtimes(path, now, now)
	}
	return true
}

func headOf(name string, body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("%s %s %x", format, name, sum[:8])
}

// store writes a file of the cache in one step: others see the old one or the new.
func (c *Cache) store(name string, what any) bool {
	body, err := json.Marshal(what)
	if err != nil || len(body) > maxFact-200 || os.MkdirAll(c.dir, 0o700) != nil {
		return false
	}
	f, err := os.CreateTemp(c.dir, "tmp-*")
	if err != nil {
		return false
	}
	_, err = f.WriteString(headOf(name, body) + "\n" + string(body))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.dir, name))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return false
	}
	return true
}
