package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/meshc/meshc/planner/state"
)

// later is the word count mesh with a change that Pulsar ignores.
var later = strings.Replace(wordCount, "    output: words\n", "    output: words\n    subscriptionPosition: Earliest\n", 1)

// TestPlanReports: what a plan finds comes in every form, and the plan file all the same.
func TestPlanReports(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.write("mesh.yaml", later)
	b.want(0, "plan", "-o", "github", "--out", "p.json")
	b.outHas("::warning file=mesh.yaml,line=", "title=MC5005%3A ")
	if _, err := os.Stat("p.json"); err != nil {
		t.Error(err)
	}
	b.want(0, "plan", "-o", "sarif")
	b.outHas(`"ruleId": "MC5005"`)
	b.want(0, "plan", "-o", "junit")
	b.outHas("<system-out>warning[MC5005]")

	b.want(0, "plan", "--severity", "MC5005=off", "--severity", "MC4013=off", "-o", "github")
	if got := b.out.String(); got != "" {
		t.Errorf("what is off is reported: %s", got)
	}
	b.want(3, "plan", "--severity", "MC5005=error")
	b.outHas("error[MC5005]")
	writes := b.cluster.Writes()
	b.want(3, "apply", "--yes", "--severity", "MC5005=error")
	b.outHas("error[MC5005]")
	if b.cluster.Writes() != writes {
		t.Error("something was written")
	}
}

// TestCycleThatIsWanted: an author who says that a cycle ends by itself gets a
// plan for it, and the way back, too.
func TestCycleThatIsWanted(t *testing.T) {
	b := newBench(t)
	b.cluster.Put(&state.Topic{Name: "persistent://public/default/sentences"})
	loop := strings.Replace(wordCount, "inputs: [sentences]", "inputs: [sentences, counts]", 1)
	b.write("mesh.yaml", loop)
	b.want(3, "plan")
	b.outHas("error[MC4001]")
	const comment = " # meshc:ignore MC4001 it ends after two rounds"
	b.write("mesh.yaml", loop[:len(loop)-1]+comment+"\n")
	b.want(3, "validate")
	b.outHas("Put it at line 11, which is the place of the finding.")
	b.write("mesh.yaml", strings.Replace(loop, "output: words", "output: words"+comment, 1))
	b.want(0, "validate", "--strict")
	b.want(0, "apply", "--yes")
	b.want(0, "plan", "--detailed-exitcode")
	b.want(0, "destroy", "--yes")
	b.write("mesh.yaml", loop)
	b.want(0, "apply", "--yes", "--severity", "MC4001=warning")
	b.outHas("warning[MC4001]")
	b.want(0, "get", "mesh.yaml")
	b.want(0, "status", "mesh.yaml")
	b.want(3, "destroy", "--yes", "mesh.yaml")
	b.want(0, "destroy", "--yes", "mesh.yaml", "--severity", "MC4001=off")
}
