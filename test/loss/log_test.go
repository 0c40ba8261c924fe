package loss

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// stuck fails at its start, with the reason in its log.
const stuck = `import logging
import time

from pulsar import Function


class Stuck(Function):
    def __init__(self):
        logging.error("looked for the table in the wrong place")
        time.sleep(1)
        raise RuntimeError("there is no table")

    def process(self, message, context):
        return message
`

// toldWithLog applies a function that does not start, and sees the end of its log
// in the failure.
func toldWithLog(t *testing.T, b *harness.Bench) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.Dir, "stuck.py"), []byte(stuck), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Topic("start", 0)
	file := b.File("stuck", strings.TrimLeft(`
topics: [{name: start, external: true}]
functions: [{name: stuck, py: stuck.py, className: stuck.Stuck, inputs: [start], output: end, logTopic: stuck-log}]
`, "\n"))
	b.Run("apply", file, "--yes", "--timeout", "15s").Want(1).Says("the end of its log", "looked for the table in the wrong place")
}
