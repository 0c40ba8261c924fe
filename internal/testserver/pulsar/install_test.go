package pulsar

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// archive returns a tar.gz of the headers, each with its name as content if it
// is a file, and the pin of it.
func archive(t *testing.T, headers ...tar.Header) ([]byte, pin) {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	tw := tar.NewWriter(zw)
	for _, h := range headers {
		h.Mode = 0o755
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(h.Name))
		}
		if err := tw.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			fmt.Fprint(tw, h.Name)
		}
	}
	if err := errors.Join(tw.Close(), zw.Close()); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return b.Bytes(), pin{int64(b.Len()), fmt.Sprintf("%x", sum)}
}

func file(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }

func TestUnpack(t *testing.T) {
	good, pinned := archive(t, tar.Header{Name: "top/", Typeflag: tar.TypeDir}, file("top/lib/a.jar"), file("top/README"))
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	other, _ := archive(t, file("top/lib/evil.jar"))
	escapes, escapesPin := archive(t, file("top/../../evil"))
	absolute, absolutePin := archive(t, file("/etc/evil"))
	hidden, hiddenPin := archive(t, file("top/lib/../../../evil"))
	link, linkPin := archive(t, tar.Header{Name: "top/l", Typeflag: tar.TypeSymlink, Linkname: "/etc"}, file("top/l/evil"))

	for _, c := range []struct {
		name    string
		content []byte
		pin     pin
		want    string // in the error
	}{
		{"good", good, pinned, ""},
		{"truncated", good[:len(good)/2], pinned, "cut short"},
		{"one bit flipped", flipped, pinned, "do not trust"},
		{"something else of the same size", append(bytes.Clone(other), make([]byte, max(0, len(good)-len(other)))...)[:len(good)], pinned, "do not trust"},
		{"something after the end", append(bytes.Clone(good), 0), pinned, "bytes, want"},
		{"leaves by dots", escapes, escapesPin, "leaves the folder"},
		{"leaves by an absolute path", absolute, absolutePin, "leaves the folder"},
		{"leaves by dots further down", hidden, hiddenPin, "leaves the folder"},
		{"leaves by a link", link, linkPin, "neither a file nor a folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.tar.gz")
			out := filepath.Join(dir, "deep", "out")
			if err := errors.Join(os.WriteFile(path, c.content, 0o644), os.MkdirAll(out, 0o755)); err != nil {
				t.Fatal(err)
			}
			err := unpackTarGz(path, out, c.pin)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one with %q", err, c.want)
				}
				if _, err := os.Stat(filepath.Join(dir, "evil")); err == nil {
					t.Error("a file was written outside of the folder")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(out, "lib", "a.jar")); string(got) != "top/lib/a.jar" {
				t.Errorf("lib/a.jar has %q, %v", got, err)
			}
		})
	}
}

func TestInstallLeavesNothingHalfDone(t *testing.T) {
	dir := t.TempDir()
	// What a process that was killed while it fetched leaves:
	stale := filepath.Join(dir, ".tmp-4.0.8-123", "lib")
	if err := os.MkdirAll(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	_, err := install(t.Context(), dir, "4.0.8", func(tmp string) error {
		return errors.Join(os.WriteFile(filepath.Join(tmp, "half"), nil, 0o644), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error %v, want boom", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != ".lock-4.0.8" {
		t.Fatalf("a failed fetch left %v, %v, want the lock file only", left, err)
	}
	got, err := install(t.Context(), dir, "4.0.8", func(tmp string) error {
		return os.WriteFile(filepath.Join(tmp, "whole"), nil, 0o644)
	})
	if err != nil || got != filepath.Join(dir, "4.0.8") {
		t.Fatalf("install = %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(got, "whole")); err != nil {
		t.Error(err)
	}
}

func TestInstallFetchesOnce(t *testing.T) {
	dir := t.TempDir()
	var fills atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := install(t.Context(), dir, "x", func(string) error {
				fills.Add(1)
				time.Sleep(20 * time.Millisecond) // long enough for the others to arrive
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := fills.Load(); n != 1 {
		t.Errorf("filled %d times, want once", n)
	}
}

func TestInstallGivesUpWaiting(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lockFile(t.Context(), filepath.Join(dir, ".lock-x"))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := install(ctx, dir, "x", nil); err == nil || !strings.Contains(err.Error(), "another process is fetching") {
		t.Errorf("error %v, want one that says who is in the way", err)
	}
}

func TestInstallFullDisk(t *testing.T) {
	for _, full := range []error{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, errToolNoSpace} {
		_, err := install(t.Context(), t.TempDir(), "x", func(string) error { return full })
		if err == nil || !strings.Contains(err.Error(), "XDG_CACHE_HOME") {
			t.Errorf("%v gives %v, want the remedy", full, err)
		}
	}
}

func TestCheckFolder(t *testing.T) {
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	sums := []byte(sum("a") + "  a.jar\n" + sum("b") + "  b.jar\n")
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"good", map[string]string{"a.jar": "a", "b.jar": "b"}, ""},
		{"changed", map[string]string{"a.jar": "a", "b.jar": "B"}, "do not trust"},
		{"missing", map[string]string{"a.jar": "a"}, "did not bring b.jar"},
		{"one too many", map[string]string{"a.jar": "a", "b.jar": "b", "c.jar": "c"}, "c.jar, which is not pinned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := checkFolder(dir, sums)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
