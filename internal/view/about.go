package view

import "github.com/meshc/meshc/compiler/diag"

// Version is the document of what this program is.
type Version struct {
	Format  string `json:"format"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Date is the commit's.
	Date string `json:"date,omitempty"`
	// Modified tells that the source differed from the commit.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Explain is the document of what a code of findings means.
type Explain struct {
	Format   string        `json:"format"`
	Code     diag.Code     `json:"code"`
	Severity diag.Severity `json:"severity"`
	Summary  string        `json:"summary"`
	Doc      string        `json:"doc"`
}

// NewExplain makes the document of a catalogue entry.
func NewExplain(e diag.Entry) Explain {
	return Explain{ExplainFormat, e.Code, e.Severity, e.Summary, e.Doc}
}
