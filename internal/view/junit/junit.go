// Package junit writes findings as a JUnit report, which most build servers show.
package junit

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
)

// Findings writes a report: a suite for each file, in it a case for each finding,
// or a passing one for each mesh where the file has none. What does not make the
// command exit 3 passes, and its text goes with it as output.
func Findings(f view.Findings, strict bool) (string, error) {
	r := report{Name: "meshc"}
	at := map[string]int{}
	suiteOf := func(file string) *suite {
		i, ok := at[file]
		if !ok {
			i = len(r.Suites)
			at[file] = i
			r.Suites = append(r.Suites, suite{Name: nameOf(file)})
		}
		return &r.Suites[i]
	}
	for _, m := range f.Meshes {
		suiteOf(m.File)
	}
	for _, x := range f.Findings {
		file := ""
		if x.Span != nil {
			file = x.Span.File
		}
		s := suiteOf(file)
		s.Cases = append(s.Cases, newCase(s.Name, x, strict))
	}
	found := map[string]bool{}
	for i := range r.Suites {
		found[r.Suites[i].Name] = len(r.Suites[i].Cases) > 0
	}
	for _, m := range f.Meshes {
		if s := suiteOf(m.File); !found[s.Name] {
			s.Cases = append(s.Cases, testcase{Class: s.Name, Name: view.Clean(m.Mesh)})
		}
	}
	r.count()
	data, err := xml.MarshalIndent(r, "", "  ")
	return xml.Header + string(data) + "\n", err
}

func nameOf(file string) string {
	switch file {
	case "":
		return "meshc"
	case view.Stdin:
		return "<stdin>"
	}
	return view.Clean(file)
}

func newCase(suite string, f view.Finding, strict bool) testcase {
	place := suite
	if f.Span != nil && f.Span.Start.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", suite, f.Span.Start.Line, f.Span.Start.Column)
	}
	head := fmt.Sprintf("%s[%s]: %s", f.Severity, f.Code, f.Summary)
	lines := []string{head, place, f.Message()}
	for _, r := range f.Related {
		note := view.Clean(r.Note)
		if r.Span != nil {
			note += ": " + view.Clean(r.Span.String())
		}
		lines = append(lines, note)
	}
	body := strings.Join(lines, "\n") + "\n"
	c := testcase{Class: suite, Name: fmt.Sprintf("%s %s %s", f.Code, place, f.Summary)}
	if f.Counts(strict) {
		c.Failure = &failure{Message: view.Clean(f.Detail), Type: string(f.Code), Text: body}
	} else {
		c.Output = body
	}
	return c
}

// count sums up the cases, as readers expect it in the attributes.
func (r *report) count() {
	for i := range r.Suites {
		s := &r.Suites[i]
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				s.Failures++
			}
		}
		r.Tests += s.Tests
		r.Failures += s.Failures
	}
}

// The parts of the format that meshc uses. Times are left out: they would make
// two reports of the same files differ.
type (
	report struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Suites   []suite  `xml:"testsuite"`
	}
	suite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	testcase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure *failure `xml:"failure"`
		Output  string   `xml:"system-out,omitempty"`
	}
	failure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)
