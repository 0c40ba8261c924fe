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
		for _, n := range p.Mesh.Nodes {
			settings(n, func(s setting) bool {
				if _, unread := s.ignored(p.World.Version); unread {
					return false
				}
				if s.field.Type == fields.TextMap && s.field.Traps != nil && s.field.Traps[0].Value != fields.Any {
					for _, e := range s.Value.Entries {
						one := s
						one.Entry = e
						one.trapped(p)
					}
					return true
				}
				s.trapped(p)
				return true
			})
		}
	},
}

// trapped reports a setting that is a trap.
func (s setting) trapped(p *lint.Pass) {
	for _, t := range s.field.Traps {
		if !s.meets(t) {
			continue
		}
		what := fmt.Sprintf("`%s: %s`", s.field.Name, shown(s.Value))
		if t.Value == fields.Any {
			what = "`" + s.field.Name + "`"
		}
		p.Report(s.Span(), fmt.Sprintf("%s does not do what it says. %s", what, t.Says), t.Instead)
		return
	}
}

// meets tells whether a setting is the value that a trap is about, in a node that
// it holds for.
func (s setting) meets(t fields.Trap) bool {
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
	return s.Value.From == "" && strings.EqualFold(shown(s.Value), t.Value)
}
