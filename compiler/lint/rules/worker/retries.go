package worker

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var retries = lint.Rule{
	Code: diag.RetriesRefused,
	Doc:  "Finds Java functions with retries that workers refuse: together with EFFECTIVELY_ONCE, and a dead letter topic that no number of retries leads to.",
	Run: func(p *lint.Pass) {
		functions(p, func(f *mesh.Function) {
			// For the other languages workers refuse the fields, which is told of already.
			if f.Runtime == fields.Python || f.Runtime == fields.Go {
				return
			}
			e, hasRetries := entry(f.Fields, "maxMessageRetries")
			n, ok := e.Value.Number()
			if ok && n >= 0 && f.Guarantees == effectivelyOnce {
				refuse(p, e.Span(), "A function cannot have retries and EFFECTIVELY_ONCE.",
					"MaxMessageRetries and Effectively once don't gel well", "Remove `maxMessageRetries`, or use ATLEAST_ONCE.").
					Relate(f.SpanOf(guaranteesField), "the guarantee")
			}
			dead, hasDead := entry(f.Fields, "deadLetterTopic")
			if !hasDead || hasRetries && !(ok && n < 0) || f.Doubt {
				return
			}
			refuse(p, dead.Span(), "No message ever comes to the dead letter topic: the function is given each again for ever.",
				"Dead Letter Topic specified, however max retries is set to infinity", "Add `maxMessageRetries` with a number from 1, or remove `deadLetterTopic`.")
		})
	},
}
