package pulsar

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

// cacheDir returns the folder that holds everything fetched, and makes it.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("pulsar: no cache folder for the server: %w; set HOME", err)
	}
	dir := filepath.Join(base, "meshc", "pulsar")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("pulsar: cannot make the cache folder: %w", err)
	}
	return dir, nil
}

// installed tells whether name is complete in the cache folder dir. Being
// there is enough: only [install] puts it there, by a rename.
func installed(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// install returns the folder dir/name, and makes it first if it is not there:
// fill is called with an empty folder beside it, which is renamed when fill
// returns nil and removed when it does not. What a killed process left is
// removed by the next one. One process fills at a time, others wait for it
// until ctx ends; lock files stay, since removing them would open a race.
//
// Nothing is synced to the disk: after a power failure files may be empty, and
// the remedy is to remove the cache folder.
func install(ctx context.Context, dir, name string, fill func(tmp string) error) (string, error) {
	final := filepath.Join(dir, name)
	if installed(dir, name) {
		return final, nil
	}
	unlock, err := lockFile(ctx, filepath.Join(dir, ".lock-"+name))
	if err != nil {
		return "", err
	}
	defer unlock()
	if installed(dir, name) { // another process filled it while this one waited
		return final, nil
	}
	stale, err := filepath.Glob(filepath.Join(dir, ".tmp-"+name+"-*"))
	if err != nil {
		return "", err
	}
	for _, s := range stale {
		// An error is no reason to stop: it is in nobody's way but the disk's.
		os.RemoveAll(s)
	}
	tmp, err := os.MkdirTemp(dir, ".tmp-"+name+"-")
	if err != nil {
		return "", noSpace(err, dir)
	}
	defer os.RemoveAll(tmp) // by then renamed, or to be thrown away
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	if err := fill(tmp); err != nil {
		return "", noSpace(err, dir)
	}
	if err := os.Rename(tmp, final); err != nil {
		return "", fmt.Errorf("pulsar: cannot put the fetched files in place: %w", err)
	}
	return final, nil
}

// lockFile takes an exclusive lock on path, which other processes and other
// goroutines of this one respect, and which ends with the process.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, noSpace(err, filepath.Dir(path))
	}
	for {
		ok, err := child.TryLock(f)
		if ok {
			return func() { f.Close() }, nil
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("pulsar: cannot lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("pulsar: another process is fetching (it holds %s): %w", path, ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// noSpace adds the remedy to an error that says that the disk is full.
func noSpace(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, errToolNoSpace) {
		return fmt.Errorf("pulsar: the disk of %s is full (a fetch needs about 700 MB for a while): free some space, or name another cache folder with XDG_CACHE_HOME: %w", dir, err)
	}
	return err
}
