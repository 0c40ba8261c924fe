package human_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
)

// clock is a clock that stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// play shows a small run, with a wait of 25 s in it.
func play(t *testing.T, p *human.Progress, c *clock) {
	plan := planOf(t, empty(), wordCount(), diff.Options{})
	event := func(e backend.Event) { p.Event(view.NewEvent(plan.Mesh, e)) }
	words := stepOf(t, plan, "create topic/persistent://public/default/words")
	split := stepOf(t, plan, "create function/public/default/split")
	await := stepOf(t, plan, "await-running function/public/default/split")
	count := stepOf(t, plan, "create function/public/default/count")

	p.Begin("public/default/word-count", len(plan.Steps))
	event(backend.Started{Step: words})
	c.pass(120 * time.Millisecond)
	event(backend.Done{Step: words, Took: 120 * time.Millisecond})
	event(backend.Started{Step: split})
	event(backend.Progress{Step: split, Sent: 250_000, Total: 1_000_000})
	p.Tick()
	event(backend.Retrying{Step: split, Err: errors.New("503: not the leader\nsecond line"), After: 500 * time.Millisecond})
	event(backend.Done{Step: split, Took: 2 * time.Second})
	event(backend.Started{Step: await})
	for range 50 {
		c.pass(500 * time.Millisecond)
		event(backend.Waiting{Step: await, For: "1 of 2 instances run"})
	}
	event(backend.Done{Step: await, Took: 25 * time.Second})
	event(backend.Started{Step: count})
	event(backend.Failed{Step: count, Err: errors.New("400: \x1b[31mno such class\nat line 2")})
	event(backend.Skipped{Step: stepOf(t, plan, "verify function/public/default/count"), Because: count.ID})
	p.Note("a note")
	p.End()
}

func TestProgressOffATerminal(t *testing.T) {
	var b strings.Builder
	c := &clock{now: time.Unix(1000, 0)}
	play(t, human.NewProgress(&b, human.Style{}, false, c.time), c)
	golden(t, "testdata/progress.txtar", "lines", b.String())
	if strings.Contains(b.String(), "\x1b") {
		t.Error("control sequences off a terminal")
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var b strings.Builder
	c := &clock{now: time.Unix(1000, 0)}
	play(t, human.NewProgress(&b, human.Style{Width: 60}, true, c.time), c)
	golden(t, "testdata/progress.txtar", "what stays on a terminal", screen(b.String()))
	if w := widest(b.String()); w > 60 && !strings.Contains(b.String(), "public/default/word-count") {
		t.Errorf("a line of the region is %d wide", w)
	}
}

// TestRegion looks at the screen in the middle of a run.
func TestRegion(t *testing.T) {
	var b strings.Builder
	c := &clock{now: time.Unix(1000, 0)}
	p := human.NewProgress(&b, human.Style{Width: 60}, true, c.time)
	plan := planOf(t, empty(), wordCount(), diff.Options{})
	p.Begin("", len(plan.Steps))
	for _, s := range plan.Steps {
		p.Event(view.NewEvent(plan.Mesh, backend.Started{Step: s}))
	}
	p.Event(view.NewEvent(plan.Mesh, backend.Done{Step: plan.Steps[0], Took: time.Second}))
	c.pass(1500 * time.Millisecond)
	p.Tick()
	golden(t, "testdata/progress.txtar", "region", screen(b.String()))
}

// screen plays the sequences that Progress uses: lines up, carriage return, clear below.
func screen(text string) string {
	lines := []string{""}
	row := 0
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b[J"):
			lines, text = append(lines[:row:row], ""), text[3:]
		case strings.HasPrefix(text, "\x1b["):
			n := 0
			text = text[2:]
			for text[0] >= '0' && text[0] <= '9' {
				n, text = n*10+int(text[0]-'0'), text[1:]
			}
			if text[0] != 'A' {
				panic("unknown sequence")
			}
			row, text = row-n, text[1:]
		case text[0] == '\r':
			text = text[1:]
		case text[0] == '\n':
			row, text = row+1, text[1:]
			if row == len(lines) {
				lines = append(lines, "")
			}
		default:
			end := strings.IndexAny(text, "\x1b\r\n")
			if end < 0 {
				end = len(text)
			}
			lines[row], text = lines[row]+text[:end], text[end:]
		}
	}
	return strings.Join(lines, "\n")
}

func widest(text string) int {
	n := 0
	for l := range strings.SplitSeq(screen(text), "\n") {
		n = max(n, len([]rune(l)))
	}
	return n
}

// TestNewsThatDoesNotChange: what a step waits for is told though it said so once only.
func TestNewsThatDoesNotChange(t *testing.T) {
	var b strings.Builder
	c := &clock{now: time.Unix(1000, 0)}
	plan := planOf(t, empty(), wordCount(), diff.Options{})
	p := human.NewProgress(&b, human.Style{}, false, c.time)
	await := stepOf(t, plan, "await-running function/public/default/split")
	p.Begin("", 1)
	p.Event(view.NewEvent(plan.Mesh, backend.Started{Step: await}))
	p.Event(view.NewEvent(plan.Mesh, backend.Waiting{Step: await, For: "1 of 2 instances run"}))
	for range 45 {
		c.pass(time.Second)
		p.Tick()
	}
	want := "waiting for function public/default/split: 1 of 2 instances run  10.0s\n" +
		"waiting for function public/default/split: 1 of 2 instances run  40.0s\n"
	if b.String() != want {
		t.Errorf("got %s", &b)
	}
}
