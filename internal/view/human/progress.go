package human

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// When a waiting step is worth a line off a terminal: first, and how often at most.
const (
	firstNews = 10 * time.Second
	newsPause = 30 * time.Second
)

// regionSteps is how many running steps the region on a terminal shows.
const regionSteps = 6

// Progress shows how a plan is carried out. On a terminal the running steps are
// redrawn below the lines of those that are done; elsewhere each event that is
// worth it gives one line. Its methods may be called from several goroutines.
type Progress struct {
	style    Style
	terminal bool
	now      func() time.Time

	mu      sync.Mutex
	w       io.Writer
	begun   time.Time
	total   int
	done    int
	failed  int
	running []*running
	// drawn is the number of lines of the region that are on the screen.
	drawn int
}

// running is a step that has begun and not ended.
type running struct {
	id    string
	op    plan.Op
	addr  state.Addr
	begun time.Time
	note  string
	// gaveUp tells that the step ended at its limit, which was told.
	gaveUp bool
	// waits is the latest news of a step that waits; said is when some was printed.
	waits string
	said  time.Time
}

// NewProgress shows progress on w; now is the clock.
func NewProgress(w io.Writer, style Style, terminal bool, now func() time.Time) *Progress {
	return &Progress{style: style, terminal: terminal, now: now, w: w}
}

// Begin starts a mesh with so many steps; a title is printed before its events.
func (p *Progress) Begin(title string, steps int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun, p.total, p.done, p.failed, p.running = p.now(), steps, 0, 0, nil
	if title != "" {
		p.print(view.Clean(title))
	}
}

// Note prints a line of its own.
func (p *Progress) Note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.print(text)
}

// Tick redraws the region, so that times go on while nothing happens. Off a
// terminal it prints what steps wait for.
func (p *Progress) Tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal {
		if p.total > 0 {
			p.redraw("")
		}
		return
	}
	now := p.now()
	for _, r := range p.running {
		if line := r.news(now); line != "" {
			p.print(line)
		}
	}
}

// news gives the line about a step that waits when it is time for one.
func (r *running) news(now time.Time) string {
	if r.waits == "" || now.Sub(r.begun) < firstNews || !r.said.IsZero() && now.Sub(r.said) < newsPause {
		return ""
	}
	r.said = now
	return fmt.Sprintf("waiting for %s: %s  %s", view.Clean(view.Name(r.addr)), r.waits, took(now.Sub(r.begun).Seconds()))
}

// End takes the region away.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total, p.running = 0, nil
	p.redraw("")
}

// Event shows an event.
func (p *Progress) Event(e view.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.take(e)
	switch {
	case line != "":
		p.print(line)
	case p.terminal:
		p.redraw("")
	}
}

// take books an event and returns the line that stays for it; "" for none.
func (p *Progress) take(e view.Event) string {
	if e.Type == view.TypeRollback {
		p.total += e.Steps
		return p.style.paint(yellow, "going back") + fmt.Sprintf(" to what was before, in %s", countOf(e.Steps, "step"))
	}
	now := p.now()
	what := view.Clean(view.Name(e.Addr))
	r := p.find(e, now)
	switch e.Type {
	case view.TypeWaiting:
		r.note = view.Clean(e.For)
		r.waits = r.note
		if !p.terminal {
			return r.news(now)
		}
	case view.TypeProgress:
		if e.Total > 0 {
			r.note = fmt.Sprintf("sent %d%% of %s", e.Sent*100/e.Total, view.Bytes(e.Total))
		}
	case view.TypeRetrying:
		r.note = "again after: " + firstLine(e.Error)
		return p.style.paint(yellow, "again") + fmt.Sprintf(" in %s: %s: %s", took(e.AfterSeconds), step(e.Op, e.Addr), firstLine(e.Error))
	case view.TypeGaveUp:
		r.gaveUp = true
		return p.style.paint(yellow, "gave up") + " " + step(e.Op, e.Addr) + ", as allowed: " + firstLine(e.Error)
	case view.TypeDone:
		p.drop(e.Step)
		p.done++
		if r.gaveUp {
			return ""
		}
		if word := doneWords[e.Op]; word != "" {
			return p.style.paint(green, word) + " " + what + "  " + took(e.TookSeconds)
		}
	case view.TypeFailed:
		p.drop(e.Step)
		p.failed++
		return p.style.paint(boldRed, "failed") + " " + step(e.Op, e.Addr) + ": " + firstLine(e.Error)
	case view.TypeSkipped:
		p.drop(e.Step)
	}
	return ""
}

// doneWords are the words for steps whose end is worth a line.
var doneWords = map[plan.Op]string{
	plan.Create: "created", plan.Update: "updated", plan.Delete: "deleted",
	plan.Drain: "drained", plan.AwaitRunning: "running", plan.Keep: "kept the subscriptions of",
	plan.Pause: "paused", plan.Resume: "resumed",
}

var doingWords = map[plan.Op]string{
	plan.Create: "creating", plan.Update: "updating", plan.Delete: "deleting",
	plan.Drain: "draining", plan.AwaitRunning: "waiting for", plan.Verify: "checking",
	plan.Keep: "keeping the subscriptions of", plan.AwaitKept: "waiting for",
	plan.Pause: "pausing", plan.Resume: "resuming",
}

func (p *Progress) find(e view.Event, now time.Time) *running {
	for _, r := range p.running {
		if r.id == e.Step {
			return r
		}
	}
	r := &running{id: e.Step, op: e.Op, addr: e.Addr, begun: now}
	p.running = append(p.running, r)
	return r
}

func (p *Progress) drop(id string) {
	for i, r := range p.running {
		if r.id == id {
			p.running = append(p.running[:i], p.running[i+1:]...)
			return
		}
	}
}

// print writes a line that stays.
func (p *Progress) print(line string) {
	if !p.terminal {
		_, _ = io.WriteString(p.w, line+"\n")
		return
	}
	p.redraw(line + "\n")
}

// redraw puts text where the region was and the region below it, in one write
// so that nothing flickers.
func (p *Progress) redraw(text string) {
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", p.drawn)
	}
	b.WriteString(text)
	lines := p.region()
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	p.drawn = len(lines)
	if b.Len() > 0 {
		// A terminal that is gone must not end the apply.
		_, _ = io.WriteString(p.w, b.String())
	}
}

func (p *Progress) region() []string {
	if !p.terminal || p.total == 0 {
		return nil
	}
	now := p.now()
	columns := p.style.Width
	if columns <= 0 {
		columns = 80
	}
	var lines []string
	for i, r := range p.running {
		if i == regionSteps {
			lines = append(lines, fmt.Sprintf("  … and %d more", len(p.running)-regionSteps))
			break
		}
		text := "  " + doingWords[r.op] + " " + view.Clean(view.Name(r.addr)) + "  " + took(now.Sub(r.begun).Seconds())
		if r.note != "" {
			text += "  " + r.note
		}
		lines = append(lines, p.style.paint(dim, cut(text, columns-1)))
	}
	sum := fmt.Sprintf("  %d of %d steps done", p.done, p.total)
	if p.failed > 0 {
		sum += fmt.Sprintf(", %d failed", p.failed)
	}
	return append(lines, cut(sum+", "+took(now.Sub(p.begun).Seconds()), columns-1))
}

// firstLine gives an error's first line, as one line is all there is.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.TrimSpace(line)
	if strings.TrimSpace(rest) != "" {
		line += " …"
	}
	return view.Clean(line)
}
