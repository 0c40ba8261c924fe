package view

import (
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Plans is the document of what a run would do: one plan for each mesh.
type Plans struct {
	Format   string     `json:"format"`
	Summary  Summary    `json:"summary"`
	Findings []Finding  `json:"findings"`
	Plans    []MeshPlan `json:"plans"`
}

// Summary counts changes by what they do.
type Summary struct {
	Create  int `json:"create"`
	Update  int `json:"update"`
	Replace int `json:"replace"`
	Delete  int `json:"delete"`
	// Adopt counts components and subscriptions of others that are taken over.
	Adopt int `json:"adopt,omitempty"`
	// Resume counts functions that stand still, are started and do not change.
	Resume int `json:"resume,omitempty"`
	// Unchanged counts functions that stay as they are.
	Unchanged int `json:"unchanged"`
}

// Changes tells whether anything would happen.
func (s Summary) Changes() bool { return s.Create+s.Update+s.Replace+s.Delete+s.Adopt+s.Resume > 0 }

// MeshPlan is what would happen to one mesh.
type MeshPlan struct {
	Mesh    string       `json:"mesh"`
	Backend string       `json:"backend"`
	Cluster plan.Cluster `json:"cluster"`
	Destroy bool         `json:"destroy"`
	// Only is what the plan was narrowed to; the rest of the mesh stays as it is.
	Only    []string `json:"only,omitempty"`
	Summary Summary  `json:"summary"`
	// Changes are grouped by kind; functions follow the flow of the data.
	Changes []Change `json:"changes"`
	// Pauses are components that stand still while others change.
	Pauses []Pause `json:"pauses,omitempty"`
	// Resumes are components that stand still when the plan begins and run when it ends.
	Resumes []state.Addr `json:"resumes,omitempty"`
	// ResumeRisks are those of starting components that do not change: others of their
	// instances stop and start as well.
	ResumeRisks map[state.Addr][]Risk `json:"resumeRisks,omitempty"`
	// Order says, where things go away, what comes after what.
	Order     []string     `json:"order,omitempty"`
	Unchanged []state.Addr `json:"unchanged,omitempty"`
	Retained  []state.Addr `json:"retained,omitempty"`
	// Waits are functions that stay as they are and that apply waits for, since
	// not all of their instances run.
	Waits []state.Addr `json:"waits,omitempty"`
	// Matching counts by kind what is already as the mesh file wants it.
	Matching map[state.Kind]int `json:"matching,omitempty"`
	// NeedsAllow are the risks that have to be allowed and are not.
	NeedsAllow []plan.RiskKind `json:"needsAllow,omitempty"`
	// Plan is the plan itself, as a plan file holds it.
	Plan *plan.Plan `json:"plan"`
}

// Change is what would happen to one resource.
type Change struct {
	Addr   state.Addr  `json:"addr"`
	Action diff.Action `json:"action"`
	Why    diff.Reason `json:"why"`
	// Because says in a sentence why the resource is replaced or deleted.
	Because string `json:"because,omitempty"`
	// Drifted tells that someone else changed it in the cluster since meshc wrote it.
	Drifted bool `json:"drifted,omitempty"`
	// DriftedBy are those who did, each with what they hold, where the cluster tells.
	DriftedBy []string `json:"driftedBy,omitempty"`
	Fields    []Field  `json:"fields,omitempty"`
	// Notes are facts about what is created, such as "2 partitions".
	Notes []string   `json:"notes,omitempty"`
	Risks []Risk     `json:"risks,omitempty"`
	Span  *diag.Span `json:"span,omitempty"`
}

// Pause is a component that stands still until others are changed.
type Pause struct {
	Addr state.Addr `json:"addr"`
	// For are the components that it feeds and that are changed or paused meanwhile.
	For   []state.Addr `json:"for"`
	Risks []Risk       `json:"risks,omitempty"`
}

// Field is a value that differs, or that a new function has.
type Field struct {
	Field  string     `json:"field"`
	Before any        `json:"before"`
	After  any        `json:"after"`
	Forces bool       `json:"forcesReplace,omitempty"`
	Span   *diag.Span `json:"span,omitempty"`
}

// Risk is what a change can do beyond what it is for.
type Risk struct {
	plan.Risk
	// Step is the ID of the step that has the risk.
	Step string `json:"step"`
	// MustBeAllowed tells that apply refuses the plan without --allow for it.
	MustBeAllowed bool `json:"mustBeAllowed"`
}

// NewPlans makes the document of plans and of the findings that came with them.
// allowed are the risks that the user allows.
func NewPlans(plans []*plan.Plan, findings diag.List, sources diag.Sources, allowed []plan.RiskKind) Plans {
	doc := Plans{Format: PlanFormat, Findings: NewFindings(findings, sources, nil).Findings, Plans: []MeshPlan{}}
	for _, p := range plans {
		m := newMeshPlan(p)
		m.NeedsAllow = needsAllow(p, allowed)
		doc.Plans = append(doc.Plans, m)
		doc.Summary.add(m.Summary)
	}
	return doc
}

// needsAllow gives each risk that has to be allowed once, in the order of all risks.
func needsAllow(p *plan.Plan, allowed []plan.RiskKind) []plan.RiskKind {
	have := map[plan.RiskKind]bool{}
	for _, list := range p.Refused(allowed) {
		for _, r := range list {
			have[r.Kind] = true
		}
	}
	var out []plan.RiskKind
	for _, k := range plan.RiskKinds() {
		if have[k] {
			out = append(out, k)
		}
	}
	return out
}

func (s *Summary) add(o Summary) {
	s.Create += o.Create
	s.Update += o.Update
	s.Replace += o.Replace
	s.Delete += o.Delete
	s.Adopt += o.Adopt
	s.Resume += o.Resume
	s.Unchanged += o.Unchanged
}

func (s *Summary) count(a diff.Action) {
	switch a {
	case diff.Create:
		s.Create++
	case diff.Update:
		s.Update++
	case diff.Replace:
		s.Replace++
	case diff.Delete:
		s.Delete++
	case diff.Adopt:
		s.Adopt++
	}
}

func newMeshPlan(p *plan.Plan) MeshPlan {
	m := MeshPlan{
		Mesh: p.Mesh, Backend: p.Backend, Cluster: p.Cluster, Destroy: p.Destroy, Only: p.Only,
		Changes: []Change{}, Order: order(p), Unchanged: p.Unchanged, Waits: p.Waits(), Retained: p.Retained, Plan: p,
	}
	risks := map[state.Addr][]Risk{}
	for _, s := range p.Steps {
		for _, r := range s.Risks {
			risks[s.Addr] = append(risks[s.Addr], Risk{Risk: r, Step: s.ID, MustBeAllowed: r.Kind.MustBeAllowed() && !r.Allowed})
		}
	}
	for _, c := range inDataOrder(p.Changes()) {
		m.Summary.count(c.Action)
		m.Changes = append(m.Changes, newChange(c, risks[c.Addr]))
	}
	m.Pauses, m.Resumes = pauses(p, risks), p.Resumes()
	m.ResumeRisks = resumeRisks(p, m.Resumes, risks)
	m.Summary.Resume = countUnchanged(p, m.Resumes)
	m.Summary.Unchanged = len(p.Unchanged)
	m.Matching = matching(p, m.Changes)
	return m
}

func newChange(c diff.Change, risks []Risk) Change {
	// What must be allowed comes first.
	slices.SortStableFunc(risks, func(a, b Risk) int { return btoi(b.MustBeAllowed) - btoi(a.MustBeAllowed) })
	out := Change{Addr: c.Addr, Action: c.Action, Why: c.Why, Because: because(c), Risks: risks, Span: place(c.Span)}
	if live, ok := c.Before.(*state.Component); ok {
		out.Drifted, out.DriftedBy = live.Drifted, live.DriftedBy
	}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, Field{Field: f.Field, Before: f.Before, After: f.After, Forces: f.Forces, Span: place(f.Span)})
	}
	if c.Action == diff.Create {
		out.Fields, out.Notes = created(c.After)
	}
	return out
}

