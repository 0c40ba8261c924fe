package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// targetFlags name meshes that are looked at: by file or by name.
type targetFlags struct {
	input fileFlags
	mesh  string
	// one is what oneTarget found, where a file says it.
	one *mesh.Mesh
}

// expect tells a backend of the mesh that oneTarget found: its file can say where it is.
func (x *targetFlags) expect(b backend.Backend) {
	if e, ok := b.(backend.Expecter); ok && x.one != nil {
		e.Expect(x.one)
	}
}

func (x *targetFlags) bind(cmd *cobra.Command) {
	x.input.bind(cmd)
	cmd.Flags().StringVar(&x.mesh, "mesh", "", "the mesh, as `TENANT/NAMESPACE/NAME`; the same as such an argument")
}

// target is a mesh to look at.
type target struct {
	id mesh.ID
	// mesh is that of the mesh file, nil without one.
	mesh *mesh.Mesh
	// nodes are the names of those in the mesh file; nil without a file.
	nodes []string
}

// targets finds the meshes. An argument that is no file here and reads as
// tenant/namespace/name is a mesh's name.
func (f *Factory) targets(x *targetFlags, args []string, output string) ([]target, error) {
	files := x.input.files
	var out []target
	if x.mesh != "" {
		args = append(args, x.mesh)
	}
	for _, a := range args {
		id, named, err := meshName(a, a == x.mesh)
		switch {
		case err != nil:
			return nil, err
		case named:
			out = append(out, target{id: id})
		default:
			files = append(files, a)
		}
	}
	if len(files) == 0 && len(out) > 0 {
		if x.input.changes() {
			return nil, usage("leave them out, or name the mesh by its file", "--overlay and --set change mesh files, and none is named")
		}
		return out, nil
	}
	result := f.compile(&x.input, files, f.In, compiler.Options{Cache: f.cache(trustTimes)})
	result.Findings = withoutRules(result.Findings)
	if result.Findings.HasErrors() {
		doc := findings(result, nil)
		if err := f.show(output, doc, func(s human.Style) string { return human.Findings(s, doc) }); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	for _, u := range result.Units {
		t := target{id: u.Mesh.ID, mesh: u.Mesh, nodes: []string{}}
		for _, n := range u.Mesh.Nodes {
			t.nodes = append(t.nodes, n.NodeName())
		}
		out = append(out, t)
	}
	return out, nil
}

// meshName reads an argument as the name of a mesh; must says that it cannot be a file.
func meshName(arg string, must bool) (id mesh.ID, named bool, err error) {
	if !must {
		if _, err := os.Stat(arg); err == nil || arg == "-" {
			return id, false, nil
		}
	}
	id, err = mesh.ParseID(arg)
	if err == nil {
		return id, true, nil
	}
	if must || strings.Count(arg, "/") == 2 && !strings.ContainsAny(arg, ".\\") {
		return id, false, usage("such as public/default/word-count", "%q is no file here and no name of a mesh: %s", arg, err)
	}
	return id, false, nil
}

// live is what a cluster has of a mesh.
type live struct {
	state *state.State
	// nodes carry the mesh's mark; missing are in the file and not among them.
	nodes   []*state.Component
	missing []string
}

// there tells that the cluster has anything of the mesh.
func (l live) there() bool {
	for _, r := range l.state.Resources {
		if r.OwnerID() == l.state.Mesh.String() {
			return true
		}
	}
	return false
}

// absent gives the error for meshes of which nothing was found, nil for none. Those
// that a file names are shown with what is missing, so they are not meant.
func absent(ids []mesh.ID) error {
	if len(ids) == 0 {
		return nil
	}
	var texts, lists []string
	for _, id := range ids {
		texts = append(texts, noSuchMesh(id))
		if list := "meshc list --tenant " + quoted(id.Tenant) + " --namespace " + quoted(id.Namespace); !slices.Contains(lists, list) {
			lists = append(lists, list)
		}
	}
	return &RemedyError{Err: errors.New(strings.Join(texts, "; ")), Remedy: "to see which meshes are there: " + strings.Join(lists, "; ")}
}

func noSuchMesh(id mesh.ID) string {
	return "no mesh " + id.Name + " was found in namespace " + id.Tenant + "/" + id.Namespace
}

// lookAt reads what the cluster has of each mesh and gives it to look, in order. It
// returns those that were named directly and are not there.
func (f *Factory) lookAt(ctx context.Context, x *targetFlags, connect *connectFlags, args []string, output string,
	look func(backend.Backend, live) error) (unknown []mesh.ID, err error) {
	targets, err := f.targets(x, args, output)
	if err != nil {
		return nil, err
	}
	b, err := connect.open(f, connect.backend)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		l, err := readLive(ctx, b, t)
		if err != nil {
			return nil, err
		}
		if t.nodes == nil && !l.there() {
			unknown = append(unknown, t.id)
		}
		if err := look(b, l); err != nil {
			return nil, err
		}
	}
	return unknown, nil
}

func readLive(ctx context.Context, b backend.Backend, t target) (live, error) {
	if e, ok := b.(backend.Expecter); ok && t.mesh != nil {
		e.Expect(t.mesh)
	}
	s, err := b.Read(ctx, backend.Scope{Mesh: t.id})
	if err != nil {
		return live{}, fmt.Errorf("reading mesh %s: %w", t.id, err)
	}
	l := live{state: s}
	have := map[string]bool{}
	for _, fn := range s.Components() {
		if fn.Owner == t.id.String() {
			l.nodes = append(l.nodes, fn)
			have[fn.Name] = true
		}
	}
	for _, name := range t.nodes {
		if !have[name] {
			l.missing = append(l.missing, name)
		}
	}
	return l, nil
}
