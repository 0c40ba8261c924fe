package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// newRootCmd puts the commands together. This is the whole list.
func newRootCmd(f *Factory) *cobra.Command {
	root := &cobra.Command{
		Use:   "meshc",
		Short: "Compile and deploy function meshes for Apache Pulsar",
		Long: `meshc compiles a function mesh (Pulsar functions, sources and sinks that are wired by
topics, written in one YAML file) into a checked graph, compares it with what runs in
a cluster, and carries out the difference.

What the plan says is what happens, and no message is lost unless the plan said
so and you allowed it.

Exit codes: 0 done, 1 failure, 2 changes (plan --detailed-exitcode), 3 findings
with an error, 4 a risk that was not allowed, 5 a plan that does not fit the
cluster any more, 64 wrong usage, 70 a bug in meshc, 130 and 143 ended by a signal.`,
		Example: `  meshc validate mesh.yaml
  meshc plan mesh.yaml --out mesh.plan.json
  meshc apply mesh.plan.json --yes`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
		PersistentPreRun: func(*cobra.Command, []string) { f.setUp() },
	}
	root.SetIn(f.In)
	root.SetOut(f.Out)
	root.SetErr(f.Err)
	f.color, f.logLevel = "auto", "off"
	addChoice(root, true, &f.color, "color", "", "colours in text for people; auto: on a terminal, unless NO_COLOR is set", "auto", "always", "never")
	addChoice(root, true, &f.logLevel, "log-level", "", "log to standard error, for finding out what went wrong", "off", "debug", "info", "warn", "error")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(seeHelp(cmd), "%s", err)
	})
	root.AddCommand(
		newValidateCmd(f, nil),
		newFmtCmd(f, nil),
		newConvertCmd(f, nil),
		newBuildCmd(f, nil),
		newPlanCmd(f, nil),
		newApplyCmd(f, nil),
		newDestroyCmd(f, nil),
		newListCmd(f, nil),
		newImportCmd(f, nil),
		newGetCmd(f, nil),
		newStatusCmd(f, nil),
		newHistoryCmd(f, nil),
		newDiffCmd(f, nil),
		newRollbackCmd(f, nil),
		newLockCmd(f, nil),
		newUnlockCmd(f, nil),
		newManagerCmd(f, nil),
		newGraphCmd(f, nil),
		newExplainCmd(f, nil),
		newRulesCmd(f, nil), newSchemaCmd(f, nil),
		newVersionCmd(f, nil),
		newCreateCmd(f, nil),
		newDeleteCmd(f, nil),
	)
	root.SetHelpCommand(newHelpCmd(f, root))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			// cobra takes the name of an unknown shell for success, too.
			c.Args, c.RunE = root.Args, root.RunE
		}
	}
	return root
}

func unknownCommand(parent *cobra.Command, name string) error {
	remedy := seeHelp(parent)
	if parent.SuggestionsMinimumDistance <= 0 {
		parent.SuggestionsMinimumDistance = 2
	}
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		path := parent.CommandPath() + " "
		remedy = "did you mean '" + path + strings.Join(near, "' or '"+path) + "'?"
	}
	return usage(remedy, "unknown command %q", name)
}

// newHelpCmd replaces cobra's, which takes an unknown command for success.
func newHelpCmd(f *Factory, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show the help of a command",
		Long:    "Shows the help of a command; the same as the command with --help.",
		Example: "  meshc help apply",
		RunE: func(_ *cobra.Command, args []string) error {
			f.started = true
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 || (cmd == root && len(args) > 0) {
				return unknownCommand(root, strings.Join(args, " "))
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}
