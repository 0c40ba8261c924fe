package cli

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

// Set by the linker (-ldflags "-X github.com/meshc/meshc/internal/cli.version=v1.2.3");
// without it the build information of the binary tells.
var version, commit, date string

type versionOptions struct {
	f      *Factory
	output string
}

func newVersionCmd(f *Factory, runF func(context.Context, *versionOptions) error) *cobra.Command {
	o := &versionOptions{f: f}
	if runF == nil {
		runF = versionRun
	}
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Show the version of meshc",
		Long:    "Shows the version of this program, the commit it was built from and the Go that built it.",
		Example: "  meshc version\n  meshc version -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	addOutput(cmd, &o.output)
	return cmd
}

func versionRun(_ context.Context, o *versionOptions) error {
	doc := thisVersion()
	return o.f.show(o.output, doc, func(human.Style) string { return human.Version(doc) })
}

// thisVersion tells what this program is.
func thisVersion() view.Version { return versionOf(debug.ReadBuildInfo()) }

func versionOf(info *debug.BuildInfo, ok bool) view.Version {
	v := view.Version{Format: view.VersionFormat, Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "vcs.time":
				v.Date = s.Value
			case "vcs.modified":
				v.Modified = s.Value == "true"
			}
		}
	}
	if version != "" {
		v.Version = version
	}
	if commit != "" {
		v.Commit, v.Modified = commit, false
	}
	if date != "" {
		v.Date = date
	}
	return v
}
