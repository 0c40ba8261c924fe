package artifact

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// bundled is the folder of a NAR that is on its class path, with its jars in the
// order of their names (NarClassLoader.getClassPathEntries).
const bundled = "META-INF/bundled-dependencies/"

// nestedJar is a jar within a NAR. It is opened once, when a class is looked for
// that the archive itself does not hold.
type nestedJar struct {
	file    *zip.File
	archive *Archive
	err     error
	tried   bool
}

// open gives the jar's own archive. A jar that is stored without compression is
// read in place; one that is compressed has to be unpacked, within maxNested for all.
func (n *nestedJar) open(a *Archive) (*Archive, error) {
	if n.tried {
		return n.archive, n.err
	}
	n.tried = true
	var r io.ReaderAt
	var size int64
	if raw, err := n.file.OpenRaw(); err == nil && n.file.Method == zip.Store {
		if at, ok := raw.(io.ReaderAt); ok {
			r, size = at, int64(min(n.file.CompressedSize64, 1<<62))
		}
	}
	if r == nil {
		left := maxNested - a.nestedSize
		data, err := a.read(n.file, left)
		if err != nil {
			n.err = err
			return nil, err
		}
		a.nestedSize += int64(len(data))
		r, size = bytes.NewReader(data), int64(len(data))
	}
	if n.archive, n.err = open(r, size); n.err != nil {
		n.err = fmt.Errorf("its jar `%s` cannot be read: %w", Clean(n.file.Name), n.err)
		return nil, n.err
	}
	n.archive.nested = nil // jars in jars are on no class path
	return n.archive, nil
}

// load finds a class in the archive or in the jars of the NAR, in the order of
// the class path. Nil without an error means that no jar has it that could be
// looked into; an error, that it is broken.
func (a *Archive) load(class string) (*classfile.Class, error) {
	if l, ok := a.classes[class]; ok {
		return l.class, l.err
	}
	c, err := a.find(class, classfile.Outline)
	a.classes[class] = &loaded{c, err}
	return c, err
}

// whole is load for all of a class, members and annotations too.
func (a *Archive) whole(class string) (*classfile.Class, error) {
	if c, ok := a.parsed[class]; ok {
		return c, nil
	}
	c, err := a.find(class, classfile.Parse)
	if err == nil {
		a.parsed[class] = c
	}
	return c, err
}

// find reads a class, anew each time.
func (a *Archive) find(class string, parse func([]byte) (*classfile.Class, error)) (*classfile.Class, error) {
	if err := a.ensure(); err != nil {
		return nil, err
	}
	entry := entryOf(class)
	f := a.entries[entry]
	if f == nil && a.entries[bundled+entry] != nil {
		entry = bundled + entry
		f = a.entries[entry]
	}
	if f != nil {
		data, err := a.read(f, maxClass)
		if err != nil {
			return nil, err
		}
		if a.classSize += len(data); a.classSize > maxClasses {
			return nil, fmt.Errorf("the classes asked for have more than %d MB", maxClasses>>20)
		}
		c, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("its class file `%s` is broken: %w", Clean(entry), err)
		}
		if c.Name != class {
			// The JVM throws NoClassDefFoundError with "wrong name".
			return nil, fmt.Errorf("its entry `%s` holds a class `%s`", Clean(entry), Clean(c.Name))
		}
		return c, nil
	}
	for _, n := range a.nested {
		inner, err := n.open(a)
		if err != nil {
			if !a.unseen {
				a.unseen = true
				a.notes = append(a.notes, "Not looked into: "+err.Error()+".")
			}
			continue
		}
		if inner.Has(entry) {
			return inner.find(class, parse)
		}
	}
	return nil, nil
}
