package human

import (
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/record"
)

// moment writes a time in UTC, as runs meet from many places.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// changed counts components by what happened to them, by the signs of plans.
func changed(c record.Changes) string {
	var parts []string
	for _, p := range []struct {
		sign string
		n    int
	}{{"+", c.Created}, {"~", c.Updated}, {"-/+", c.Replaced}, {"-", c.Deleted}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", p.sign, p.n))
		}
	}
	return strings.Join(parts, " ")
}

// outcomes are the colours of how runs ended.
var outcomes = map[record.Outcome]string{
	record.Failed: red, record.Interrupted: yellow, record.RolledBack: yellow, view.NotEnded: red, record.Running: dim,
}

// History draws the past of a mesh, the newest first.
func History(s Style, doc view.History) string {
	if len(doc.Records) == 0 {
		return "Nothing is on record of " + view.Clean(doc.Mesh) + ".\n"
	}
	t := table{Style: s}
	t.head("VERSION", "WHEN (UTC)", "TOOK", "WHO", "ACTION", "OUTCOME", "CHANGES", "REASON")
	for _, r := range doc.Records {
		if r.Newer {
			t.row("?", "", "", "", "written by a newer version of meshc", "", "", "")
			continue
		}
		if r.IsLock() {
			why := ""
			if r.Hold != nil && r.Action == record.Hold {
				why = r.Hold.Reason
			}
			t.row("", moment(r.Began), "", r.Author, string(r.Action), "", "", why)
			t.mark(dim)
			continue
		}
		action, lasted := string(r.Action), ""
		if r.Of > 0 {
			action += fmt.Sprintf(" to %d", r.Of)
		}
		if !r.Ended.IsZero() {
			lasted = took(r.TookSeconds)
		}
		t.row(fmt.Sprint(r.Version), moment(r.Began), lasted, r.Author, action, string(r.Outcome), changed(r.Changes), reason(r.Reason))
		if color := outcomes[r.Outcome]; color != "" {
			t.mark(color)
		}
	}
	out := t.String()
	if doc.Hold != nil {
		out += "\n" + hold(s, *doc.Hold)
	}
	switch {
	case doc.Next > 0:
		out += fmt.Sprintf("\nOlder ones: meshc history %s --before %d\n", view.Clean(doc.Mesh), doc.Next)
	case doc.Gone:
		out += "\nOlder ones are not kept any more.\n"
	}
	return out
}

// reason is in one line what its author said, and the commit.
func reason(r record.Reason) string {
	text := strings.Join(strings.Fields(r.Text), " ")
	if r.Commit == "" {
		return text
	}
	short := r.Commit
	if len(short) > 12 {
		short = short[:12]
	}
	if text == "" {
		return short
	}
	return text + " (" + short + ")"
}

// hold says in a line who holds a mesh.
func hold(s Style, h record.HoldInfo) string {
	text := "Locked by " + view.Clean(h.By) + " since " + moment(h.Since) + " UTC"
	if h.Reason != "" {
		text += ": " + view.Clean(h.Reason)
	}
	return s.paint(yellow, text) + "\n"
}

// OneVersion draws a version with what it was made of.
func OneVersion(s Style, doc view.OneVersion) string {
	var b strings.Builder
	r := doc.Record
	fmt.Fprintf(&b, "%s on %s\n", s.paint(bold, fmt.Sprintf("Version %d of mesh %s", r.Version, view.Clean(r.Mesh))), clusterName(r.Cluster))
	action := string(r.Action)
	if r.Of > 0 {
		action += fmt.Sprintf(" to %d", r.Of)
	}
	lines := [][2]string{
		{"action", action}, {"outcome", string(r.Outcome)}, {"error", r.Error}, {"by", r.Author}, {"began", moment(r.Began) + " UTC"},
		{"took", ""}, {"changes", changed(r.Changes)}, {"reason", r.Reason.Text}, {"commit", r.Reason.Commit}, {"run", r.Reason.Run},
	}
	if !r.Ended.IsZero() {
		lines[5][1] = took(r.TookSeconds)
	}
	for _, l := range lines {
		if l[1] != "" {
			fmt.Fprintf(&b, "  %s: %s\n", l[0], view.Clean(l[1]))
		}
	}
	if r.Action == record.Destroy || r.Action == record.Move {
		return b.String()
	}
	meshBody(&b, s, doc.AsMesh())
	if len(doc.Sources) > 0 {
		var names []string
		for _, source := range doc.Sources {
			names = append(names, view.Clean(source.Name))
		}
		fmt.Fprintf(&b, "\nMade of %s; -o yaml prints the mesh file, -o json all.\n", strings.Join(names, ", "))
	}
	return b.String()
}

// VersionDiff draws what differs between two versions.
func VersionDiff(s Style, doc view.VersionDiff) string {
	if doc.Same {
		return fmt.Sprintf("Versions %d and %d of %s are the same.\n", doc.From.Version, doc.To.Version, view.Clean(doc.Mesh))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.paint(bold, fmt.Sprintf("Mesh %s from version %d to %d", view.Clean(doc.Mesh), doc.From.Version, doc.To.Version)))
	d := planDrawer{s, &b}
	for i, c := range doc.Changes {
		if i == 0 || !compact(c) || !compact(doc.Changes[i-1]) || c.Addr.Kind() != doc.Changes[i-1].Addr.Kind() {
			d.line("")
		}
		d.change(c)
	}
	if len(doc.Changes) == 0 {
		d.line("\nThe same is deployed; only the texts differ.")
	}
	for _, source := range doc.Sources {
		d.line("")
		for line := range strings.Lines(view.CleanText(source.Diff)) {
			color := ""
			switch line[0] {
			case '-':
				color = red
			case '+':
				color = green
			case '@':
				color = dim
			}
			text := strings.TrimRight(line, "\n")
			if color != "" {
				text = s.paint(color, text)
			}
			d.line("%s", text)
		}
	}
	return b.String()
}

// Lock says who holds a mesh.
func Lock(s Style, doc view.Lock) string {
	text := ""
	if doc.Evicted != "" {
		text = "Took the lock from the run of " + view.Clean(doc.Evicted) + "; it starts nothing more.\n"
	}
	if doc.Hold == nil {
		return text + view.Clean(doc.Mesh) + " is open to all.\n"
	}
	return text + view.Clean(doc.Mesh) + ": " + hold(s, *doc.Hold)
}
