package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

type importOptions struct {
	f         *Factory
	connect   connectFlags
	args      []string
	tenant    string
	namespace string
	name      string
	out       string
	code      string
}

func newImportCmd(f *Factory, runF func(context.Context, *importOptions) error) *cobra.Command {
	o := &importOptions{f: f}
	if runF == nil {
		runF = importRun
	}
	cmd := &cobra.Command{
		Use:   "import [NAME...]",
		Short: "Make a mesh file of functions, sources and sinks that run",
		Long: `Reads the functions, sources and sinks of a Pulsar namespace, all of them or those that
are named, and prints a mesh file that says what runs. It changes nothing in the cluster.

Components that meshc did not make get 'lifecycle: {adopt: true}': the next plan shows
how they are adopted, which restarts each once, and apply does it. From then on they
are the mesh's. Components of another mesh are left out. A mesh that meshc deployed can
be imported too, and gives a file for which there is nothing to do.

With --out or --code the code is downloaded, into the folder code beside the mesh file
unless --code says where; a comment says what could not be known: workers do not tell
all that they keep. No file is overwritten with something else.

Exit codes: 0 done, 1 a failure, such as a component that is not there.`,
		Example: `  meshc import --out mesh.yaml
  meshc import --tenant acme --namespace orders --name orders --out orders.yaml --code jars
  meshc import split count > mesh.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return runF(cmd.Context(), o)
		},
	}
	o.connect.bind(cmd, commandTimeout)
	cmd.Flags().StringVar(&o.tenant, "tenant", "public", "`TENANT` of the namespace")
	cmd.Flags().StringVar(&o.namespace, "namespace", "default", "`NAMESPACE`, without the tenant")
	cmd.Flags().StringVar(&o.name, "name", "", "`NAME` of the mesh; default: of the one mesh that has them all, else of the namespace")
	cmd.Flags().StringVar(&o.out, "out", "", "write the mesh to this `FILE`, instead of standard output")
	cmd.Flags().StringVar(&o.code, "code", "", "download the code into this `DIR`; default with --out: code, beside the file")
	return cmd
}

func importRun(ctx context.Context, o *importOptions) error { return o.connect.within(ctx, o.run) }

func (o *importOptions) run(ctx context.Context) error {
	if o.out != "" {
		if _, err := os.Lstat(o.out); err == nil {
			return &RemedyError{Err: fmt.Errorf("%s is there already", view.Clean(o.out)), Remedy: "name another file with --out, or remove this one"}
		}
	}
	b, err := o.connect.open(o.f, o.connect.backend)
	if err != nil {
		return err
	}
	importer, ok := b.(backend.Importer)
	if !ok {
		return fmt.Errorf("backend %s cannot import", o.connect.backend)
	}
	all, unseen, err := importer.Components(ctx, o.tenant+"/"+o.namespace)
	if err != nil {
		return fmt.Errorf("reading namespace %s/%s: %w", o.tenant, o.namespace, err)
	}
	for _, kind := range unseen {
		o.f.say("Left out: %ss, which these credentials may not list.", kind)
	}
	id, chosen, err := o.choose(all)
	if err != nil {
		return err
	}
	topics, err := topicsOf(ctx, b, id, chosen)
	if err != nil {
		return err
	}
	code := newCodeFiles(o.out, o.code)
	var nodes []compiler.Live
	for _, c := range chosen {
		node, err := code.node(ctx, importer, c)
		if err != nil {
			return fmt.Errorf("code of %s %s: %w", c.Kind, view.Clean(c.Name), err)
		}
		nodes = append(nodes, node)
	}
	text, err := compiler.Import(id, heading(id, chosen), nodes, topics)
	if err != nil {
		return &bugError{value: err.Error()}
	}
	return o.deliver(text, nodes)
}

// choose picks the components and the name of the mesh that they become.
func (o *importOptions) choose(all []backend.Found) (mesh.ID, []backend.Found, error) {
	id := mesh.ID{Tenant: o.tenant, Namespace: o.namespace, Name: o.name}
	named := func(c backend.Found) bool { return len(o.args) == 0 || slices.Contains(o.args, c.Name) }
	for _, a := range o.args {
		if !slices.ContainsFunc(all, func(c backend.Found) bool { return c.Name == a }) {
			return id, nil, fmt.Errorf("no function, source or sink %s is in namespace %s/%s", view.Clean(a), o.tenant, o.namespace)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(c backend.Found) bool { return !named(c) })
	if len(all) == 0 {
		return id, nil, fmt.Errorf("no function, source or sink is in namespace %s/%s", o.tenant, o.namespace)
	}
	if id.Name == "" {
		id.Name = o.namespace
		owner := all[0].Owner
		if one, err := mesh.ParseID(owner); err == nil && !slices.ContainsFunc(all, func(c backend.Found) bool { return c.Owner != owner }) {
			id.Name = one.Name
		}
	}
	var chosen []backend.Found
	for _, c := range all {
		switch {
		case c.Owner == "" || c.Owner == id.String():
			chosen = append(chosen, c)
		case len(o.args) > 0:
			return id, nil, &RemedyError{
				Err:    fmt.Errorf("%s %s belongs to mesh %s", c.Kind, view.Clean(c.Name), view.Clean(c.Owner)),
				Remedy: "import it with that mesh's name: --name " + quoted(afterLast(c.Owner)),
			}
		default:
			o.f.say("Left out: %s %s belongs to mesh %s.", c.Kind, view.Clean(c.Name), view.Clean(c.Owner))
		}
	}
	if len(chosen) == 0 {
		return id, nil, &RemedyError{
			Err:    fmt.Errorf("all functions, sources and sinks in namespace %s/%s belong to other meshes than %s", o.tenant, o.namespace, view.Clean(id.Name)),
			Remedy: "name one of these meshes with --name",
		}
	}
	return id, chosen, nil
}

// topicsOf reads the topics that components use.
func topicsOf(ctx context.Context, b backend.Backend, id mesh.ID, chosen []backend.Found) ([]compiler.LiveTopic, error) {
	scope := backend.Scope{Mesh: id}
	for _, c := range chosen {
		for _, t := range c.Topics {
			if addr := state.TopicAddr(t); strings.HasPrefix(t, "persistent://") && !slices.Contains(scope.Addrs, addr) {
				scope.Addrs = append(scope.Addrs, addr)
			}
		}
	}
	live, err := b.Read(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("reading topics: %w", err)
	}
	var out []compiler.LiveTopic
	for _, a := range live.Addrs() {
		if t, ok := live.Resources[a].(*state.Topic); ok && slices.Contains(scope.Addrs, a) {
			out = append(out, compiler.LiveTopic{Name: t.Name, Partitions: t.Partitions, Ours: t.Owner == id.String()})
		}
	}
	return out, nil
}

// heading are the comments above the mesh.
func heading(id mesh.ID, chosen []backend.Found) []string {
	out := []string{"What ran in the namespace " + id.Tenant + "/" + id.Namespace + ", by meshc import."}
	for _, kind := range []fields.Kind{fields.Source, fields.Function, fields.Sink} {
		if !slices.ContainsFunc(chosen, func(c backend.Found) bool { return fields.Kind(c.Kind) == kind && c.Spec == nil }) {
			continue
		}
		var hidden []string
		for _, f := range fields.Of(kind) {
			if f.Hidden && f.Update == fields.Lossy {
				hidden = append(hidden, f.Name)
			}
		}
		if len(hidden) > 0 {
			out = append(out, "Workers do not tell of a "+string(kind)+" whether it has "+strings.Join(hidden, ", ")+"; every update loses them.")
		}
	}
	return out
}

// deliver writes the mesh file, and tells what to look at.
func (o *importOptions) deliver(text []byte, nodes []compiler.Live) error {
	adopted := 0
	for _, n := range nodes {
		if n.Adopt {
			adopted++
		}
		for _, note := range n.Notes {
			if !strings.HasPrefix(note, "sha256:") {
				o.f.say("%s %s: %s", n.Kind, view.Clean(n.Name), view.Clean(note))
			}
		}
	}
	if o.out == "" {
		return o.f.result(string(text))
	}
	if err := writeNew(o.out, 0o644, text); err != nil {
		return fmt.Errorf("%s was not written: %w", view.Clean(o.out), err)
	}
	o.f.say("%d components written to %s, %d of them to adopt. To see what that means: meshc plan %s", len(nodes), view.Clean(o.out), adopted, quoted(view.Clean(o.out)))
	return nil
}

// writeNew writes a file that must not be there.
func writeNew(path string, mode fs.FileMode, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

func afterLast(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
