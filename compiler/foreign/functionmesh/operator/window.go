package operator

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
)

// window is the webhook's validateWindowConfigs, and what its defaulting fails
// over: a length in messages without an interval, where lag or watermark are
// missing, ends the request.
func window(p *pass) {
	w := p.get("windowConfig")
	if w == nil {
		return
	}
	if lang := p.runtime(); lang != "java" && lang != "" {
		p.report(diag.WindowUnfit, w, fmt.Sprintf("The %s is not written in Java, and the operator runs windows of Java functions only.", p), "Remove `windowConfig`.")
		return
	}
	count, duration := get(w, "windowLengthCount"), get(w, "windowLengthDurationMs")
	switch {
	case count == nil && duration == nil:
		p.report(diag.WindowUnfit, w, fmt.Sprintf("The window of the %s has no length.", p), "Add `windowLengthCount` or `windowLengthDurationMs`.")
	case count != nil && duration != nil:
		p.report(diag.WindowUnfit, duration, fmt.Sprintf("The window of the %s has a length in messages and one in time.", p), "Keep one of the two.")
	case count != nil && get(w, "slidingIntervalCount") == nil && (get(w, "maxLagMs") == nil || get(w, "watermarkEmitIntervalMs") == nil):
		p.report(diag.WindowUnfit, w, fmt.Sprintf("The window of the %s has a length in messages and no `slidingIntervalCount`, over which the operator's webhook fails.", p), "Add `slidingIntervalCount`.")
	}
	least := map[string]bool{"windowLengthCount": true, "windowLengthDurationMs": true, "slidingIntervalCount": true, "slidingIntervalDurationMs": true}
	timed := get(w, "timestampExtractorClassName") != nil
	for _, pair := range w.Pairs {
		late := timed && (pair.Key.Value == "maxLagMs" || pair.Key.Value == "watermarkEmitIntervalMs")
		if n, ok := number(pair.Value); ok && n <= 0 && (least[pair.Key.Value] || late) {
			p.report(diag.WindowUnfit, pair.Value, fmt.Sprintf("`%s` of the window of the %s has to be above 0.", pair.Key.Value, p), "Give a number from 1, or remove the key.")
		}
	}
	if g := p.text("processingGuarantee"); g != "manual" {
		p.report(diag.WindowUnfit, p.get("processingGuarantee"), fmt.Sprintf("The %s has a window, whose messages are acknowledged by the window alone: its guarantee has to be `manual`, and `windowConfig.processingGuarantees` says the window's.", p), "Use ATLEAST_ONCE or ATMOST_ONCE, which are written so.")
	}
}
