package operator

import (
	"fmt"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// golang looks at functions in Go, which the operator starts by a command of their
// own: its configuration holds the first topic and little else. Without a topic the
// operator reads the first of none, and its process ends, for all resources.
func golang(p *pass) {
	if p.runtime() != "golang" {
		return
	}
	topics := items(p.get("input", "topics"))
	pattern := p.get("input", "topicPattern")
	further := slices.DeleteFunc(slices.Clone(pairs(p.get("input", "sourceSpecs"))), func(s syntax.Pair) bool {
		return slices.ContainsFunc(topics, func(t *syntax.Node) bool { return t.Value == s.Key.Value })
	})
	switch {
	case len(topics) == 0 && pattern == nil && len(further) == 0:
		p.report(diag.GoRefused, p.get("input"), fmt.Sprintf("The %s is written in Go and has no `inputs`, over which the operator's process ends, for all resources.", p), "Name its input under `inputs`.")
	case len(topics) == 0:
		at := pattern
		if at == nil {
			at = further[0].Key
		}
		p.report(diag.GoRefused, at, fmt.Sprintf("The %s is written in Go and names no topic under `inputs` (only a pattern, or `inputSpecs`), over which the operator's process ends, for all resources.", p), "Name its one input under `inputs`.")
	case pattern != nil:
		p.report(diag.GoRefused, pattern, fmt.Sprintf("The %s is written in Go and has a pattern beside its input; the operator takes the input's name for the pattern.", p), "Let it read one topic.")
	case len(topics) > 1 || len(further) > 0:
		second := slices.Concat(topics, keys(further))[1]
		p.report(diag.GoRefused, second, fmt.Sprintf("The %s is written in Go and has %d inputs, of which the operator takes the first only.", p, len(topics)+len(further)), "Let it read one topic.")
	}
	if config := p.get("funcConfig"); len(pairs(config)) > 0 {
		p.report(diag.GoRefused, config, fmt.Sprintf("The operator gives `userConfig` to the %s as text that is no JSON any more behind the shell, so that it does not start.", p), "Take settings from environment variables: `kubernetes: {pod: {env: [...]}}`.")
	}
	if secrets := p.get("secretsMap"); secrets != nil {
		p.report(diag.Disregarded, secrets, fmt.Sprintf("The %s gets its secrets as environment variables only: a function in Go has no provider of secrets on the operator.", p), "Read the variables in the code.")
	}
	for _, path := range [][]string{
		{"input", "sourceSpecs"}, {"input", "customSerdeSources"}, {"input", "customSchemaSources"}, {"input", "typeClassName"}, {"output", "typeClassName"}, {"output", "sinkSchemaType"},
		{"output", "sinkSerdeClassName"}, {"output", "customSchemaSinks"}, {"output", "producerConf"}, {"subscriptionPosition"}, {"skipToLatest"}, {"retainOrdering"}, {"retainKeyOrdering"},
		{"forwardSourceMessageProperty"}, {"maxPendingAsyncRequests"}, {"runtimeFlags"},
	} {
		n := p.get(path...)
		if path[len(path)-1] == "sourceSpecs" && len(further) > 0 || n == nil || !p.given(n) {
			continue
		}
		p.report(diag.Disregarded, n, fmt.Sprintf("The operator does not tell the %s, which is written in Go, of `%s`.", p, path[len(path)-1]), "Remove it.")
	}
}

func keys(pairs []syntax.Pair) (out []*syntax.Node) {
	for _, p := range pairs {
		out = append(out, p.Key)
	}
	return out
}
