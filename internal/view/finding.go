package view

import (
	"bytes"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
)

// Findings is the document of what meshc has to say about mesh files.
type Findings struct {
	Format   string `json:"format"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	// Fixes counts the findings that --fix of validate mends.
	Fixes int `json:"fixes"`
	// NotShown counts the findings beyond those that are listed.
	NotShown int `json:"notShown,omitempty"`
	// Meshes are the meshes that could be read, findings or not.
	Meshes   []MeshInfo `json:"meshes"`
	Findings []Finding  `json:"findings"`
}

// MeshInfo tells the size of a mesh that was read.
type MeshInfo struct {
	File      string `json:"file,omitempty"`
	Mesh      string `json:"mesh"`
	Sources   int    `json:"sources"`
	Functions int    `json:"functions"`
	Sinks     int    `json:"sinks"`
	Topics    int    `json:"topics"`
}

// NewMeshInfo counts what a mesh consists of.
func NewMeshInfo(m *mesh.Mesh) MeshInfo {
	info := MeshInfo{File: m.Span.File, Mesh: m.ID.String(), Topics: len(m.Topics)}
	for _, n := range m.Nodes {
		switch n.(type) {
		case *mesh.Source:
			info.Sources++
		case *mesh.Sink:
			info.Sinks++
		default:
			info.Functions++
		}
	}
	return info
}

// Finding is one finding with the lines of the file that it is about.
type Finding struct {
	Code     diag.Code     `json:"code"`
	Severity diag.Severity `json:"severity"`
	Summary  string        `json:"summary"`
	Detail   string        `json:"detail"`
	Span     *diag.Span    `json:"span,omitempty"`
	Excerpt  []Line        `json:"excerpt,omitempty"`
	Hints    []string      `json:"hints,omitempty"`
	Related  []Related     `json:"related,omitempty"`
	// Fix is what `meshc validate --fix` does; absent where the author has a choice.
	Fix *diag.Fix `json:"fix,omitempty"`
}

// Related is another place that took part in a finding.
type Related struct {
	Note    string     `json:"note"`
	Span    *diag.Span `json:"span,omitempty"`
	Excerpt []Line     `json:"excerpt,omitempty"`
}

// Line is one line of a file. From and To mark the columns that are meant, from
// 1 in runes, To not included; both are 0 in a line that only gives context.
type Line struct {
	Number int    `json:"line"`
	Text   string `json:"text"`
	From   int    `json:"from,omitempty"`
	To     int    `json:"to,omitempty"`
}

// NewFindings makes the document; the findings come in the order of their places.
func NewFindings(list diag.List, sources diag.Sources, meshes []MeshInfo) Findings {
	list = list.Sorted()
	f := Findings{Format: FindingsFormat, Meshes: meshes, Findings: []Finding{}}
	if f.Meshes == nil {
		f.Meshes = []MeshInfo{}
	}
	f.Errors, f.Warnings = list.Count()
	f.Fixes = list.Fixes()
	list, f.NotShown = shown(list)
	x := excerpts{sources: sources}
	for _, d := range list {
		f.Findings = append(f.Findings, x.finding(d))
	}
	return f
}

// Files counts the files that the findings are in.
func (f Findings) Files() int {
	files := map[string]bool{}
	for _, x := range f.Findings {
		if x.Span != nil && x.Span.File != Flags {
			files[x.Span.File] = true
		}
	}
	return len(files)
}

// maxShown is how many findings a document lists: nobody reads more, and a hostile
// file can have a hundred thousand.
const maxShown = 1000

// shown picks the findings to list, errors before warnings where there are too many.
func shown(list diag.List) (diag.List, int) {
	left := len(list) - maxShown
	if left <= 0 {
		return list, 0
	}
	errors, _ := list.Count()
	errors, warnings := min(errors, maxShown), maxShown-min(errors, maxShown)
	var out diag.List
	for _, d := range list {
		room := &warnings
		if d.Severity == diag.Error {
			room = &errors
		}
		if *room > 0 {
			*room--
			out = append(out, d)
		}
	}
	return out, left
}

// excerpts cuts lines out of files.
type excerpts struct {
	sources diag.Sources
	// starts are the offsets of the lines of a file.
	starts map[string][]int
}

func (x *excerpts) finding(d diag.Diagnostic) Finding {
	f := Finding{
		Code: d.Code, Severity: d.Severity, Summary: d.Code.Summary(), Detail: d.Detail,
		Span: place(d.Span), Excerpt: x.cut(d.Span), Hints: d.Hints, Fix: d.Fix,
	}
	for _, r := range d.Related {
		f.Related = append(f.Related, Related{Note: r.Note, Span: place(r.Span), Excerpt: x.cut(r.Span)})
	}
	return f
}

// maxExcerpt bounds the runes of an excerpt line: a minified file has one line of a megabyte.
const maxExcerpt = 200

// cut gives the first line of a span; none where the span names no line or the
// file is not at hand.
func (x *excerpts) cut(s diag.Span) []Line {
	text, ok := x.line(s.File, s.Start.Line)
	if !ok {
		return nil
	}
	runes := []rune(text)
	from := min(max(s.Start.Column, 1), len(runes)+1)
	to := s.End.Column
	if s.End.Line != s.Start.Line {
		// The rest of the line stands for a span of several.
		to = len([]rune(strings.TrimRight(text, " \t"))) + 1
	}
	to = max(min(to, len(runes)+1), from+1)
	l := Line{Number: s.Start.Line, From: from, To: to}
	if len(runes) > maxExcerpt {
		runes, l.From, l.To = window(runes, from, to)
	}
	l.Text = string(runes)
	return []Line{l}
}

// window cuts a long line to the stretch around the marked columns.
func window(runes []rune, from, to int) (cut []rune, newFrom, newTo int) {
	begin := max(0, from-1-maxExcerpt/4)
	end := min(len(runes), begin+maxExcerpt)
	cut = append([]rune(nil), runes[begin:end]...)
	shift := 0
	if begin > 0 {
		cut, shift = append([]rune("…"), cut...), 1
	}
	if end < len(runes) {
		cut = append(cut, '…')
	}
	newFrom = from - begin + shift
	return cut, newFrom, max(newFrom+1, min(to-begin+shift, len(cut)+1))
}

// line returns the n-th line of a file, without its end.
func (x *excerpts) line(file string, n int) (string, bool) {
	text, ok := x.sources[file]
	if !ok {
		return "", false
	}
	starts, ok := x.starts[file]
	if !ok {
		starts = []int{0}
		for i, b := range text {
			if b == '\n' {
				starts = append(starts, i+1)
			}
		}
		if x.starts == nil {
			x.starts = map[string][]int{}
		}
		x.starts[file] = starts
	}
	if n < 1 || n > len(starts) {
		return "", false
	}
	text = text[starts[n-1]:]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(strings.ToValidUTF8(string(text), "\ufffd"), "\r"), true
}
