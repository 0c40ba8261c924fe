package worker

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
)

var property = lint.Rule{
	Code: diag.UnknownProperty,
	Doc:  "Finds properties that Pulsar's client does not know or cannot take as text, by the table of fields. Workers take any, and instances fail to start.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			if s.field.Keys == nil || s.unread() {
				continue
			}
			for _, e := range s.Value.Entries {
				if slices.Contains(s.field.Keys, e.Key) {
					continue
				}
				hint := "Remove it. Names are those of ConsumerConfigurationData of Pulsar's Java client, as `ackTimeoutMillis`."
				if near, ok := diag.Nearest(e.Key, s.field.Keys); ok {
					hint = fmt.Sprintf("Did you mean `%s`?", near)
				}
				p.Report(e.KeySpan, fmt.Sprintf("Pulsar's client takes no `%s` as a text of `%s`. Workers store it, and instances fail to start.", e.Key, s.field.Name), hint)
			}
		}
	},
}
