package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
)

var decided = lint.Rule{
	Code: diag.MeshcDecides,
	Doc:  "Finds fields with a value that meshc does not use, since it decides them itself.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			if uses := s.field.Uses; uses != nil && s.Value.Data != uses {
				p.Report(s.Span(), fmt.Sprintf("The %s will not have `%s: %s`. %s", s.node.Kind(), s.field.Name, shown(s.Value), s.field.Doc),
					fmt.Sprintf("Remove the key, or write `%s: %v`.", s.field.Name, uses))
			}
		}
	},
}
