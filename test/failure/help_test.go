package failure

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/test/harness"
)

// renamed moves a file within the bench's folder.
func renamed(b *harness.Bench, from, to string) string {
	b.Helper()
	if err := os.Rename(filepath.Join(b.Dir, from), filepath.Join(b.Dir, to)); err != nil {
		b.Fatal(err)
	}
	return to
}

// line is one of those that apply -o json writes.
type line struct {
	Type, Step, Error string
}

// lines are the whole lines that an apply -o json has written.
func lines(c *harness.Command) []line {
	var out []line
	for text := range strings.Lines(c.Stdout()) {
		var l line
		if json.Unmarshal([]byte(text), &l) == nil {
			out = append(out, l)
		}
	}
	return out
}

// inAir are the steps that were started and have not ended.
func inAir(c *harness.Command) (steps []string, done int) {
	open := map[string]bool{}
	for _, l := range lines(c) {
		switch l.Type {
		case "started":
			open[l.Step] = true
		case "done", "failed", "skipped":
			delete(open, l.Step)
			if l.Type == "done" {
				done++
			}
		}
	}
	for s := range open {
		steps = append(steps, s)
	}
	return steps, done
}
