package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

type statusOptions struct {
	f        *Factory
	target   targetFlags
	connect  connectFlags
	args     []string
	output   string
	exitCode bool
	record   recordFlags
}

func newStatusCmd(f *Factory, runF func(context.Context, *statusOptions) error) *cobra.Command {
	o := &statusOptions{f: f}
	if runF == nil {
		runF = statusRun
	}
	cmd := &cobra.Command{
		Use:   "status [TENANT/NAMESPACE/NAME | FILE...]",
		Short: "Show how the nodes of a mesh are doing",
		Long: `Shows for each node of a mesh how many of its instances run, their restarts,
counters and exceptions since they started, the backlog of its subscriptions, and the
messages a second that it gets and writes, as brokers average them, each minute by
default.
With a file, nodes that are missing in the cluster are shown as well.

It exits 0 when the question could be answered, whatever the answer, and 1 when a mesh
that is named directly is not there. With --exit-code it exits 1 unless every instance
of every node runs; a backlog or exceptions do not count, since there is no number
that is wrong for all meshes.`,
		Example: `  meshc status public/default/word-count
  meshc status mesh.yaml --exit-code
  meshc status mesh.yaml -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.target.bind(cmd)
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	o.record.bindMode(cmd, "tell who has locked a mesh; auto: where there are records and the role may read them")
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 1 unless every instance runs")
	return cmd
}

func statusRun(ctx context.Context, o *statusOptions) error { return o.connect.within(ctx, o.run) }

func (o *statusOptions) run(ctx context.Context) error {
	var meshes []view.MeshStatus
	unknown, err := o.f.lookAt(ctx, &o.target, &o.connect, o.args, o.output, func(b backend.Backend, l live) error {
		healths, err := healthOf(ctx, b, l.nodes)
		if err != nil {
			return err
		}
		m := view.NewMeshStatus(l.state.Mesh.String(), healths, l.missing)
		known, err := o.f.remembered(ctx, o.record.mode, o.connect.backend, b, []mesh.ID{l.state.Mesh})
		if err != nil {
			return err
		}
		if h, ok := known.heads[l.state.Mesh]; ok {
			r := view.NewRecord(h, false)
			m.Record = &r
		}
		meshes = append(meshes, m)
		return nil
	})
	if err != nil {
		return err
	}
	doc := view.NewStatus(meshes)
	if err := o.f.show(o.output, doc, func(s human.Style) string { return human.Status(s, doc) }); err != nil {
		return err
	}
	if err := absent(unknown); err != nil {
		return err
	}
	if o.exitCode && !doc.Running {
		return errors.New("not every instance runs")
	}
	return nil
}

// questions is how many functions are asked about at the same time.
const questions = 8

// healthOf asks about each function, in order.
func healthOf(ctx context.Context, b backend.Backend, nodes []*state.Component) ([]backend.Health, error) {
	out := make([]backend.Health, len(nodes))
	errs := make([]error, len(nodes))
	var all sync.WaitGroup
	turn := make(chan struct{}, questions)
	for i, fn := range nodes {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			var err error
			if out[i], err = b.Health(ctx, fn.Addr()); err != nil {
				errs[i] = fmt.Errorf("health of %s %s: %w", fn.Kind, fn.FullName(), err)
			}
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}
