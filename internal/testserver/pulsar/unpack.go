package pulsar

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// unpackTarGz unpacks the archive file into the existing folder dir, without
// the first element of each path, and hashes while it reads. When it returns
// an error, what it left in dir is worthless. Entries that would leave dir,
// and links, are errors.
func unpackTarGz(file, dir string, want pin) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	root, err := os.OpenRoot(dir) // refuses what leaves dir even if a check here were wrong
	if err != nil {
		return err
	}
	defer root.Close()

	name := filepath.Base(file)
	hash := sha256.New()
	count := &counter{r: f}
	tee := bufio.NewReaderSize(io.TeeReader(count, hash), 1<<20)
	unpackErr := untar(tee, root)
	// The rest of the file belongs to the hash; and a wrong hash explains an
	// unpack error better than the error itself does.
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return fmt.Errorf("pulsar: reading %s: %w", name, err)
	}
	if unpackErr != nil && !isDamage(unpackErr) {
		return fmt.Errorf("pulsar: unpacking %s: %w", name, unpackErr)
	}
	if err := want.check(name, count.n, hash.Sum(nil)); err != nil {
		return err
	}
	if unpackErr != nil {
		return fmt.Errorf("pulsar: unpacking %s: %w", name, unpackErr)
	}
	return nil
}

// isDamage tells errors that a damaged archive explains from those of the disk
// and of a malicious archive.
func isDamage(err error) bool {
	var pathErr *fs.PathError
	return !errors.As(err, &pathErr) && !errors.Is(err, errLeaves)
}

var errLeaves = errors.New("entry leaves the folder")

func untar(r io.Reader, root *os.Root) error {
	zr, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	tr := tar.NewReader(zr)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, zr) // to gzip's own checksum
			return err
		}
		if err != nil {
			return err
		}
		// Not path.Clean before the check: it would hide "a/../../b".
		if !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return fmt.Errorf("%w: %q", errLeaves, h.Name)
		}
		_, rel, ok := strings.Cut(path.Clean(h.Name), "/")
		if !ok { // the top folder itself
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(rel)) {
			return fmt.Errorf("%w: %q", errLeaves, h.Name)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(rel, 0o755)
		case tar.TypeReg:
			err = writeFile(root, rel, tr, h.FileInfo().Mode().Perm()&0o755|0o600)
		default:
			err = fmt.Errorf("%w: %q is neither a file nor a folder", errLeaves, h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func writeFile(root *os.Root, rel string, r io.Reader, mode fs.FileMode) error {
	if err := root.MkdirAll(path.Dir(rel), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(rel, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// counter counts the bytes read through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
