package operator

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// CheckUpdate compares what a resource is to have under spec with what it has, both as
// JSON decodes them; Spec of the component is not looked at. The webhook looks at no update, and some end the operator's
// process, again at each start; others do nothing, or leave something behind. live is
// nil for a resource that is not there yet. What it finds depends on the cluster, so
// its findings are those of plans.
func CheckUpdate(c Component, live, desired map[string]any) diag.List {
	var list diag.List
	c.Spec = tree(desired, c.At)
	p := &pass{Component: c, list: &list}
	if live == nil {
		scale(p)
		return list
	}
	before := func(path ...string) any { return at(live, path...) }
	for _, lost := range p.neverTakenAway(before) {
		p.report(diag.UpdateRefused, nil, fmt.Sprintf("The update takes `%s` away from the resource of the %s, over which the operator's process ends, for all resources, and again at each start.", lost, p), "Keep it.")
	}
	if pattern := p.get("input", "topicPattern"); pattern != nil && p.truth("cleanupSubscription") && !LegalTopic(pattern.Value) {
		p.report(diag.UpdateRefused, pattern, fmt.Sprintf("With `cleanupSubscription` and the pattern `%s`, which the operator takes for no name of a topic, its process ends over the update of the %s.", pattern.Shown(), p),
			"Write the pattern as persistent://tenant/namespace/PATTERN.")
	}
	if n, ok := p.number("replicas"); ok && n == 0 && p.get("maxReplicas") != nil {
		p.report(diag.UpdateRefused, p.get("replicas"), fmt.Sprintf("The %s cannot be brought to 0 instances while `maxReplicas` turns autoscaling on.", p), "Remove `maxReplicas` for the time being.")
	}
	if !same(before("volumeClaimTemplates"), desired["volumeClaimTemplates"]) {
		p.report(diag.UpdateIncomplete, p.get("volumeClaimTemplates"), fmt.Sprintf("`volumeClaimTemplates` of the %s count when it is made: the operator keeps the old ones without a word.", p), "Delete the resource and make it again; its claims stay.")
	}
	if before("maxReplicas") != nil && p.get("maxReplicas") == nil {
		p.report(diag.UpdateIncomplete, nil, fmt.Sprintf("The operator leaves the autoscaler of the %s behind, HorizontalPodAutoscaler `%s-%s`, which goes on scaling it.", p, p.Name, p.Kind), fmt.Sprintf("Delete it: kubectl delete hpa %s-%s", p.Name, p.Kind))
	}
	if before("cleanupSubscription") == true && p.truth("cleanupSubscription") && p.Kind != fields.Source {
		if changed := changed(live, desired, "input", "subscriptionName", "pulsar"); len(changed) > 0 {
			p.report(diag.UpdateIncomplete, p.get("cleanupSubscription"), fmt.Sprintf("The clean-up job of the %s is made once: it goes on with the old %s.", p, strings.Join(changed, ", ")), "Turn `cleanupSubscription` off and on again in two updates.")
		}
	}
	return list
}

// neverTakenAway are the blocks that the operator reads without looking whether
// they are there, and that the update takes away.
func (p *pass) neverTakenAway(before func(...string) any) (out []string) {
	lost := func(path string) {
		if before(path) != nil && p.get(path) == nil {
			out = append(out, path)
		}
	}
	lost("pulsar")
	if p.Kind != fields.Function {
		lost("java")
	}
	if p.Kind == fields.Source && p.get("batchSourceConfig") != nil {
		lost("sourceConfig")
	}
	for _, name := range []string{"replicas", "minReplicas"} {
		// Where the webhook is off nobody fills them in again.
		if p.get("maxReplicas") != nil {
			lost(name)
		}
	}
	if p.Kind == fields.Function {
		lost("forwardSourceMessageProperty")
	}
	return out
}

// changed names the fields that are others than before.
func changed(live, desired map[string]any, names ...string) (out []string) {
	for _, name := range names {
		if !same(live[name], desired[name]) {
			out = append(out, "`"+name+"`")
		}
	}
	return out
}

// same compares two values by what they are: numbers whatever their type in Go, and
// nothing as good as an empty block.
func same(a, b any) bool { return reflect.DeepEqual(tidy(a), tidy(b)) }

func tidy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if value = tidy(value); value != nil {
				out[key] = value
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = tidy(value)
		}
		return out
	case int:
		return float64(v)
	case int32:
		return float64(v)
	case int64:
		return float64(v)
	}
	return v
}

// tree gives a value as JSON decodes it as a tree, all of it at one place.
func tree(v any, at diag.Span) *syntax.Node {
	n := &syntax.Node{Kind: syntax.Scalar, Span: at, Flow: true}
	switch v := tidy(v).(type) {
	case map[string]any:
		n.Kind = syntax.Mapping
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n.Pairs = append(n.Pairs, syntax.Pair{Key: &syntax.Node{Kind: syntax.Scalar, Value: key, Span: at, Flow: true}, Value: tree(v[key], at)})
		}
	case []any:
		n.Kind = syntax.Sequence
		for _, item := range v {
			n.Items = append(n.Items, tree(item, at))
		}
	case string:
		n.Value = v
	case bool:
		n.Type, n.Value = syntax.Bool, strconv.FormatBool(v)
	case float64:
		n.Type, n.Value = syntax.Float, strconv.FormatFloat(v, 'f', -1, 64)
		if v == math.Trunc(v) {
			n.Type = syntax.Int
		}
	default:
		n.Type, n.Value = syntax.Null, "null"
	}
	return n
}
