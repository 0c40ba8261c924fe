package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// askFeatures notes of each component that is to be written which of its fields the
// cluster's definitions do not have. They are large, so that nothing is asked where
// nothing is to be written; where they may not be read, verify finds what did not take.
func (b *Backend) askFeatures(ctx context.Context, live, want *state.State) error {
	var differ []*state.Component
	for _, c := range want.Components() {
		have, there := live.Resources[c.Addr()].(*state.Component)
		if !there || !state.Equal(resource.Spec(have), resource.Spec(c)) {
			differ = append(differ, c)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	kinds := []kube.Resource{kube.FunctionMeshes}
	if b.opts.Components {
		kinds = []kube.Resource{kube.Functions, kube.Sources, kube.Sinks}
	}
	definitions := make([]map[string]any, len(kinds))
	g, ctx := errgroup.WithContext(ctx)
	for i, r := range kinds {
		g.Go(func() (err error) {
			definitions[i], err = b.kube.CRD(ctx, r.String())
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	features, err := operator.FromDefinitions(definitions, !b.opts.Components)
	if err != nil {
		return err
	}
	for _, c := range differ {
		facts := live.Facts[c.Addr()]
		if missing := features.Lacks(fields.Kind(c.Kind), resource.Spec(c)); len(missing) > 0 {
			facts.Refusal = fmt.Sprintf("the definitions of Function Mesh in this cluster do not have spec.%s, and the API server would drop it", strings.Join(missing, ", spec."))
		} else {
			facts.Refusal = stopsOperator(live, c)
		}
		live.Facts[c.Addr()] = facts
	}
	return nil
}

// stopsOperator is what the operator has against a write that no webhook looks at;
// "" for nothing.
func stopsOperator(live *state.State, want *state.Component) string {
	var before map[string]any
	if have, there := live.Resources[want.Addr()].(*state.Component); there && have.OtherKind == "" {
		before = resource.Spec(have)
	}
	after := resource.Spec(want)
	if resource.Autoscaled(after) {
		// A number is written all the same, see verdict.scaled and commitment.autoscaled.
		after = resource.WithReplicas(after, int(max(number(before, "replicas"), number(after, "minReplicas"), 1)))
	}
	name, _ := home(want)
	c := operator.Component{Kind: fields.Kind(want.Kind), Node: want.Name, Name: name}
	for _, d := range operator.CheckUpdate(c, before, after) {
		if d.Severity == diag.Error {
			return d.Detail
		}
	}
	return ""
}
