// Package sarif writes findings as a SARIF 2.1.0 log, for code scanning and the
// editors that read it.
package sarif

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/json"
)

const (
	schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	home   = "https://github.com/meshc/meshc"
	// root stands for the folder that file names are told from.
	root = "%SRCROOT%"
)

// Findings writes a log of one run. File names are told from dir, the top of the
// repository; version is meshc's own. The rules are the whole catalogue, so that
// they do not depend on what was found.
func Findings(f view.Findings, dir, version string) (string, error) {
	w := writer{dir: dir, index: map[diag.Code]int{}}
	driver := component{Name: "meshc", Version: version, InformationURI: home}
	for i, e := range diag.Catalogue() {
		w.index[e.Code] = i
		driver.Rules = append(driver.Rules, newRule(e))
	}
	r := run{Tool: tool{driver}, ColumnKind: "unicodeCodePoints", Results: []result{}}
	for _, x := range f.Findings {
		r.Results = append(r.Results, w.result(x))
	}
	var buf bytes.Buffer
	err := json.Write(&buf, log{Schema: schema, Version: "2.1.0", Runs: []run{r}})
	return buf.String(), err
}

func newRule(e diag.Entry) rule {
	return rule{
		ID: string(e.Code), Short: text{e.Summary}, Full: text{e.Doc},
		HelpURI: home + "/blob/main/docs/codes.md#" + strings.ToLower(string(e.Code)),
		Default: configuration{string(e.Severity)},
	}
}

type writer struct {
	dir   string
	index map[diag.Code]int
}

func (w writer) result(f view.Finding) result {
	r := result{RuleID: string(f.Code), Level: string(f.Severity), Message: text{f.Message()}}
	if i, ok := w.index[f.Code]; ok {
		r.RuleIndex = &i
	}
	if l := w.location(f.Span); l != nil {
		r.Locations = []location{*l}
	}
	for i, x := range f.Related {
		l := w.location(x.Span)
		if l == nil {
			continue
		}
		id := i + 1
		l.ID, l.Message = &id, &text{view.Clean(x.Note)}
		r.Related = append(r.Related, *l)
	}
	if f.Fix != nil {
		r.Fixes = []fix{w.fix(*f.Fix)}
	}
	return r
}

func (w writer) fix(f diag.Fix) fix {
	out := fix{Description: text{view.Clean(f.Title)}}
	for _, e := range f.Edits {
		r := replacement{Deleted: *w.location(&e.Span).Physical.Region, Inserted: text{e.New}}
		out.Changes = append(out.Changes, change{Artifact: w.artifact(e.Span.File), Replacements: []replacement{r}})
	}
	return out
}

func (w writer) location(s *diag.Span) *location {
	if s == nil || s.File == "" {
		return nil
	}
	p := physical{Artifact: w.artifact(s.File)}
	if s.Start.Line > 0 {
		// Like our own columns, those of the format count from 1 and end behind the last.
		p.Region = &region{s.Start.Line, max(1, s.Start.Column), max(s.Start.Line, s.End.Line), max(1, s.End.Column)}
	}
	return &location{Physical: p}
}

func (w writer) artifact(file string) artifact {
	switch file {
	case view.Stdin:
		return artifact{URI: "stdin"}
	case view.Flags:
		return artifact{URI: "command-line"}
	}
	name := view.Relative(file, w.dir)
	if filepath.IsAbs(file) && strings.HasPrefix(name, "/") {
		return artifact{URI: (&url.URL{Scheme: "file", Path: name}).String()}
	}
	return artifact{URI: (&url.URL{Path: name}).String(), Base: root}
}
