package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var idle = lint.Rule{
	Code: diag.NoEffect,
	Doc:  "Finds fields that do nothing: on function workers at all, where they stand, or without another field, as the table of fields says.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			f := s.field
			switch {
			case s.unread():
			case f.Dead != "":
				p.Report(s.KeySpan, fmt.Sprintf("`%s` has no effect. %s", f.Name, f.Dead), "Remove the key.")
			case f.Within != "" && f.Within != s.within:
				p.Report(s.KeySpan, fmt.Sprintf("`%s` does nothing here: it belongs to `%s`.", f.Name, f.Within), "Remove the key.")
			case f.Needs != "" && !s.node.Base().Doubt && lacks(s.beside, f.Needs):
				says := f.Without
				if says == "" {
					says = fmt.Sprintf("Without `%s` it does nothing.", f.Needs)
				}
				p.Report(s.KeySpan, fmt.Sprintf("`%s` is given, and `%s` is not. %s", f.Name, f.Needs, says),
					fmt.Sprintf("Add `%s`, or remove `%s`.", f.Needs, f.Name))
			}
		}
	},
}

// lacks tells whether a mapping surely does not give a field. Numbers from 0 down
// count as not given.
func lacks(v *mesh.Value, key string) bool {
	value := v.Get(key)
	if n, ok := value.Number(); ok && n <= 0 {
		return true
	}
	return !given(value)
}
