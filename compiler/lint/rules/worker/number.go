package worker

import (
	"fmt"
	"math"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/schema/fields"
)

var number = lint.Rule{
	Code: diag.NumberRefused,
	Doc:  "Finds numbers that do not fit into the 32 bits that workers have for them, as the table of fields says.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			v, ok := s.Value.Number()
			if !ok || s.field.Long || s.field.Update == fields.Local || math.Abs(v) <= math.MaxInt32 {
				continue
			}
			refuse(p, s.Span(), fmt.Sprintf("`%s` cannot be %s: it has 32 bits.", s.field.Name, shown(s.Value)), "",
				fmt.Sprintf("Give a number up to %d.", math.MaxInt32))
		}
	},
}
