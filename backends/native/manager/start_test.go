package manager_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
	"github.com/meshc/meshc/planner/state"
)

// fill writes records of meshes as fast as the broker takes them, round by round; each
// has ten components.
func (p *place) fill(t testing.TB, meshes, records int) {
	t.Helper()
	c, err := wire.Dial(t.Context(), wire.Target{Address: strings.TrimPrefix(p.srv.BrokerURL, "pulsar://")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	producer, err := c.Produce(t.Context(), p.topic(), wire.Waiting, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sent []*wire.Receipt
	for i := range records {
		id := mesh.ID{Tenant: "public", Namespace: "default", Name: fmt.Sprint("filled-", i%meshes)}
		past := int64(i / meshes)
		h := recordtest.Next(id, record.Head{Revision: past, Version: past}, "alice@ci")
		for n := range 10 {
			h.Nodes = append(h.Nodes, state.Addr(fmt.Sprintf("function.public/default/%s-node-%d", id.Name, n)))
		}
		data, err := record.EncodeHead(h)
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, producer.Begin(wire.Message{Key: id.String(), Payload: data, Properties: map[string]string{"meshc-write": fmt.Sprint("filled-", i), "meshc-kept": fmt.Sprint(time.Now().Unix())}}))
		if len(sent) == 500 {
			if _, err := sent[0].Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent = sent[1:]
		}
	}
	for _, r := range sent {
		if _, err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStart: a start does not depend on how much has happened, before compaction has
// run and after.
func TestStart(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	if err := openWith(t, o).Close(); err != nil { // makes the topics
		t.Fatal(err)
	}
	const live = 100
	past := int(times(1500))
	begin := time.Now()
	p.fill(t, live, live+past)
	t.Logf("%d records written within %v", live+past, time.Since(begin))
	begun := func(what string) ([]record.Head, time.Duration) {
		t.Helper()
		best := time.Hour
		var heads []record.Head
		for range 3 {
			begin := time.Now()
			s := openWith(t, o)
			var err error
			if heads, err = s.Heads(t.Context()); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(begin))
			if list := problems(s); len(list) > 0 {
				t.Errorf("%s: problems %v", what, list)
			}
			if what == replay {
				break // its end is the first snapshot
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: %v", what, best)
		return heads, best
	}
	want, slow := begun(replay)
	if len(want) != live || want[7].Version != int64((live+past)/live) {
		t.Fatalf("%d heads, one at version %d", len(want), want[7].Version)
	}
	same := func(what string, got []record.Head) {
		t.Helper()
		if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(record.Head{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
	keeper := openWith(t, o)
	if err := keeper.Housekeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, quick := begun("from a snapshot")
	same("from a snapshot", before)
	p.compact(t, o)
	after, compacted := begun("from a snapshot, after compaction")
	same("after compaction", after)
	if err := o.Client.DeleteTopic(t.Context(), o.Topic+"-snapshot", true); err != nil {
		t.Fatal(err)
	}
	bare, _ := begun("after compaction, without a snapshot")
	same("without a snapshot", bare)
	if past >= 100_000 {
		if quick > time.Second || compacted > time.Second {
			t.Errorf("a start takes %v and %v", quick, compacted)
		}
		if quick*5 > slow {
			t.Errorf("a start from a snapshot takes %v, to read it all again %v", quick, slow)
		}
	}
}

const replay = "to read it all"

// TestMuchSinceTheSnapshot: a start does not hang where more has been written since the
// newest snapshot than is read ahead.
func TestMuchSinceTheSnapshot(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	if err := openWith(t, o).Close(); err != nil { // makes the topics
		t.Fatal(err)
	}
	p.fill(t, 10, 20)
	keeper := openWith(t, o)
	if err := keeper.Housekeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := keeper.Close(); err != nil {
		t.Fatal(err)
	}
	const meshes = 500
	p.fill(t, meshes, meshes)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := manager.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if heads, err := s.Heads(ctx); err != nil || len(heads) != meshes {
		t.Errorf("%d heads, %v", len(heads), err)
	}
}
