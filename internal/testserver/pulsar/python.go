package pulsar

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
)

var (
	//go:embed python/requirements.txt
	pythonRequirements []byte
	//go:embed python/build.txt
	pythonBuild []byte
)

// Python returns a folder to be [Options.Python]: its python3 has what Python
// functions import (pulsar-client and others, pinned by hash). The first call
// makes it in the user's cache folder from the python3 on PATH (3.10 or newer,
// with its venv module) and pip's package index, 75 MB in about 15 s, with
// progress on out (nil: none). Several processes may call it at once.
func Python(ctx context.Context, out io.Writer) (bin string, err error) {
	if out == nil {
		out = io.Discard
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("pulsar: Python functions need python3 on PATH: %w", err)
	}
	version, err := exec.CommandContext(ctx, python, "-c", `import sys; print("%d.%d" % sys.version_info[:2])`).Output()
	if err != nil {
		return "", fmt.Errorf("pulsar: cannot run %s: %w", python, err)
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	// Another Python or other pins make another environment; old ones stay.
	pins := sha256.Sum256(slices.Concat(pythonBuild, pythonRequirements))
	name := fmt.Sprintf("python-%s-%.4x", strings.TrimSpace(string(version)), pins)
	home, err := install(ctx, dir, name, func(tmp string) error {
		begin := time.Now()
		fmt.Fprintf(out, "making a Python environment for functions\n")
		if err := makePython(ctx, python, tmp); err != nil {
			return err
		}
		fmt.Fprintf(out, "made it in %s\n", time.Since(begin).Round(time.Second))
		return nil
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "bin"), nil
}

// makePython fills the folder tmp. A virtual environment may be renamed as a
// whole afterwards: only scripts such as bin/pip carry its path, not python3.
func makePython(ctx context.Context, python, tmp string) error {
	if err := runPython(ctx, tmp, python, "-m", "venv", tmp); err != nil {
		return fmt.Errorf("%w\nthe remedy may be the package python3-venv", err)
	}
	for _, step := range []struct {
		file string
		pins []byte
	}{{"build.txt", pythonBuild}, {"requirements.txt", pythonRequirements}} {
		file := filepath.Join(tmp, step.file)
		if err := os.WriteFile(file, step.pins, 0o644); err != nil {
			return err
		}
		err := runPython(ctx, tmp, filepath.Join(tmp, "bin", "python3"), "-m", "pip", "install", "-q", "--no-cache-dir",
			"--disable-pip-version-check", "--require-hashes", "--no-build-isolation", "-r", file)
		if err != nil {
			return err
		}
	}
	// What runs a function must be able to import all of it; a wheel that does
	// not fit this Python shows here, and not as an instance that dies silently.
	return runPython(ctx, tmp, filepath.Join(tmp, "bin", "python3"), "-c",
		"import pulsar, google.protobuf, grpc, prometheus_client, ratelimit, bookkeeper")
}

func runPython(ctx context.Context, tmp, python string, args ...string) error {
	said, err := runTool(ctx, tmp, python, args...)
	if err != nil && !errors.Is(err, errToolNoSpace) && ctx.Err() == nil {
		return fmt.Errorf("pulsar: making the Python environment failed (%w); the last words:\n%s", err, child.LastLines(said, 12))
	}
	return err
}
