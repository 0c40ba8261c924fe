// Package github writes findings as workflow commands, which GitHub shows beside
// the lines of a pull request.
package github

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
)

// Findings writes a command a line for each finding; nothing where there are
// none. File names are told from dir, the top of the repository.
func Findings(f view.Findings, dir string) string {
	var b strings.Builder
	for _, x := range f.Findings {
		b.WriteString(command(x, dir) + "\n")
	}
	return b.String()
}

func command(f view.Finding, dir string) string {
	name := "error"
	if f.Severity == diag.Warning {
		name = "warning"
	}
	message := f.Message()
	var props []string
	add := func(key, value string) { props = append(props, key+"="+property.Replace(value)) }
	if s := f.Span; s != nil {
		switch s.File {
		// There is no file to show the annotation beside.
		case view.Stdin:
			message = fmt.Sprintf("<stdin>:%d:%d: %s", s.Start.Line, s.Start.Column, message)
		case view.Flags:
			message = fmt.Sprintf("%s: %s", s, message)
		default:
			add("file", view.Clean(view.Relative(s.File, dir)))
			place(*s, add)
		}
	}
	for _, r := range f.Related {
		note := view.Clean(r.Note)
		if r.Span != nil {
			at := *r.Span
			at.File = view.Relative(at.File, dir)
			note += ": " + view.Clean(at.String())
		}
		message += "\n" + note
	}
	add("title", fmt.Sprintf("%s: %s", f.Code, f.Summary))
	return "::" + name + " " + strings.Join(props, ",") + "::" + data.Replace(message)
}

// place adds lines and columns. GitHub takes columns within one line only.
func place(s diag.Span, add func(key, value string)) {
	if s.Start.Line == 0 {
		return
	}
	add("line", fmt.Sprint(s.Start.Line))
	if s.End.Line > s.Start.Line {
		add("endLine", fmt.Sprint(s.End.Line))
		return
	}
	add("col", fmt.Sprint(s.Start.Column))
	if s.End.Column > s.Start.Column {
		add("endColumn", fmt.Sprint(s.End.Column))
	}
}

// A runner reads these escapes back; without them a value could end its property
// or begin a command of its own.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
