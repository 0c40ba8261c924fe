package worker

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var dropped = lint.Rule{
	Code: diag.DroppedEntry,
	Doc:  "Finds entries of settings that do not reach the code: those without a value, which workers leave out, and keys that workers keep for themselves.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			if s.field.Type != fields.Map || s.field.Update == fields.Local {
				continue
			}
			for _, e := range s.Value.Entries {
				if slices.Contains(s.field.Reserved, e.Key) {
					p.Report(e.KeySpan, fmt.Sprintf("Workers keep `%s` in `%s` for themselves.", e.Key, s.field.Name), "Remove the key, or take another name.")
				}
			}
			nulls(s.Value, func(e mesh.Entry) {
				p.Report(e.KeySpan, fmt.Sprintf("`%s` has no value: workers leave such entries of `%s` out.", e.Key, s.field.Name), "Give a value, or remove the key.")
			})
		}
	},
}

// nulls finds entries without a value at any depth: Gson writes none.
func nulls(v *mesh.Value, found func(mesh.Entry)) {
	for _, e := range v.Entries {
		if e.Value.Known() && !given(e.Value) {
			found(e)
		}
		nulls(e.Value, found)
	}
	for _, item := range v.Items {
		nulls(item, found)
	}
}