// because gives the reason of a change where its kind does not say it all.
func because(c diff.Change) string {
	switch c.Why {
	case diff.CannotUpdate:
		return cannot(c.Fields) + takenOver(c)
	case diff.WouldLose:
		return "any update resets " + strings.Join(forcing(c.Fields), ", ") + takenOver(c)
	case diff.Collected:
		return "no function, source or sink uses it any more, and newer ones are kept"
	case diff.NotWanted:
		return "the mesh file does not name it any more"
	case diff.Adopted:
		return adopted(c)
	case diff.Absent:
		return takesPlace(c.From)
	}
	return ""
}

// forcing names the fields because of which a resource is replaced.
func forcing(fields []diff.FieldChange) []string {
	var out []string
	for _, f := range fields {
		if f.Forces {
			name, _, _ := strings.Cut(f.Field, ".")
			out = append(out, name)
		}
	}
	return slices.Compact(out)
}

// cannot names the fields that force a replacement.
func cannot(fields []diff.FieldChange) string {
	var fixed, cleared []string
	for _, f := range fields {
		name, _, _ := strings.Cut(f.Field, ".")
		switch {
		case !f.Forces:
		case f.Field == "code.mode":
			return "code that was sent by URL cannot be updated with a file"
		case f.After == nil:
			cleared = append(cleared, name)
		default:
			fixed = append(fixed, name)
		}
	}
	var parts []string
	if len(fixed) > 0 {
		parts = append(parts, strings.Join(slices.Compact(fixed), ", ")+" cannot be changed in place")
	}
	if len(cleared) > 0 {
		parts = append(parts, strings.Join(slices.Compact(cleared), ", ")+" cannot be taken away in place")
	}
	return strings.Join(parts, "; ")
}

// matching counts what the plan covers and does not change. A destroy plan wants nothing to be there.
func matching(p *plan.Plan, changes []Change) map[state.Kind]int {
	if p.Destroy {
		return nil
	}
	changed := map[state.Addr]bool{}
	for _, c := range changes {
		changed[c.Addr] = true
	}
	out := map[state.Kind]int{}
	for _, a := range p.Scope {
		if !changed[a] {
			out[a.Kind()]++
		}
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
