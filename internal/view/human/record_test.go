package human_test

import (
	"testing"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// past are heads of a mesh, the newest first.
func past() []record.Head {
	base := record.Head{Mesh: "public/default/m", Author: "alice@ci-7", Began: began, Ended: began.Add(90 * time.Second), Nodes: []state.Addr{"function/public/default/a"},
		Cluster: plan.Cluster{Name: "standalone", URL: "http://localhost:8080"}}
	with := func(revision, version int64, action record.Action, outcome record.Outcome, change func(*record.Head)) record.Head {
		h := base
		h.Revision, h.Version, h.Action, h.Outcome = revision, version, action, outcome
		if change != nil {
			change(&h)
		}
		return h
	}
	return []record.Head{
		with(9, 5, record.Apply, record.Running, func(h *record.Head) { h.Ended = time.Time{} }),
		with(8, 4, record.Hold, record.Applied, func(h *record.Head) {
			h.Author, h.Hold = "bob\x1b[2J@desk", &record.HoldInfo{By: "bob\x1b[2J@desk", Since: began, Reason: "a freeze"}
		}),
		with(7, 4, record.Rollback, record.Applied, func(h *record.Head) { h.Of = 2; h.Changes = record.Changes{Updated: 1, Deleted: 2} }),
		with(5, 3, record.Apply, record.Failed, func(h *record.Head) {
			h.Error, h.Reason = "create function/public/default/a: no", record.Reason{Text: "faster\nsplit", Commit: "0123456789abcdef", Run: "https://ci.example/1"}
		}),
		with(3, 2, record.Apply, record.Applied, func(h *record.Head) { h.Changes = record.Changes{Created: 2, Replaced: 1} }),
	}
}

func TestHistory(t *testing.T) {
	var records []view.Record
	for _, h := range past() {
		records = append(records, view.NewRecord(h, true))
	}
	doc := view.NewHistory("public/default/m", past()[1].Hold, records, 3, true)
	golden(t, "testdata/record.txtar", "history", human.History(human.Style{}, doc))
	doc.Hold, doc.Next = nil, 0
	golden(t, "testdata/record.txtar", "history to its end", human.History(human.Style{}, doc))
	list := view.NewRecordedList(records[:2])
	golden(t, "testdata/record.txtar", "all on record", human.List(human.Style{}, list))
	marked := view.NewList("public/default", []backend.Summary{{Mesh: "public/default/m", Nodes: []string{"a"}, Generation: 4}, {Mesh: "public/default/n", Nodes: []string{"b"}}}, map[string]view.Record{"public/default/m": records[2]})
	golden(t, "testdata/record.txtar", "marks and records", human.List(human.Style{}, marked))
}

func TestOneVersion(t *testing.T) {
	a := &state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "a", Owner: "public/default/m", Fields: map[string]any{"parallelism": 2.0}}
	b := *a
	b.Fields = map[string]any{"parallelism": 3.0}
	topic := &state.Topic{Name: "persistent://public/default/t", Owner: "public/default/m"}
	body := &record.Body{Sources: []plan.Source{{Name: "m.yaml", Text: "name: m\n"}, {Name: "--set", Text: "x"}}, Desired: []state.Boxed{{Resource: a}, {Resource: topic}}}
	h := past()[3]
	golden(t, "testdata/record.txtar", "one version", human.OneVersion(human.Style{}, view.NewOneVersion(view.NewRecord(h, true), h, body)))
	from, to := view.NewRecord(past()[4], true), view.NewRecord(past()[3], true)
	changes := []diff.Change{
		{Addr: a.Addr(), Action: diff.Update, Why: diff.Differs, Before: a, After: &b, Fields: []diff.FieldChange{{Field: "parallelism", Before: 2.0, After: 3.0}}},
		{Addr: topic.Addr(), Action: diff.NoOp, Why: diff.Retained, Before: topic},
	}
	golden(t, "testdata/record.txtar", "difference", human.VersionDiff(human.Style{}, view.NewVersionDiff(from, to, []view.SourceDiff{{Name: "m.yaml", Diff: "--- a\n+++ b\n@@ -1 +1 @@\n-n: 2\n+n: 3\x1b[2J\n"}}, changes)))
	golden(t, "testdata/record.txtar", "no difference", human.VersionDiff(human.Style{}, view.NewVersionDiff(from, to, nil, nil)))
	golden(t, "testdata/record.txtar", "locked", human.Lock(human.Style{}, view.NewLock("public/default/m", past()[1].Hold, "carol@x (process 1, apply)")))
}
