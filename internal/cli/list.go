package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
)

type listOptions struct {
	f         *Factory
	connect   connectFlags
	output    string
	tenant    string
	namespace string
	all       bool
	record    recordFlags
}

func newListCmd(f *Factory, runF func(context.Context, *listOptions) error) *cobra.Command {
	o := &listOptions{f: f}
	if runF == nil {
		runF = listRun
	}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the meshes of a namespace",
		Long: `Lists the meshes whose nodes are in a Pulsar namespace, by the marks that meshc
leaves on what it deploys. WRITES counts how often a mesh was created or updated. What is
on record of them is shown beside that: the newest version, how it ended, when and by
whom, or who has locked the mesh.

--all lists all meshes on record instead, of any tenant and namespace, also those that
were taken down.`,
		Example: `  meshc list
  meshc list --all
  meshc list --tenant acme --namespace orders -o json`,
		Args: noArgs("list takes --tenant and --namespace", "meshc list --tenant public --namespace default"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.all && (cmd.Flags().Changed("tenant") || cmd.Flags().Changed("namespace") || o.record.mode == recordOff) {
				return usage("leave one of them out", "--all lists what is on record, of all namespaces")
			}
			return runF(cmd.Context(), o)
		},
	}
	o.connect.bind(cmd, commandTimeout)
	addOutput(cmd, &o.output)
	cmd.Flags().BoolVar(&o.all, "all", false, "list all meshes on record, of any namespace")
	o.record.bindMode(cmd, "show what is on record of the meshes; auto: where there is any and the role may read it")
	cmd.Flags().StringVar(&o.tenant, "tenant", "public", "`TENANT` of the namespace")
	cmd.Flags().StringVar(&o.namespace, "namespace", "default", "`NAMESPACE`, without the tenant")
	return cmd
}

func listRun(ctx context.Context, o *listOptions) error { return o.connect.within(ctx, o.run) }

func (o *listOptions) run(ctx context.Context) error {
	if o.all {
		return o.runAll(ctx)
	}
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	lister, ok := b.(backend.Lister)
	if !ok {
		return fmt.Errorf("backend %s cannot list meshes", o.connect.backend)
	}
	namespace := o.tenant + "/" + o.namespace
	meshes, err := lister.List(ctx, namespace)
	if err != nil {
		return fmt.Errorf("listing the meshes of %s: %w", namespace, err)
	}
	var ids []mesh.ID
	for _, m := range meshes {
		if id, err := mesh.ParseID(m.Mesh); err == nil {
			ids = append(ids, id)
		}
	}
	known := remembered{}
	if len(ids) > 0 {
		if known, err = o.f.remembered(ctx, o.record.mode, o.connect.backend, b, ids); err != nil {
			return err
		}
	}
	var records map[string]view.Record
	for id, h := range known.heads {
		if records == nil {
			records = map[string]view.Record{}
		}
		records[id.String()] = view.NewRecord(h, false)
	}
	doc := view.NewList(namespace, meshes, records)
	return o.f.show(o.output, doc, func(s human.Style) string { return human.List(s, doc) })
}

// runAll lists what is on record.
func (o *listOptions) runAll(ctx context.Context) error {
	_, s, err := o.f.recordsToRead(ctx, &o.connect)
	if err != nil {
		return err
	}
	defer s.Close()
	heads, err := s.Heads(ctx)
	if err != nil {
		return recordFailure(err)
	}
	var records []view.Record
	for _, h := range heads {
		records = append(records, view.NewRecord(h, false))
	}
	doc := view.NewRecordedList(records)
	return o.f.show(o.output, doc, func(s human.Style) string { return human.List(s, doc) })
}
