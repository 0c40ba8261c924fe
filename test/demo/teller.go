package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// teller prints the story: plain, or with a little colour on a terminal.
type teller struct {
	out      io.Writer
	terminal bool
	color    bool
	steps    int
	begun    time.Time
}

// newTeller tells on out.
func newTeller(out io.Writer) *teller {
	t := &teller{out: out, begun: time.Now()}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		t.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	t.color = t.terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return t
}

func (t *teller) paint(code, text string) string {
	if !t.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t *teller) bad(text string) string { return t.paint("1;31", text) }

// step begins a step: what it is, and why it is worth a look.
func (t *teller) step(title, why string) {
	t.steps++
	head := fmt.Sprintf("-- %d. %s ", t.steps, title)
	fmt.Fprintf(t.out, "\n%s\n%s\n", t.paint("1;36", head+strings.Repeat("-", max(0, 90-len(head)))), why)
}

// command shows what a person would type.
func (t *teller) command(words ...string) {
	fmt.Fprintf(t.out, "%s\n", t.paint("1", "$ "+strings.Join(words, " ")))
}

// say prints a line.
func (t *teller) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// ok prints something that was checked.
func (t *teller) ok(format string, args ...any) {
	fmt.Fprintf(t.out, "%s %s\n", t.paint("1;32", "ok:"), fmt.Sprintf(format, args...))
}

// folding passes text on, but for one that is known already and would come
// again at the beginning: for that it writes a note.
type folding struct {
	out         io.Writer
	known, note string

	mu   sync.Mutex
	held strings.Builder
	off  bool // what comes now is passed on
}

// Write implements io.Writer.
func (f *folding) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off {
		return f.out.Write(p)
	}
	f.held.Write(p)
	text := f.held.String()
	rest, again := strings.CutPrefix(text, f.known)
	switch {
	case again:
		f.off = true
		_, err := io.WriteString(f.out, f.note+rest)
		return len(p), err
	case !strings.HasPrefix(f.known, text):
		return len(p), f.pass()
	}
	return len(p), nil
}

// Close passes on what is still held, and tells whether the known text came.
func (f *folding) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.off {
		return nil
	}
	return f.pass()
}

func (f *folding) pass() error {
	f.off = true
	_, err := io.WriteString(f.out, f.held.String())
	return err
}
