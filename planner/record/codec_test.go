package record_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

var head = record.Head{Format: record.Format, Mesh: "a/b/c", Revision: 3, Version: 2, Action: record.Apply, Outcome: record.Applied, Author: "x@y",
	Began: time.Unix(1, 0).UTC(), Ended: time.Unix(2, 0).UTC(), Reason: record.Reason{Commit: "abc"}}

func TestHeadsComeBack(t *testing.T) {
	data, err := record.EncodeHead(head)
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.DecodeHead("a/b/c", data)
	if err != nil || !reflect.DeepEqual(got, head) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := record.DecodeHead("a/b/other", data); err == nil {
		t.Error("a head under the key of another mesh is taken")
	}
}

// TestNewerHeadsStay: what a newer version wrote is carried on byte for byte, and
// nothing is written over it.
func TestNewerHeadsStay(t *testing.T) {
	text := `{"format":"meshc.record/9","mesh":{"of":"another shape"},"revision":"x"}`
	h, err := record.DecodeHead("a/b/c", []byte(text))
	if err != nil || h.Readable() || h.Mesh != "a/b/c" {
		t.Fatalf("%+v, %v", h, err)
	}
	if data, err := record.EncodeHead(h); err != nil || string(data) != text {
		t.Errorf("%s, %v", data, err)
	}
	if err := record.Check(h, record.Head{Mesh: "a/b/c", Revision: 1}); !errors.Is(err, record.ErrNewer) {
		t.Errorf("a write over it: %v", err)
	}
}

func TestOldFieldsMayBeAdded(t *testing.T) {
	data := `{"format":"` + record.Format + `","mesh":"a/b/c","revision":1,"version":1,"action":"apply","outcome":"applied","began":"2026-01-02T03:04:05Z","newField":[1]}`
	if h, err := record.DecodeHead("a/b/c", []byte(data)); err != nil || h.Version != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestPlansComeBack: a change that several steps share is stored once, and is one again.
func TestPlansComeBack(t *testing.T) {
	one := &diff.Change{Addr: "topic/a", Action: diff.Create, After: &state.Topic{Name: "a"}}
	other := &diff.Change{Addr: "topic/a", Action: diff.Delete, Before: &state.Topic{Name: "a"}}
	second := &diff.Change{Addr: "topic/b", Action: diff.Create, After: &state.Topic{Name: "b"}}
	p := &plan.Plan{Format: plan.Format, Steps: []plan.Step{
		{ID: "1", Addr: "topic/a", Change: one}, {ID: "2", Addr: "topic/b", Change: second}, {ID: "3", Addr: "topic/a", Change: one},
		{ID: "4", Addr: "topic/a", Change: other}, {ID: "5", Addr: "topic/a", Change: one},
	}}
	data, err := record.EncodeBody(&record.Body{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	b, err := record.DecodeBody(data)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p.Steps, b.Plan.Steps); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if b.Plan.Steps[0].Change != b.Plan.Steps[2].Change || p.Steps[2].Change == nil {
		t.Error("a shared change is not shared")
	}
	p.Steps[0].Change, p.Steps[2].Change = nil, nil
	if data, err = record.EncodeBody(&record.Body{Plan: p}); err != nil {
		t.Fatal(err)
	}
	if _, err := record.DecodeBody(data); err == nil {
		t.Error("a step without a change is taken")
	}
}

func TestBombs(t *testing.T) {
	data, err := record.EncodeBody(&record.Body{Sources: []plan.Source{{Text: strings.Repeat("a", record.MaxBody-200)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record.DecodeBody(data); err != nil {
		t.Errorf("the largest body of %d bytes: %v", len(data), err)
	}
	if _, err := record.DecodeBody(data[:len(data)/2]); err == nil {
		t.Error("half a body is taken")
	}
}

// FuzzHead: any bytes give a head of the key or an error, and a head is written as it was read.
func FuzzHead(f *testing.F) {
	data, err := record.EncodeHead(head)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format":"meshc.record/2"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := record.DecodeHead("a/b/c", data)
		if err != nil {
			return
		}
		if h.Mesh != "a/b/c" {
			t.Errorf("mesh %q", h.Mesh)
		}
		again, err := record.EncodeHead(h)
		if err != nil {
			return // years that JSON does not write
		}
		if g, err := record.DecodeHead("a/b/c", again); err != nil || g.Revision != h.Revision {
			t.Errorf("%s came back as %+v, %v", again, g, err)
		}
	})
}

// FuzzBody: any bytes give a body or an error, in bounded memory.
func FuzzBody(f *testing.F) {
	data, err := record.EncodeBody(&record.Body{Sources: []plan.Source{{Name: "m", Text: "name: x"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := record.DecodeBody(data); err == nil && b == nil {
			t.Error("neither a body nor an error")
		}
	})
}
