package artifact

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// Archive is an open jar, NAR, wheel or other zip file. Only its list of entries
// is read when it is opened; classes are read one by one as they are asked for,
// so that the size of the archive does not matter. An Archive is not safe for
// concurrent use.
type Archive struct {
	// lazy opens the file of an archive that the cache knows; nil where it is open.
	// Done is called when the archive is closed.
	lazy func() (*Archive, error)
	done func()

	close    io.Closer
	entries  map[string]*zip.File
	order    []*zip.File
	inflated int64
	// nested are the jars that a NAR carries, opened as they are needed.
	nested     []*nestedJar
	nestedSize int64
	// unseen tells that one of them could not be looked into: a class that is not
	// found may be in it.
	unseen bool
	// classes holds what was read, by name; nil where there is none of the name.
	classes   map[string]*loaded
	classSize int
	// parsed holds the classes that were read with all their members, as classes does;
	// service the service file, nil until it is asked for.
	parsed  map[string]*classfile.Class
	service *service
	notes   []string
}

// service is the content of the service file, where there is one.
type service struct {
	Has  bool
	Data []byte
}

type loaded struct {
	class *classfile.Class
	err   error
}

// Open reads the list of what a zip file holds. The error is one sentence without
// the path, fit for a finding: not a zip, truncated, an entry that leads out of
// the archive, a symbolic link, an encrypted entry, more than is read. The JVM
// refuses archives with encrypted entries or unknown compression as a whole
// (java.util.zip.ZipFile); a worker that unpacks a NAR would follow the others.
func Open(path string) (*Archive, error) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	a, err := open(f, size)
	if err != nil {
		_ = f.Close()
		return nil, plain(err)
	}
	a.close = f
	return a, nil
}

// openFile opens a regular file. It looks before it opens: to open a named pipe
// would wait for somebody to write.
func openFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, plain(err)
	case !info.Mode().IsRegular():
		return nil, 0, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, plain(err)
	}
	return f, info.Size(), nil
}

// OpenReader is Open for what is not a file of its own; the caller keeps r open
// as long as the archive is in use.
func OpenReader(r io.ReaderAt, size int64) (*Archive, error) { return open(r, size) }

// ensure opens the file of an archive that was taken out of the cache.
func (a *Archive) ensure() error {
	if a.lazy == nil {
		return nil
	}
	opened, err := a.lazy()
	if err != nil {
		return err
	}
	a.lazy = nil
	a.close, a.entries, a.order, a.nested, a.notes = opened.close, opened.entries, opened.order, opened.nested, opened.notes
	return nil
}

// Close releases the file.
func (a *Archive) Close() error {
	if a.done != nil {
		a.done()
		a.done = nil
	}
	if a.close == nil {
		return nil
	}
	return a.close.Close()
}

// Notes tells what is odd about the archive but does not hinder: classes that it
// holds twice, other versions of classes in a multi-release jar.
func (a *Archive) Notes() []string { return a.notes }

// Classes lists the classes of the archive itself, not of the jars in it, in the
// order of their names.
func (a *Archive) Classes() []string {
	if a.ensure() != nil {
		return nil
	}
	var names []string
	for entry := range a.entries {
		if class, ok := classOf(entry); ok {
			names = append(names, class)
		}
	}
	slices.Sort(names)
	return names
}

// Has tells whether an entry of that name is there.
func (a *Archive) Has(entry string) bool { return a.ensure() == nil && a.entries[entry] != nil }

// directory counts what is read while the list of entries is: archive/zip reads
// on as long as it finds entries, whatever the end of the file says of their number.
type directory struct {
	r    io.ReaderAt
	left int64
}

var errDirectory = fmt.Errorf("the list of what it holds is larger than the %d MB that are read", maxDirectory>>20)

