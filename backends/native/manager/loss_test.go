package manager_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// TestATopicThatLostItsEnd: what the topic says counts, for those as well who know more from before.
func TestATopicThatLostItsEnd(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	s, id := openWith(t, o), newMesh()
	var h, second record.Head
	var err error
	for range 3 {
		if h, err = s.Write(t.Context(), recordtest.Next(id, h, "lost"), nil); err != nil {
			t.Fatal(err)
		}
		if h.Revision == 2 {
			second = h
		}
	}
	if err := s.Housekeep(t.Context()); err != nil { // the snapshot has the third
		t.Fatal(err)
	}
	// The records are made anew, up to the second.
	if err := o.Client.DeleteTopic(t.Context(), o.Topic, true); err != nil {
		t.Fatal(err)
	}
	if err := o.Client.CreateTopic(t.Context(), o.Topic, 0, nil); err != nil {
		t.Fatal(err)
	}
	data, err := record.EncodeHead(second)
	if err != nil {
		t.Fatal(err)
	}
	p.raw(t, wire.Message{Key: id.String(), Payload: data, Properties: map[string]string{"meshc-write": "second"}})
	for name, s := range map[string]*manager.Store{"who was there": s, "who has the snapshot": p.open(t)} {
		if h := head(t, s, id); h.Revision != 2 {
			t.Errorf("%s has revision %d", name, h.Revision)
		}
	}
	third, err := p.open(t).Write(t.Context(), recordtest.Next(id, second, "again"), nil)
	if err != nil || third.Revision != 3 {
		t.Fatal(third, err)
	}
	if h := head(t, s, id); h.Author != "again" {
		t.Errorf("%+v", h)
	}
	t.Log(problems(s))
}

// TestASnapshotThatIsNone: a start does without.
func TestASnapshotThatIsNone(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	s, id := p.open(t), newMesh()
	if _, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{"", "garbage", "\x28\xb5\x2f\xfd"} {
		snapshots := &place{srv: p.srv, namespace: p.namespace, suffix: "-snapshot"}
		snapshots.raw(t, wire.Message{Payload: []byte(payload)})
		other := p.open(t)
		if h := head(t, other, id); h.Author != "a" {
			t.Errorf("%q: %+v", payload, h)
		}
		if len(problems(other)) != 1 {
			t.Errorf("%q: problems %v", payload, problems(other))
		}
	}
	if err := s.Housekeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if other := p.open(t); head(t, other, id).Author != "a" || len(problems(other)) > 0 {
		t.Errorf("after housekeeping: %v", problems(other))
	}
}

// ledgers is how many ledgers the records topic has.
func (p *place) ledgers(t testing.TB) int {
	t.Helper()
	resp, err := http.Get(p.srv.AdminURL + "/admin/v2/" + strings.Replace(p.topic(), "://", "/", 1) + "/internalStats")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var stats struct{ Ledgers []struct{ LedgerID int64 } }
	if err := json.NewDecoder(resp.Body).Decode(&stats); err != nil {
		t.Fatal(err)
	}
	return len(stats.Ledgers)
}

// TestBodiesOutliveTheLog: the log gives up what is old; the last versions of a mesh stay
// where somebody keeps house, and their history with them. It waits for a broker whose
// shortest retention is a minute.
func TestBodiesOutliveTheLog(t *testing.T) {
	t.Parallel() // it has a server of its own
	srv := pulsartest.Start(t, pulsar.Options{Conf: map[string]string{
		"managedLedgerMaxEntriesPerLedger": "5", "managedLedgerMinLedgerRolloverTimeMinutes": "0", "retentionCheckIntervalInSeconds": "1",
	}})
	kept, left := newPlace(t, srv), newPlace(t, srv)
	left.suffix = "-left"
	id := newMesh()
	var heads []record.Head
	open := func(p *place) *manager.Store {
		o := p.options(t)
		o.LogRetention = time.Minute
		return openWith(t, o)
	}
	stores := map[*place]*manager.Store{kept: open(kept), left: open(left)}
	for _, s := range stores {
		var h record.Head
		for range 3 {
			var err error
			if h, err = s.Write(t.Context(), recordtest.Next(id, h, "a"), recordtest.BodyOf("name: x")); err != nil {
				t.Fatal(err)
			}
			heads = append(heads, h)
		}
	}
	other := newMesh()
	var noise [2]record.Head
	begin := time.Now()
	for gone := false; !gone; time.Sleep(time.Second) {
		for i, p := range []*place{kept, left} {
			// Ledgers are closed by what is written.
			h, err := stores[p].Write(t.Context(), recordtest.Next(other, noise[i], "b"), nil)
			if err != nil {
				t.Fatal(err)
			}
			noise[i] = h
		}
		if err := stores[kept].Housekeep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := stores[left].Body(t.Context(), head(t, stores[left], id))
		gone = errors.Is(err, record.ErrGone)
		if err != nil && !gone || time.Since(begin) > 5*time.Minute {
			t.Fatalf("after %v: %v", time.Since(begin), err)
		}
	}
	t.Logf("without housekeeping the body was gone after %v", time.Since(begin))
	if got, err := left.open(t).History(t.Context(), id, 0, 10); err != nil || len(got) != 1 || got[0].Before == "" {
		t.Errorf("without housekeeping: history %v, %v", got, err)
	}
	// The records topic gives up what is compacted, although there are readers.
	o := kept.options(t)
	if err := o.Client.SetTopicRetention(t.Context(), o.Topic, admin.Retention{}); err != nil {
		t.Fatal(err)
	}
	kept.compact(t, o)
	for begin := time.Now(); ; time.Sleep(time.Second) {
		n := kept.ledgers(t)
		if n <= 2 {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("it keeps %d ledgers", n)
		}
	}
	for name, s := range map[string]*manager.Store{"who kept house": stores[kept], "a new one": kept.open(t)} {
		got, err := s.History(t.Context(), id, 0, 10)
		if err != nil || len(got) != 3 {
			t.Fatalf("%s: history %v, %v", name, got, err)
		}
		for i, h := range got {
			if h.Version != int64(3-i) || h.Body == heads[2-i].Body {
				t.Errorf("%s: version %d at %s", name, h.Version, h.Body)
			}
			if b, err := s.Body(t.Context(), h); err != nil || b.Sources[0].Text != "name: x" {
				t.Errorf("%s: body of version %d: %v, %v", name, h.Version, b, err)
			}
		}
	}
}
