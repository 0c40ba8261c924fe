package worker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/schema/fields"
)

var notRead = lint.Rule{
	Code: diag.NotRead,
	Doc:  "Finds fields that workers take, store and give back, and that functions of the language never read, as the table of fields says.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			if !s.ignored || s.under || harmless(s.Value) {
				continue
			}
			when := "never read"
			if s.until != "" {
				when = "before Pulsar " + s.until + " do not read"
			}
			p.Report(s.KeySpan, fmt.Sprintf("%s functions %s `%s`: workers take and store it, and nothing comes of it.", runtime(s.node).Language(), when, s.field.Name),
				"Remove the key."+readers(s.field))
		}
	},
}

// readers names the languages that do read a field.
func readers(f *fields.Field) string {
	var who []string
	for _, r := range []fields.Runtime{fields.Java, fields.Python, fields.Go} {
		if _, refused := f.Refused[r]; !slices.Contains(f.Ignored, r) && !refused {
			who = append(who, r.Language())
		}
	}
	if len(who) == 0 {
		return ""
	}
	return " Functions in " + strings.Join(who, " and ") + " read it."
}
