package rules

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var alikeTopics = lint.Rule{
	Code: diag.AlikeTopics,
	Doc:  "Finds topics of one mesh whose names differ in case, dashes and underscores alone. Between digits a dash counts: `t-1-1` is not `t-11`.",
	Run: func(p *lint.Pass) {
		first := map[string]*mesh.Topic{}
		for _, t := range p.Mesh.Topics {
			key := look(t.Name)
			before := first[key]
			if before == nil {
				first[key] = t
				continue
			}
			if before.Doubt || t.Doubt || explained(p, t) {
				continue
			}
			p.Report(t.Span, fmt.Sprintf("`%s` and `%s` differ in spelling only, and are two topics.", p.Short(before), p.Short(t)),
				"Use one spelling, or names that no one takes for each other.").Relate(before.Span, "`"+p.Short(before)+"` is named here")
		}
	},
}

// look gives what people tell names of topics apart by. Tenant and namespace count
// as they are.
func look(full string) string {
	at := strings.LastIndexByte(full, '/') + 1
	name := strings.ToLower(full[at:])
	if strings.ContainsAny(name, "0123456789") {
		return full[:at] + strings.ReplaceAll(name, "_", "-")
	}
	return full[:at] + diag.Fold(name)
}
