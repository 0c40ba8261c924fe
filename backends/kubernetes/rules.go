package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// fixedKeys are what cannot be changed in place. A StatefulSet has its volumes from its
// creation on. The others decide the type of the subscription (FunctionDetails,
// SubscriptionType): pods are changed one after the other, and a broker refuses a
// consumer of another type as long as old ones read ("Subscription is of different
// type"), so that with two instances the first new one never comes up.
var fixedKeys = []string{"volumeClaimTemplates", "retainOrdering", "retainKeyOrdering", "processingGuarantee"}

// Rules are what the operator does with changed specs: it takes nearly all of them in
// place.
type Rules struct{}

// Rule implements diff.RuleSet.
func (Rules) Rule(kind state.Kind, field string) diff.Rule {
	switch {
	case !kind.IsComponent():
		return diff.Rule{}
	case field == resource.Field:
		return diff.Rule{FixedKeys: fixedKeys}
	case field == homeField:
		return diff.Rule{Fixed: true}
	case field == autoscalerField, slices.Contains(marksFields, field):
		return diff.Rule{}
	default:
		return diff.Rule{Mirrored: true}
	}
}

// Kept implements diff.Keeper: where nothing but the number of instances changes,
// those that stay go on as they are.
func (Rules) Kept(before, after *state.Component) int {
	if restarts(before, after) {
		return 0
	}
	return min(before.Parallelism(), after.Parallelism())
}

// restarts tells whether the operator makes new pods of a change: another number of
// instances alone only adds or takes some (reference of the operator, 3.6).
func restarts(before, after *state.Component) bool {
	a, b := resource.Spec(before), resource.Spec(after)
	if precise, _ := a["showPreciseParallelism"].(bool); precise {
		return true
	}
	return !state.Equal(unscaled(a), unscaled(b))
}

func unscaled(spec map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range spec {
		switch k {
		case "replicas", "minReplicas", "maxReplicas":
		default:
			out[k] = v
		}
	}
	return out
}

// DeleteBy implements diff.Deleter.
func (Rules) DeleteBy(c *state.Component) string {
	text, _ := c.Fields[homeField].(string)
	kind, name, _ := strings.Cut(text, " ")
	if kind == kube.FunctionMeshes.Kind {
		return "kubectl edit " + kube.FunctionMeshes.String() + " " + name
	}
	return "kubectl delete " + kinds[c.Kind].String() + " " + name
}

// CleanupOff implements diff.Cleaner: what is written is the spec.
func (Rules) CleanupOff(live *state.Component) *state.Component {
	out := *live
	spec := maps.Clone(resource.Spec(live))
	out.Fields = maps.Clone(live.Fields)
	spec["cleanupSubscription"] = false
	out.Fields["cleanupSubscription"], out.Fields[resource.Field] = false, spec
	return &out
}

var _ interface {
	diff.Cleaner
	diff.Deleter
	diff.Housing
} = Rules{}
