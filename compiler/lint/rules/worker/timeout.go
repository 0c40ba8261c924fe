package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var timeout = lint.Rule{
	Code: diag.TimeoutRefused,
	Doc:  "Finds timeouts of functions that workers refuse: those not above 0, and those of functions that are not ATLEAST_ONCE. Sinks may have any from 0.",
	Run: func(p *lint.Pass) {
		functions(p, func(f *mesh.Function) {
			e, _ := entry(f.Fields, "timeoutMs")
			n, ok := e.Value.Number()
			switch {
			case !ok:
			case n <= 0:
				refuse(p, e.Span(), fmt.Sprintf("A function's `timeoutMs` cannot be %s.", shown(e.Value)),
					"Function timeout must be a positive number", "Give a number of milliseconds from 1; without the key there is no timeout.")
			case f.Guarantees != atLeastOnce:
				refuse(p, e.Span(), fmt.Sprintf("`timeoutMs` goes with ATLEAST_ONCE only, and the function is %s.", f.Guarantees),
					"Message timeout can only be specified with processing guarantee is ATLEAST_ONCE",
					"Remove `timeoutMs`, or use ATLEAST_ONCE.").Relate(f.SpanOf(guaranteesField), "the guarantee")
			}
		})
	},
}
