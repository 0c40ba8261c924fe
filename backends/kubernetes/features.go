package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/kubernetes/resource"
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
		if missing := features.Lacks(fields.Kind(c.Kind), resource.Spec(c)); len(missing) > 0 {
			facts := live.Facts[c.Addr()]
			facts.Refusal = fmt.Sprintf("the definitions of Function Mesh in this cluster do not have spec.%s, and the API server would drop it", strings.Join(missing, ", spec."))
			live.Facts[c.Addr()] = facts
		}
	}
	return nil
}
