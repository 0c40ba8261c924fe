package cli

import (
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/internal/view"
)

// compile reads and compiles mesh files, with the overlays and values of the
// flags; what is wrong with them is in the result.
func (f *Factory) compile(x *fileFlags, files []string, stdin io.Reader, opts compiler.Options) compiler.Result {
	inputs, found := compiler.Read(files, stdin, x.overlays...)
	overlays, list := compiler.ReadOverlays(x.overlays)
	found = append(found, list...)
	if len(inputs) == 0 && len(found) > 0 {
		return compiler.Result{Findings: found}
	}
	opts.Overlays, opts.Set = overlays, x.sets
	opts.Env = f.env
	result := compiler.Compile(inputs, opts)
	opts.Cache.Close()
	result.Findings = append(found, result.Findings...)
	return result
}

// env looks up an environment variable; an empty one counts as none.
func (f *Factory) env(name string) (string, bool) {
	value := f.Getenv(name)
	return value, value != ""
}

// resolve gives the value that a sensitive text of a mesh file has now.
func (f *Factory) resolve(from string) (string, error) {
	return load.Resolve(from, load.Options{Env: f.env, ReadFile: load.ReadFile})
}

// trust says what a command believes of the cache of archives.
type trust int

const (
	trustTimes trust = iota // a file of the same path, size and times is the same
	trustHash               // only one of the same content is
	trustNone               // nothing is looked up or kept
)

// cache gives the cache of archives, or nil.
func (f *Factory) cache(t trust) *artifact.Cache {
	if t == trustNone || f.CacheDir == nil {
		return nil
	}
	dir, err := f.CacheDir()
	if err != nil {
		return nil
	}
	return artifact.OpenCache(filepath.Join(dir, "meshc", "artifacts"), t == trustHash, f.Now)
}

// cacheFlag is --no-cache, of commands that look into code files.
type cacheFlag struct{ off bool }

func (x *cacheFlag) bind(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&x.off, "no-cache", false, "look into all code files anew; otherwise what was read of those that did not change comes from meshc/artifacts in the user's cache folder")
}

// unlessOff gives what to trust where the cache is not switched off.
func (x *cacheFlag) unlessOff(t trust) trust {
	if x.off {
		return trustNone
	}
	return t
}

// findings makes the document of a result and of findings that came later.
func findings(r compiler.Result, more diag.List) view.Findings {
	var meshes []view.MeshInfo
	for _, u := range r.Units {
		meshes = append(meshes, view.NewMeshInfo(u.Mesh))
	}
	all := append(append(diag.List{}, r.Findings...), more...)
	return view.NewFindings(all, r.Sources, meshes)
}

// withoutRules leaves out findings that an author may lower: they do not keep
// what was deployed all the same from being looked at.
func withoutRules(list diag.List) diag.List {
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Code.Optional() })
}

// withoutCode leaves out findings about absent code files and functions, which do
// not matter where meshes are taken down.
func withoutCode(list diag.List) diag.List {
	return slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Code == diag.MissingArtifact || d.Code == diag.NoFunctions })
}
