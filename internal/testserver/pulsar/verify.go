package pulsar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// pin is the content that a file must have.
type pin struct {
	size   int64
	sha256 string // lower-case hex
}

// check compares what was read with the pin; name is for the error.
func (p pin) check(name string, size int64, sum []byte) error {
	if size != p.size {
		return fmt.Errorf("pulsar: %s has %d bytes, want %d: the fetch was cut short, or the file was replaced; fetch again", name, size, p.size)
	}
	if got := hex.EncodeToString(sum); got != p.sha256 {
		return fmt.Errorf("pulsar: %s has SHA-256 %s, want %s: do not trust the place it came from", name, got, p.sha256)
	}
	return nil
}

// checkFile compares a file with its pin.
func checkFile(path string, want pin) error {
	size, sum, err := hashFile(path)
	if err != nil {
		return err
	}
	return want.check(filepath.Base(path), size, sum)
}

// checkFolder compares the files in dir with sums, lines in the form of
// sha256sum. A file too many is an error as well as one that is missing: all
// of them land on the class path.
func checkFolder(dir string, sums []byte) error {
	want := map[string]string{}
	for line := range bytes.Lines(sums) {
		sum, name, ok := strings.Cut(strings.TrimSpace(string(line)), "  ")
		if !ok {
			return fmt.Errorf("pulsar: %q is not a line of sha256sum", line)
		}
		want[name] = sum
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		sum, ok := want[e.Name()]
		if !ok {
			return fmt.Errorf("pulsar: Maven brought %s, which is not pinned", e.Name())
		}
		delete(want, e.Name())
		size, got, err := hashFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if err := (pin{size, sum}).check(e.Name(), size, got); err != nil {
			return err
		}
	}
	for name := range want {
		return fmt.Errorf("pulsar: Maven did not bring %s (%d files of %s are missing)", name, len(want), filepath.Base(dir))
	}
	return nil
}

func hashFile(path string) (size int64, sum []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, h.Sum(nil), err
}
