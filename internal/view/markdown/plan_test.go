package markdown_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/markdown"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

func doc(changes ...view.Change) view.Plans {
	m := view.MeshPlan{Mesh: "public/default/orders", Cluster: plan.Cluster{Name: "standalone", URL: "http://localhost:8080"}, Changes: changes}
	m.Summary = view.Summary{Create: 1, Update: 1, Unchanged: 3}
	m.NeedsAllow = []plan.RiskKind{plan.MessageLoss}
	return view.Plans{Format: view.PlanFormat, Plans: []view.MeshPlan{m}}
}

func TestPlan(t *testing.T) {
	span := &diag.Span{File: "mesh.yaml", Start: diag.Pos{Line: 14, Column: 3}}
	got := markdown.Plans(doc(
		view.Change{Addr: "function/public/default/split", Action: diff.Create, Span: span,
			Fields: []view.Field{{Field: "className", After: "org.example.Split"}}},
		view.Change{Addr: "function/public/default/count", Action: diff.Update,
			Fields: []view.Field{
				{Field: "parallelism", Before: 1.0, After: 3.0},
				{Field: "userConfig.token", Before: state.NewSensitive("", "a", "f"), After: state.NewSensitive("${env:T}", "b", "f")},
				{Field: "userConfig.old", Before: "x"},
			},
			Risks: []view.Risk{
				{Risk: plan.Risk{Kind: plan.Restart, Detail: "stops the instance and starts a new one"}},
				{Risk: plan.Risk{Kind: plan.MessageLoss, Detail: "loses them", Messages: 12}, MustBeAllowed: true},
			}},
	))
	const file = "testdata/plan.md"
	if os.Getenv("MESHC_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

// Text of a mesh file cannot end the block that it is shown in, nor begin a
// heading, a mention or a tag of its own.
func TestHostileText(t *testing.T) {
	hostile := "x```\n# heading @everyone <script>`"
	got := markdown.Plans(doc(view.Change{Addr: state.Addr("function/public/default/" + hostile), Action: diff.Update, Because: hostile,
		Fields: []view.Field{{Field: hostile, Before: hostile, After: hostile}},
		Risks:  []view.Risk{{Risk: plan.Risk{Kind: plan.Reorder, Detail: hostile}}}}))
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "# ") {
			t.Errorf("a heading got out: %q", line)
		}
	}
	if n := strings.Count(got, "\n````"); n != 2 {
		t.Errorf("the block has %d fences of its own length, want 2:\n%s", n, got)
	}
}

func TestLongPlan(t *testing.T) {
	var many []view.Change
	for range 5000 {
		many = append(many, view.Change{Addr: "function/public/default/split", Action: diff.Create, Fields: []view.Field{{Field: "className", After: "org.example.Split"}}})
	}
	got := markdown.Plans(doc(many...))
	if len(got) > 60_000 || !strings.Contains(got, "changes more: see meshc plan") {
		t.Errorf("%d bytes", len(got))
	}
}

// What stands still, and what is started, is told where nothing else changes, too.
func TestPauses(t *testing.T) {
	plans := doc()
	m := &plans.Plans[0]
	m.Summary, m.NeedsAllow = view.Summary{Resume: 1}, nil
	m.Pauses = []view.Pause{{
		Addr: "function/public/default/feed", For: []state.Addr{"function/public/default/a", "function/public/default/b"},
		Risks: []view.Risk{{Risk: plan.Risk{Kind: plan.Restart, Detail: "stops the instance"}}},
	}}
	m.Resumes = []state.Addr{"sink/public/default/store"}
	m.ResumeRisks = map[state.Addr][]view.Risk{"sink/public/default/store": {{Risk: plan.Risk{Kind: plan.Restart, Detail: "stops all 2 instances"}}}}
	got := markdown.Plans(plans)
	for _, line := range []string{
		"- `function public/default/feed` is paused while `function public/default/a`, `function public/default/b` change\n",
		"- `sink public/default/store` stands still, apply starts it\n",
		"- `restart`: `function public/default/feed`: `stops the instance`\n",
		"- `restart`: `sink public/default/store`: `stops all 2 instances`\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in\n%s", line, got)
		}
	}
	if strings.Contains(got, "```") {
		t.Errorf("an empty list of changes:\n%s", got)
	}
}
