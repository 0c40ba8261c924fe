package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestClosedPipe: a reader that has gone is a result that cannot be written, told
// by the exit code alone, not a signal that ends the program wherever it is.
func TestClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var told strings.Builder
	cmd := exec.Command("meshc", "rules")
	cmd.Stdout, cmd.Stderr = w, &told
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit 1", err)
	}
	if told.Len() > 0 {
		t.Errorf("told: %s", &told)
	}
}
