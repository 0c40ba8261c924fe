package worker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/schema/fields"
)

var trap = lint.Rule{
	Code: diag.Trapped,
	Doc:  "Finds values that workers take and that do something else than they say, as the table of fields says.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			switch {
			case s.field.Traps == nil || s.unread():
			case s.field.Type == fields.TextMap && s.field.Traps[0].Value != fields.Any:
				for _, e := range s.Value.Entries {
					one := s
					one.Entry = e
					one.trapped(p)
				}
			default:
				s.trapped(p)
			}
		}
	},
}

// trapped reports a setting that is a trap.
func (s *setting) trapped(p *lint.Pass) {
	text := shown(s.Value)
	for i := range s.field.Traps {
		t := &s.field.Traps[i]
		if !s.meets(t, text) {
			continue
		}
		what := fmt.Sprintf("`%s: %s` does not do what it says.", s.field.Name, text)
		if t.Value == fields.Any {
			what = fmt.Sprintf("Workers do not keep `%s`.", s.field.Name)
		}
		p.Report(s.Span(), what+" "+t.Says, t.Instead)
		return
	}
}

// meets tells whether a setting is the value that a trap is about, in a node that
// it holds for. text is the value's own.
func (s *setting) meets(t *fields.Trap, text string) bool {
	if len(t.Runtimes) > 0 && !slices.Contains(t.Runtimes, runtime(s.node)) || len(t.Kinds) > 0 && !slices.Contains(t.Kinds, s.node.Kind()) {
		return false
	}
	n, isNumber := s.Value.Number()
	switch t.Value {
	case fields.Any:
		return !harmless(s.Value)
	case fields.NotPositive:
		return isNumber && n <= 0
	case fields.Negative:
		return isNumber && n < 0
	}
	return s.Value.From == "" && strings.EqualFold(text, t.Value)
}