func (d *directory) ReadAt(p []byte, off int64) (int, error) {
	if d.left < 0 {
		return d.r.ReadAt(p, off)
	}
	if d.left -= int64(len(p)); d.left < 0 {
		d.left = 0
		return 0, errDirectory
	}
	return d.r.ReadAt(p, off)
}

func open(r io.ReaderAt, size int64) (*Archive, error) {
	bounded := &directory{r: r, left: maxDirectory}
	z, err := zip.NewReader(bounded, size)
	bounded.left = -1 // unbounded from here on: entries have bounds of their own
	switch {
	case errors.Is(err, zip.ErrInsecurePath):
		// The loop below says which and why.
	case errors.Is(err, errDirectory):
		return nil, errDirectory
	case err != nil && size == 0:
		return nil, errors.New("it is empty")
	case err != nil:
		return nil, errors.New("it is not a zip file, or it is cut off at its end")
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("it holds %d entries, more than the %d that are read", len(z.File), maxEntries)
	}
	a := &Archive{entries: make(map[string]*zip.File, len(z.File)), order: z.File, classes: map[string]*loaded{}, parsed: map[string]*classfile.Class{}}
	for _, f := range z.File {
		if err := a.add(f); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(a.nested, func(x, y *nestedJar) int { return strings.Compare(x.file.Name, y.file.Name) })
	return a, nil
}

func (a *Archive) add(f *zip.File) error {
	switch {
	case escapes(f.Name):
		return fmt.Errorf("its entry `%s` leads out of the archive", Clean(f.Name))
	case f.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("its entry `%s` is a symbolic link", Clean(f.Name))
	case f.Flags&1 != 0:
		return fmt.Errorf("its entry `%s` is encrypted", Clean(f.Name))
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("its entry `%s` is compressed in a way that the JVM does not read (method %d)", Clean(f.Name), f.Method)
	}
	if before := a.entries[f.Name]; before != nil && before.CRC32 != f.CRC32 && len(a.notes) < 10 {
		a.notes = append(a.notes, fmt.Sprintf("It holds `%s` twice with different content; the JVM takes the last.", Clean(f.Name)))
	}
	if strings.HasPrefix(f.Name, "META-INF/versions/") && strings.HasSuffix(f.Name, ".class") && len(a.notes) == 0 {
		a.notes = append(a.notes, "It is a multi-release jar; the classes for all releases are looked at, not those for one.")
	}
	a.entries[f.Name] = f
	if jar, ok := strings.CutPrefix(f.Name, bundled); ok && strings.HasSuffix(jar, ".jar") && !strings.Contains(jar, "/") {
		a.nested = append(a.nested, &nestedJar{file: f})
	}
	return nil
}

// read gives the content of an entry that may hold so many bytes. What the
// archive says of the size is believed only as far as it makes the bound smaller.
func (a *Archive) read(f *zip.File, limit int64) ([]byte, error) {
	name := "its entry `" + Clean(f.Name) + "`"
	size := int64(min(f.UncompressedSize64, 1<<62))
	if size > limit {
		return nil, tooLarge(name, size, limit)
	}
	if packed := max(f.CompressedSize64, 1); size > freeSize && uint64(size)/packed > maxRatio {
		return nil, fmt.Errorf("%s would grow to %d times its size, as zip bombs do", name, uint64(size)/packed)
	}
	if a.inflated += size; a.inflated > maxInflated {
		return nil, fmt.Errorf("more than %d MB of it would have to be unpacked", maxInflated>>20)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be unpacked (%w)", name, plain(err))
	}
	defer r.Close()
	data := make([]byte, 0, min(size, 64<<10)+1)
	for {
		if len(data) == cap(data) {
			data = slices.Grow(data, min(max(cap(data), 512), int(size)+1-len(data)+512))
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > size {
			return nil, fmt.Errorf("%s is larger than the archive says", name)
		}
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be unpacked (%w)", name, plain(err))
		}
	}
}

// plain takes path and operation off an error of the file system: a finding names the file anyway.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
