package manager_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
	"github.com/meshc/meshc/planner/state"
)

// TestVersionsAreStoredAnew: housekeeping moves the last versions of a mesh to the end of
// the log; nobody sees a difference but in their places.
func TestVersionsAreStoredAnew(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := manager.WithParts(p.options(t), 4<<10)
	watcher := openWith(t, o)
	id := newMesh()
	var h record.Head
	text := func(version int64) string {
		if version == 2 { // larger than a message
			out := make([]byte, 20<<10)
			for i := range out {
				out[i] = byte(' ' + (i*i*7+i/3*31)%90)
			}
			return string(out)
		}
		return fmt.Sprint("name: v", version)
	}
	const versions = record.DefaultKeep + 3
	for version := int64(1); version <= versions; version++ {
		var err error
		next := recordtest.Next(id, h, "a")
		next.Nodes = []state.Addr{"function/public/default/a"}
		if h, err = watcher.Write(t.Context(), next, recordtest.BodyOf(text(version))); err != nil {
			t.Fatal(err)
		}
		// A lock and its end are no versions, and have the version's body.
		for _, action := range []record.Action{record.Hold, record.Unhold} {
			lock := h
			lock.Revision, lock.Action = h.Revision+1, action
			if h, err = watcher.Write(t.Context(), lock, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, err := watcher.History(t.Context(), id, 0, 100)
	if err != nil || len(want) != 3*versions {
		t.Fatal(len(want), err)
	}
	o.LogRetention = 1
	keeper := openWith(t, o)
	if err := keeper.Housekeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*manager.Store{"who kept house": keeper, "another": watcher, "a new one": p.open(t)} {
		got, err := s.History(t.Context(), id, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(record.Head{}), cmpopts.IgnoreFields(record.Head{}, "Body", "Before")); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		for i, h := range got {
			if moved := h.Body != want[i].Body; moved != (i < 3*record.DefaultKeep) {
				t.Errorf("%s: the body of version %d has moved: %t", name, h.Version, moved)
			}
			if b, err := s.Body(t.Context(), h); err != nil || b.Sources[0].Text != text(h.Version) {
				t.Errorf("%s: body of version %d: %v", name, h.Version, err)
			}
		}
		if list := problems(s); len(list) > 0 {
			t.Errorf("%s: %v", name, list)
		}
	}
	if h, err = watcher.Write(t.Context(), recordtest.Next(id, h, "b"), nil); err != nil || h.Version != versions+1 {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestASnapshotInParts: an index may be larger than a message.
func TestASnapshotInParts(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := manager.WithParts(p.options(t), 2<<10)
	s := openWith(t, o)
	const meshes = 40
	for range meshes {
		next := recordtest.Next(newMesh(), record.Head{}, fmt.Sprint(rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()))
		if _, err := s.Write(t.Context(), next, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Housekeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, err := s.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := p.open(t)
	got, err := other.Heads(t.Context())
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(record.Head{})); err != nil || d != "" || len(got) != meshes || len(problems(other)) > 0 {
		t.Errorf("%v, problems %v (-want +got):\n%s", err, problems(other), d)
	}
}

// TestWhoReadsMuchLeavesASnapshot: those who come later need not read as much.
func TestWhoReadsMuchLeavesASnapshot(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	if err := openWith(t, o).Close(); err != nil {
		t.Fatal(err)
	}
	p.fill(t, 10, 600)
	s := openWith(t, o)
	if _, err := s.Heads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // it waits for what goes on beside
		t.Fatal(err)
	}
	last, err := o.Client.TopicPositions(t.Context(), o.Topic+"-snapshot")
	if err != nil || last[0].Last.Entry != 0 {
		t.Errorf("the snapshot topic ends at %v, %v", last, err)
	}
	if got, err := p.open(t).Heads(t.Context()); err != nil || len(got) != 10 || got[0].Version != 60 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestTopicsOfOthers: topics that an administrator made are prepared by the first write.
func TestTopicsOfOthers(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	for _, suffix := range []string{"", "-log", "-snapshot"} {
		if err := o.Client.CreateTopic(t.Context(), o.Topic+suffix, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	s := openWith(t, o)
	if _, err := s.Write(t.Context(), recordtest.Next(newMesh(), record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	stats, err := o.Client.TopicStats(t.Context(), o.Topic)
	if _, there := stats.Subscriptions["__compaction"]; err != nil || !there {
		t.Errorf("no cursor of compactions: %v, %v", stats.Subscriptions, err)
	}
	if r, err := o.Client.TopicRetention(t.Context(), o.Topic+"-log", false); err != nil || r == nil || r.Minutes != 365*24*60 {
		t.Errorf("retention of the log: %+v, %v", r, err)
	}
	// Brokers do not let go of a topic whose compaction has begun and not ended.
	p.compact(t, o)
	if list := problems(s); len(list) > 0 {
		t.Error(list)
	}
}
