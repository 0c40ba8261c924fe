package human

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Plans draws what a run would do: findings, then each mesh, then the sum.
func Plans(s Style, doc view.Plans) string {
	var b strings.Builder
	if len(doc.Findings) > 0 {
		b.WriteString(Finding(s, doc.Findings...) + "\n")
	}
	for i, m := range doc.Plans {
		if i > 0 {
			b.WriteString("\n")
		}
		planDrawer{s, &b}.mesh(m)
	}
	if len(doc.Plans) > 1 {
		b.WriteString("\nAll meshes: " + planned(doc.Summary) + "\n")
	}
	return b.String()
}

type planDrawer struct {
	Style
	b *strings.Builder
}

func (d planDrawer) line(format string, args ...any) { fmt.Fprintf(d.b, format+"\n", args...) }

func (d planDrawer) mesh(m view.MeshPlan) {
	what := "Mesh"
	if m.Destroy {
		what = "Take down mesh"
	}
	d.line("%s on %s", d.paint(bold, what+" "+view.Clean(m.Mesh)), clusterName(m.Cluster))
	if len(m.Only) > 0 {
		d.line("Only %s; everything else of the mesh stays as it is.", view.Clean(joined(m.Only)))
	}
	for i, c := range m.Changes {
		if i == 0 || !compact(c) || !compact(m.Changes[i-1]) || c.Addr.Kind() != m.Changes[i-1].Addr.Kind() {
			d.line("")
		}
		d.change(c)
	}
	d.pauses(m)
	d.order(m.Order)
	d.retained(m)
	d.line("")
	for _, a := range m.Waits {
		d.line("%s does not run with all its instances; apply waits for it.", view.Clean(view.Name(a)))
	}
	switch {
	case m.Summary.Changes():
		d.line("%s", d.paint(bold, "Plan: ")+planned(m.Summary))
		if len(m.NeedsAllow) > 0 {
			d.line("It is carried out only with --allow %s", allowList(m.NeedsAllow))
		}
	case m.Destroy:
		d.line("No changes. Nothing that the mesh made is left to delete.")
	default:
		d.line("No changes. %s", matches(m.Matching))
	}
}

func clusterName(c plan.Cluster) string {
	if c.Name == "" {
		return view.Clean(c.URL)
	}
	return "cluster " + view.Clean(c.Name) + " (" + view.Clean(c.URL) + ")"
}

func planned(s view.Summary) string {
	adopt, started := "", ""
	if s.Adopt > 0 {
		adopt = fmt.Sprintf("%d to adopt, ", s.Adopt)
	}
	if s.Resume > 0 {
		started = fmt.Sprintf(", %d to start", s.Resume)
	}
	return fmt.Sprintf("%s%d to create, %d to update, %d to replace, %d to delete%s; %s unchanged.",
		adopt, s.Create, s.Update, s.Replace, s.Delete, started, count(s.Unchanged, "function"))
}

func matches(kinds map[state.Kind]int) string {
	var parts []string
	total := 0
	for _, k := range []state.Kind{state.KindSource, state.KindFunction, state.KindSink, state.KindTopic, state.KindSubscription, state.KindPackage} {
		if n := kinds[k]; n > 0 {
			parts = append(parts, count(n, string(k)))
			total += n
		}
	}
	if total == 1 {
		return joined(parts) + " matches the mesh file."
	}
	return joined(parts) + " match the mesh file."
}

var symbols = map[diff.Action]struct{ sign, color string }{
	diff.Create: {"+", green}, diff.Update: {"~", yellow}, diff.Replace: {"-/+", magenta}, diff.Delete: {"-", red},
	diff.Adopt: {"*", cyan},
}

// compact tells that a change needs one line only.
func compact(c view.Change) bool { return len(c.Fields)+len(c.Risks) == 0 && c.Drift() == "" }

func (d planDrawer) change(c view.Change) {
	sign := symbols[c.Action]
	text := d.paint(sign.color, fmt.Sprintf("%3s", sign.sign)) + " " + d.paint(bold, view.Clean(view.Name(c.Addr)))
	if c.Because != "" {
		text += ": " + view.Clean(c.Because)
	}
	if len(c.Notes) > 0 {
		text += ", " + view.Clean(strings.Join(c.Notes, ", "))
	}
	if c.Action == diff.Create || c.Action == diff.Replace || c.Action == diff.Adopt {
		text += d.at(c.Span)
	}
	d.line("%s", text)
	if told := c.Drift(); told != "" {
		d.line("      %s", d.paint(yellow, view.Clean(told)))
	}
	for _, f := range c.Fields {
		d.field(c.Action, f)
	}
	for _, r := range c.Risks {
		d.risk(r)
	}
}

