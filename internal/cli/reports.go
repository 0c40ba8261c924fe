package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/github"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/junit"
	"github.com/meshc/meshc/internal/view/sarif"
)

// reports are the forms that hold findings only, for tools that show them.
var reports = []string{"github", "sarif", "junit"}

// addFindingsOutput adds -o for a command whose findings other tools may show.
func addFindingsOutput(cmd *cobra.Command, value *string, help string) {
	*value = "human"
	addChoice(cmd, false, value, "output", "o", help, append([]string{"human", "json"}, reports...)...)
}

// showFindings writes findings in the form that was asked for. With strict a
// warning counts like an error where a form tells what failed.
func (f *Factory) showFindings(output string, doc view.Findings, strict bool) error {
	var text string
	var err error
	switch output {
	case "github":
		text = github.Findings(doc, workingDir())
	case "sarif":
		text, err = sarif.Findings(doc, workingDir(), thisVersion().Version)
	case "junit":
		text, err = junit.Findings(doc, strict)
	default:
		return f.show(output, doc, func(s human.Style) string { return human.Findings(s, doc) })
	}
	if err != nil {
		return err
	}
	return f.result(text)
}

// severities is a flag that collects severities for codes.
type severities struct{ table diag.Severities }

// String implements pflag.Value; there is no default to show.
func (severities) String() string { return "" }

// Type implements pflag.Value.
func (severities) Type() string { return "CODE=SEVERITY" }

// Set implements pflag.Value; the flag may be repeated and takes a list with commas.
func (s severities) Set(text string) error {
	for choice := range strings.SplitSeq(text, ",") {
		if err := s.table.Set(choice); err != nil {
			return err
		}
	}
	return nil
}

// addSeverity adds --severity; the table is filled when flags are read.
func addSeverity(cmd *cobra.Command, table *diag.Severities) {
	*table = diag.Severities{}
	cmd.Flags().Var(severities{*table}, "severity", "let findings of a code count as off, warning or error, such as MC4002=error; only warnings and MC4xxx can be lowered (repeatable)")
}

// workingDir is where relative names start; without one, names stay as they are.
func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}
