package human

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// List draws the meshes of a namespace.
func List(s Style, doc view.List) string {
	if len(doc.Meshes) == 0 && doc.Namespace == "" {
		return "No meshes are on record.\n"
	}
	if len(doc.Meshes) == 0 {
		return "No meshes in " + view.Clean(doc.Namespace) + ".\n"
	}
	t := table{Style: s}
	titles := []string{"MESH", "NODES"}
	if doc.Namespace != "" {
		titles = append(titles, "WRITES")
	}
	if doc.Recorded {
		titles = append(titles, "VERSION", "LAST", "WHEN (UTC)", "WHO")
	}
	t.head(titles...)
	for _, m := range doc.Meshes {
		cells := []string{m.Mesh, strings.Join(m.Nodes, ", ")}
		if doc.Namespace != "" {
			cells = append(cells, fmt.Sprint(m.Generation))
		}
		if r := m.Record; r != nil {
			cells = append(cells, fmt.Sprint(r.Version), last(*r), moment(r.Began), r.Author)
		}
		t.row(cells...)
		if r := m.Record; r != nil && r.Hold != nil {
			t.mark(yellow)
		} else if r != nil && outcomes[r.Outcome] != "" {
			t.mark(outcomes[r.Outcome])
		}
	}
	return t.String()
}

// last says in few words what is the newest on record of a mesh.
func last(r view.Record) string {
	switch {
	case r.Newer:
		return "by a newer meshc"
	case r.Hold != nil:
		return "locked by " + r.Hold.By
	case !r.Live:
		return "taken down"
	case r.Action == record.Unhold:
		return string(r.Outcome)
	case r.Action == record.Apply:
		return string(r.Outcome)
	}
	return string(r.Action) + " " + string(r.Outcome)
}

// Meshes draws meshes as the cluster has them.
func Meshes(s Style, doc view.Meshes) string {
	var parts []string
	for _, m := range doc.Meshes {
		parts = append(parts, oneMesh(s, m))
	}
	return strings.Join(parts, "\n")
}

func oneMesh(s Style, doc view.Mesh) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s\n", s.paint(bold, "Mesh "+view.Clean(doc.Mesh)), clusterName(doc.Cluster))
	if len(doc.Components())+len(doc.Missing)+len(doc.Topics)+len(doc.Subscriptions) == 0 {
		b.WriteString("\nNothing of this mesh is in the cluster.\n")
		return b.String()
	}
	meshBody(&b, s, doc)
	return b.String()
}

// meshBody draws the nodes of a mesh, its topics and its subscriptions.
func meshBody(b *strings.Builder, s Style, doc view.Mesh) {
	for _, f := range doc.Components() {
		fmt.Fprintf(b, "\n%s\n", s.paint(bold, string(f.Kind)+" "+view.Clean(f.FullName())))
		for _, x := range view.ComponentFields(f) {
			fmt.Fprintf(b, "  %s: %s\n", view.Clean(x.Field), view.Value(x.After))
		}
	}
	for _, name := range doc.Missing {
		fmt.Fprintf(b, "\n%s\n", s.paint(red, view.Clean(name)+": in the mesh file, not in the cluster"))
	}
	if len(doc.Topics) > 0 {
		b.WriteString("\n")
	}
	for _, t := range doc.Topics {
		b.WriteString("topic " + view.Clean(view.ShortTopic(t.Name)))
		if t.Partitions > 0 {
			b.WriteString(", " + count(t.Partitions, "partition"))
		}
		b.WriteString("\n")
	}
	if len(doc.Subscriptions) > 0 {
		b.WriteString("\n")
	}
	for _, sub := range doc.Subscriptions {
		b.WriteString(view.Clean(view.Name(state.SubscriptionAddr(sub.Topic, sub.Name))))
		if sub.Backlog+sub.Unacked > 0 {
			b.WriteString(", " + count(sub.Backlog, "message") + " waiting, " + grouped(sub.Unacked) + " unacknowledged")
		}
		b.WriteString("\n")
	}
}

// Status draws how meshes are doing: a line for each function, then what is wrong.
func Status(s Style, doc view.Status) string {
	var parts []string
	for _, m := range doc.Meshes {
		title := ""
		if len(doc.Meshes) > 1 {
			title = s.paint(bold, "Mesh "+view.Clean(m.Mesh)) + "\n"
		}
		parts = append(parts, title+oneStatus(s, m))
	}
	return strings.Join(parts, "\n")
}

func oneStatus(s Style, doc view.MeshStatus) string {
	if len(doc.Nodes)+len(doc.Missing) == 0 {
		return "No node of " + view.Clean(doc.Mesh) + " is in the cluster.\n"
	}
	t := table{Style: s}
	t.head("NODE", "RUNNING", "RESTARTS", "RECEIVED", "PROCESSED", "EXCEPTIONS", "BACKLOG", "IN/S", "OUT/S")
	var trouble strings.Builder
	for _, h := range doc.Nodes {
		var sum backend.Instance
		for _, i := range h.Instances {
			sum.Restarts += i.Restarts
			sum.Received += i.Received
			sum.Processed += i.Processed
			sum.UserErrors += i.UserErrors + i.SystemErrors
			trouble.WriteString(instanceTrouble(s, h, i))
		}
		t.row(nodeName(h.Addr), fmt.Sprintf("%d/%d", h.Running, h.Wanted), grouped(sum.Restarts), grouped(sum.Received),
			grouped(sum.Processed), grouped(sum.UserErrors), grouped(h.Backlog+h.Unacked), rate(h.RateIn), rate(h.RateOut))
		if h.Running < h.Wanted {
			t.mark(red)
		}
	}
	for _, name := range doc.Missing {
		t.row(name, "missing", "", "", "", "", "", "", "")
		t.mark(red)
	}
	out := t.String()
	if trouble.Len() > 0 {
		out += "\n" + trouble.String()
	}
	if doc.Record != nil && doc.Record.Hold != nil {
		out += "\n" + hold(s, *doc.Record.Hold)
	}
	return out
}

// rate is messages a second in few digits.
func rate(r float64) string {
	switch {
	case r == 0:
		return "0"
	case r < 0.1:
		return "<0.1"
	case r < 10:
		return fmt.Sprintf("%.1f", r)
	}
	return grouped(int64(r + 0.5))
}

func instanceTrouble(s Style, h backend.Health, i backend.Instance) string {
	if i.Error == "" && i.LastError == "" {
		return ""
	}
	title := fmt.Sprintf("%s, instance %d", view.Clean(view.ShortName(h.Addr)), i.ID)
	if i.Worker != "" {
		title += " on " + view.Clean(i.Worker)
	}
	text := s.paint(bold, title) + "\n"
	if i.Error != "" {
		text += indent("  ", view.CleanText(i.Error)) + "\n"
	}
	if i.Unstarted {
		text += "  Pulsar does not try again; meshc apply starts it.\n"
	}
	if i.LastError != "" && i.LastError != i.Error {
		text += indent("  ", "last exception: "+view.CleanText(i.LastError)) + "\n"
	}
	return text
}

// nodeName is a node's own name, with its kind where that is no function.
func nodeName(addr state.Addr) string {
	name := view.ShortName(addr)
	if kind := addr.Kind(); kind != state.KindFunction {
		name += " (" + string(kind) + ")"
	}
	return name
}