func (d planDrawer) field(action diff.Action, f view.Field) {
	const pad = "      "
	name := view.Clean(f.Field)
	if action == diff.Create {
		d.line(pad+"%s: %s", name, view.Value(f.After))
		return
	}
	tail := d.at(f.Span)
	if f.Forces {
		tail = d.paint(magenta, "  (forces the replacement)") + tail
	}
	before, after := view.Value(f.Before), view.Value(f.After)
	if before == after && hidden(f.Before, f.After) {
		d.line(pad+"%s: (sensitive, changed)%s", name, tail)
		return
	}
	removed, added := elements(f.Before, f.After)
	if len(removed)+len(added) > 0 && width(before)+width(after) > 60 {
		d.line(pad+"%s:%s", name, tail)
		for _, e := range removed {
			d.line(pad+"  %s %s", d.paint(red, "-"), e)
		}
		for _, e := range added {
			d.line(pad+"  %s %s", d.paint(green, "+"), e)
		}
		return
	}
	d.line(pad+"%s: %s -> %s%s", name, before, after, tail)
}

// hidden tells of two sensitive values, which look alike.
func hidden(before, after any) bool {
	_, b := before.(state.Sensitive)
	_, a := after.(state.Sensitive)
	return a && b
}

// elements compares two lists; nothing where one is no list or they hold the same.
func elements(before, after any) (removed, added []string) {
	b, ok1 := before.([]any)
	a, ok2 := after.([]any)
	if !ok1 || !ok2 {
		return nil, nil
	}
	old, now := view.Values(b), view.Values(a)
	for _, e := range old {
		if !slices.Contains(now, e) {
			removed = append(removed, e)
		}
	}
	for _, e := range now {
		if !slices.Contains(old, e) {
			added = append(added, e)
		}
	}
	return removed, added
}

func (d planDrawer) risk(r view.Risk) {
	mark, color := "·", dim
	if r.MustBeAllowed {
		mark, color = "!", boldRed
	}
	text := view.Clean(r.Detail)
	if r.Messages > 0 {
		text += " (" + count(r.Messages, "message") + " at stake)"
	}
	if r.Allowed {
		text += " (allowed by the mesh file)"
	}
	d.line("      %s %s", d.paint(color, mark+" "+string(r.Kind)+":"), text)
}

// mostOrder is up to how many steps the order is told.
const mostOrder = 20

// order tells what comes after what: in a sentence, or in a list where it is long.
func (d planDrawer) order(steps []string) {
	if len(steps) == 0 {
		return
	}
	d.line("")
	if text := "Order: " + strings.Join(steps, ", then "); width(text) <= 100 {
		d.line("%s", view.Clean(text))
		return
	}
	d.line("Order:")
	for i, s := range steps {
		if i == mostOrder {
			d.line("  … and %d more", len(steps)-mostOrder)
			return
		}
		d.line("  %d. %s", i+1, view.Clean(s))
	}
}

func (d planDrawer) retained(m view.MeshPlan) {
	var topics, others []string
	for _, a := range m.Retained {
		switch a.Kind() {
		case state.KindTopic:
			topics = append(topics, view.ShortName(a))
		case state.KindPackage:
			others = append(others, view.Name(a))
		}
	}
	if !m.Summary.Changes() {
		// Old packages stay with every plan from now on; that is no news.
		others = nil
	}
	if len(topics)+len(others) > 0 {
		d.line("")
	}
	if len(topics) > 0 {
		noun, pronoun := "topics", "them"
		if len(topics) == 1 {
			noun, pronoun = "topic", "it"
		}
		text := "Kept: " + noun + " " + joined(topics)
		if m.Destroy {
			text += "; --delete-topics deletes " + pronoun
		}
		d.line("%s", view.Clean(text))
	}
	if len(others) > 0 {
		d.line("%s", view.Clean("Kept for a way back: "+joined(others)))
	}
}

// at gives a place in a mesh file in short: file and line.
func (d planDrawer) at(s *diag.Span) string {
	if s == nil || s.Start.Line == 0 {
		return ""
	}
	return d.paint(dim, fmt.Sprintf("  (%s:%d)", filepath.ToSlash(fileName(s.File)), s.Start.Line))
}

// allowList writes risks as --allow takes them.
func allowList(kinds []plan.RiskKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ",")
}
