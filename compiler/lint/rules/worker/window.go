package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var window = lint.Rule{
	Code: diag.WindowRefused,
	Doc:  "Finds windows of Java functions that workers refuse: without a length or with two, with one that is not above 0, or with a guarantee that windows do not have.",
	Run: func(p *lint.Pass) {
		functions(p, func(f *mesh.Function) {
			e, ok := entry(f.Fields, "windowConfig")
			// For the other languages workers refuse any window, which is told of already.
			if !ok || e.Value.Shape != mesh.Mapping || f.Runtime == fields.Python || f.Runtime == fields.Go {
				return
			}
			windowLength(p, f, e)
			windowNumbers(p, e.Value)
			if f.Guarantees == effectivelyOnce || f.Guarantees == manual {
				refuse(p, f.SpanOf(guaranteesField), fmt.Sprintf("A function with a window cannot be %s.", f.Guarantees),
					fmt.Sprintf("Windows Function not support %s delivery semantics.", f.Guarantees),
					"Use ATLEAST_ONCE or ATMOST_ONCE.").Relate(e.KeySpan, "the window")
			}
		})
	},
}

// windowLength is WindowConfigUtils.validate: exactly one length.
func windowLength(p *lint.Pass, f *mesh.Function, e mesh.Entry) {
	count, hasCount := entry(e.Value, "windowLengthCount")
	duration, hasDuration := entry(e.Value, "windowLengthDurationMs")
	switch {
	case hasCount && hasDuration:
		second, first := later(count, duration)
		refuse(p, second.KeySpan, "The window has a length in messages and one in time.",
			"Window length for time and count are set! Please set one or the other.", "Keep one of the two.").Relate(first.KeySpan, "the other length")
	case !hasCount && !hasDuration && !f.Doubt:
		refuse(p, e.KeySpan, "The window has no length.", "Window length is not specified",
			"Add `windowLengthCount` or `windowLengthDurationMs`.")
	}
}

func windowNumbers(p *lint.Pass, w *mesh.Value) {
	extractor := w.Get("timestampExtractorClassName") != nil
	for _, rule := range []struct {
		key, answer string
		least       float64
		always      bool
	}{
		{"windowLengthCount", "Window length must be positive [%s]", 1, true},
		{"windowLengthDurationMs", "Window length must be positive [%s]", 1, true},
		{"slidingIntervalCount", "Sliding interval must be positive [%s]", 1, true},
		{"slidingIntervalDurationMs", "Sliding interval must be positive [%s]", 1, true},
		{"maxLagMs", "Lag duration must be positive [%s]", 0, false},
		{"watermarkEmitIntervalMs", "Watermark interval must be positive [%s]", 1, false},
	} {
		e, _ := entry(w, rule.key)
		n, ok := e.Value.Number()
		if !ok || n >= rule.least || !rule.always && !extractor {
			continue
		}
		refuse(p, e.Span(), fmt.Sprintf("`%s` cannot be %s.", rule.key, shown(e.Value)), fmt.Sprintf(rule.answer, shown(e.Value)),
			fmt.Sprintf("Give a whole number from %.0f.", rule.least))
	}
}
