package cli

import (
	"os"

	"github.com/spf13/cobra"

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

// workingDir is where relative names start; without one, names stay as they are.
func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}
