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
	// Example shows the code; it is absent where no mesh file alone can.
	Example *Example `json:"example,omitempty"`
}

// Example is a mesh file with a finding, and the same without it.
type Example struct {
	// Note says what the files do not show, such as what runs in the cluster.
	Note  string `json:"note,omitempty"`
	Wrong string `json:"wrong"`
	Right string `json:"right"`
}

// Rules is the document of all codes of findings.
type Rules struct {
	Format string `json:"format"`
	Rules  []Rule `json:"rules"`
}

// Rule is a code in short.
type Rule struct {
	Code     diag.Code     `json:"code"`
	Severity diag.Severity `json:"severity"`
	Summary  string        `json:"summary"`
	// Optional tells that the finding may be lowered or ignored.
	Optional bool `json:"optional"`
}

// NewExplain makes the document of a catalogue entry.
func NewExplain(e diag.Entry) Explain {
	doc := Explain{ExplainFormat, e.Code, e.Severity, e.Summary, e.Doc, nil}
	if x, ok := e.Code.Example(); ok && x.NotCompiled == "" {
		doc.Example = &Example{x.Note, x.Wrong, x.Right}
	}
	return doc
}

// NewRules makes the document of the whole catalogue.
func NewRules(entries []diag.Entry) Rules {
	doc := Rules{Format: RulesFormat, Rules: []Rule{}}
	for _, e := range entries {
		doc.Rules = append(doc.Rules, Rule{e.Code, e.Severity, e.Summary, e.Code.Optional()})
	}
	return doc
}
