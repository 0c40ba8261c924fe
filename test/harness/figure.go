package harness

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// FiguresEnv names a file that tests add their figures to, for test/run to
// print at its end: go test shows nothing of a test that passed.
const FiguresEnv = "MESHC_FIGURES"

// Figure tells a number that a test measured: in the test's log, and in the file
// that FiguresEnv names, a line each.
func Figure(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Log(text)
	name := os.Getenv(FiguresEnv)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	// One write a line, so that tests of several packages do not mix theirs.
	if _, err := file.WriteString(t.Name() + ": " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"); err != nil {
		t.Error(err)
	}
}
