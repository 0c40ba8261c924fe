package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/meshc/meshc/internal/view/human"
)

// Streams are where a command reads from and writes to.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminals tell which of them are terminals. They are asked when it matters.
	InTerminal, OutTerminal, ErrTerminal func() bool
	// Width is the number of columns of the terminal, 0 where there is none.
	Width func() int
}

// newStreams finds out about terminals from the files behind the streams.
func newStreams(in io.Reader, out, err io.Writer) Streams {
	return Streams{
		In: in, Out: out, Err: err,
		InTerminal:  func() bool { return isTerminal(in) },
		OutTerminal: func() bool { return isTerminal(out) },
		ErrTerminal: func() bool { return isTerminal(err) },
		Width:       func() int { return columns(out, err) },
	}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func columns(streams ...any) int {
	for _, s := range streams {
		if f, ok := s.(*os.File); ok {
			if w, _, err := term.GetSize(int(f.Fd())); err == nil {
				return w
			}
		}
	}
	return 0
}

// outStyle is how results may look, errStyle how progress may.
func (f *Factory) outStyle() human.Style { return f.style(f.OutTerminal()) }

func (f *Factory) errStyle() human.Style { return f.style(f.ErrTerminal()) }

// style decides on colours: a flag wins over NO_COLOR, which wins over the terminal.
func (f *Factory) style(terminal bool) human.Style {
	s := human.Style{}
	if terminal {
		s.Width = f.Width()
	}
	switch f.color {
	case "always":
		s.Color = true
	case "never":
	default:
		s.Color = terminal && f.Getenv("NO_COLOR") == "" && f.Getenv("TERM") != "dumb"
	}
	return s
}

// result writes a result to standard output. A result that could not be written
// (a full disk, say) must not look like success.
func (f *Factory) result(text string) error {
	if _, err := io.WriteString(f.Out, text); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

// say writes to standard error; where that fails there is nobody left to tell.
func (f *Factory) say(format string, args ...any) { _, _ = fmt.Fprintf(f.Err, format+"\n", args...) }
