package manager_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/apache/pulsar-client-go/pulsar/log"
	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// others sends to the records topic what is none of meshc's, by Pulsar's own client.
func (p *place) others(t testing.TB, o pulsar.ProducerOptions, messages ...*pulsar.ProducerMessage) {
	t.Helper()
	c, err := pulsar.NewClient(pulsar.ClientOptions{URL: p.srv.BrokerURL, Logger: log.DefaultNopLogger()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o.Topic = p.topic()
	producer, err := c.CreateProducer(o)
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	for _, m := range messages {
		producer.SendAsync(t.Context(), m, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if err := producer.FlushWithCtx(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// raw sends a message as it is.
func (p *place) raw(t testing.TB, m wire.Message) {
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
	if _, err := producer.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// compact compacts the records topic and waits for the end.
func (p *place) compact(t testing.TB, o manager.Options) {
	t.Helper()
	for {
		if err := o.Client.Compact(t.Context(), o.Topic); err == nil {
			break
		} else if !errors.Is(err, admin.ErrExists) {
			t.Fatal(err)
		}
	}
	for {
		switch st, err := o.Client.Compaction(t.Context(), o.Topic); {
		case err != nil:
			t.Fatal(err)
		case st == admin.CompactionSuccess:
			return
		case st != admin.CompactionRunning:
			t.Fatalf("the compaction is %s", st)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func head(t testing.TB, s record.Store, id mesh.ID) record.Head {
	t.Helper()
	h, err := s.Head(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestGarbage: whatever others put on the topic, records stay and are written.
func TestGarbage(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	s, id := openWith(t, o), newMesh()
	key := id.String()
	good, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), recordtest.BodyOf("name: good"))
	if err != nil {
		t.Fatal(err)
	}
	valid, err := record.EncodeHead(recordtest.Next(id, good, "mallory"))
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", 5<<20-1<<10)
	whole := pulsar.ProducerOptions{DisableBatching: true}
	zipped := pulsar.ProducerOptions{DisableBatching: true, CompressionType: pulsar.ZSTD}
	chunked := pulsar.ProducerOptions{DisableBatching: true, EnableChunking: true}
	for _, c := range []struct {
		name string
		send func()
	}{
		{"no key", func() { p.others(t, whole, &pulsar.ProducerMessage{Payload: valid}) }},
		{"a key that is no mesh", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: "what", Payload: valid}) }},
		{"no JSON", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: key, Payload: []byte("\x00\xff{")}) }},
		{"half a record", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: key, Payload: valid[:len(valid)/2]}) }},
		{"of another program", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: key, Payload: []byte(`{"format":"other/1"}`)}) }},
		{"of another mesh", func() {
			p.others(t, whole, &pulsar.ProducerMessage{Key: key, Payload: []byte(strings.Replace(string(valid), id.Name, "other", 1))})
		}},
		{"5 MB", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: key, Payload: []byte(large)}) }},
		{"8 MB in chunks", func() {
			p.others(t, chunked, &pulsar.ProducerMessage{Key: key, Payload: []byte(large + large[:3<<20])})
		}},
		{"compressed", func() { p.others(t, zipped, &pulsar.ProducerMessage{Key: key, Payload: valid}) }},
		{"a batch", func() {
			p.others(t, pulsar.ProducerOptions{BatchingMaxPublishDelay: time.Second}, &pulsar.ProducerMessage{Key: key, Payload: valid}, &pulsar.ProducerMessage{Key: key, Payload: valid})
		}},
		{"an empty message", func() { p.others(t, whole, &pulsar.ProducerMessage{Key: key}) }},
		{"a tombstone", func() { p.raw(t, wire.Message{Key: key}) }},
	} {
		before := len(problems(s))
		c.send()
		for name, s := range map[string]*manager.Store{"an old store": s, "a new one": p.open(t)} {
			if h := head(t, s, id); h.Author != "a" || h.Revision != 1 {
				t.Errorf("%s: %s has head %+v", c.name, name, h)
			}
		}
		if got := len(problems(s)); got <= before {
			t.Errorf("%s is not reported", c.name)
		}
		// Compaction would keep the garbage alone: who has seen it has written the head again.
		one := p.open(t)
		head(t, one, id)
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		p.compact(t, o)
		other := p.open(t)
		if h := head(t, other, id); h.Author != "a" || h.Revision != 1 {
			t.Errorf("%s: after compaction: head %+v", c.name, h)
		}
		if b, err := other.Body(t.Context(), good); err != nil || b.Sources[0].Text != "name: good" {
			t.Errorf("%s: after compaction: body %+v, %v", c.name, b, err)
		}
	}
	if _, err := p.open(t).Write(t.Context(), recordtest.Next(id, good, "b"), nil); err != nil {
		t.Error(err)
	}
	for _, problem := range problems(s) {
		t.Log(problem)
	}
}

// TestNewerRecordsStay: what a newer version wrote is shown, and is not overwritten.
func TestNewerRecordsStay(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	s, id := p.open(t), newMesh()
	if _, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	p.raw(t, wire.Message{Key: id.String(), Payload: []byte(`{"format":"meshc.record/9","revision":"two"}`)})
	h := head(t, s, id)
	if h.Readable() {
		t.Errorf("%+v", h)
	}
	if _, err := s.Write(t.Context(), recordtest.Next(id, record.Head{Revision: 1, Version: 1}, "b"), nil); !errors.Is(err, record.ErrNewer) {
		t.Errorf("a write over it: %v", err)
	}
	if err := s.Housekeep(t.Context()); err != nil {
		t.Error(err)
	}
	if h := head(t, p.open(t), id); h.Readable() {
		t.Errorf("from a snapshot: %+v", h)
	}
	if list := problems(s); len(list) > 0 {
		t.Errorf("it is no problem: %v", list)
	}
}

// TestHeadsThatGrow: a head of others that is small as it was written, and too large as meshc
// writes it, is no head, and keeps nobody from leaving a snapshot; one of a newer format is
// kept as it is.
func TestHeadsThatGrow(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	s, id, newer := p.open(t), newMesh(), newMesh()
	if _, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("<&>", 200<<10)
	p.raw(t, wire.Message{Key: id.String(), Payload: []byte(`{"format":"meshc.record/1","mesh":"` + id.String() + `","revision":2,"version":2,"action":"apply","author":"` + large + `"}`)})
	p.raw(t, wire.Message{Key: newer.String(), Payload: []byte(`{"format":"meshc.record/9","author":"` + large + `"}`)})
	if h := head(t, s, id); h.Author != "a" {
		t.Errorf("revision %d counts", h.Revision)
	}
	if err := s.Housekeep(t.Context()); err != nil {
		t.Error(err)
	}
	other := p.open(t)
	if h := head(t, other, id); h.Author != "a" || head(t, other, newer).Readable() || len(problems(other)) > 0 {
		t.Errorf("from the snapshot: revision %d, %v", h.Revision, problems(other))
	}
}

// TestABatchForTwo: a batch of others under the names of two meshes takes neither away.
func TestABatchForTwo(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	for name, how := range map[string]pulsar.CompressionType{"plain": pulsar.NoCompression, "compressed": pulsar.ZSTD} {
		s, first, second := openWith(t, o), newMesh(), newMesh()
		for _, id := range []mesh.ID{first, second} {
			if _, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Housekeep(t.Context()); err != nil { // only what is written now needs healing
			t.Fatal(err)
		}
		p.others(t, pulsar.ProducerOptions{BatchingMaxPublishDelay: time.Second, CompressionType: how},
			&pulsar.ProducerMessage{Key: first.String(), Payload: []byte("x")}, &pulsar.ProducerMessage{Key: second.String(), Payload: []byte("y")})
		one := p.open(t)
		head(t, one, first)
		if err := one.Close(); err != nil { // it waits for what goes on beside
			t.Fatal(err)
		}
		p.compact(t, o)
		if err := o.Client.DeleteTopic(t.Context(), o.Topic+"-snapshot", true); err != nil {
			t.Fatal(err)
		}
		other := p.open(t)
		for _, id := range []mesh.ID{first, second} {
			if h, err := other.Head(t.Context(), id); err != nil || h.Author != "a" {
				t.Errorf("%s: %s after compaction: %+v, %v", name, id, h, err)
			}
		}
	}
}

// TestBehindNewerRecords: what is older than a record of a newer version is still there.
func TestBehindNewerRecords(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	s, id := p.open(t), newMesh()
	first, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), recordtest.BodyOf("name: first"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Write(t.Context(), recordtest.Next(id, first, "a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a format that says where it goes on": `"revision":3,"version":3,"before":"` + second.Before + `"`,
		"the place alone":                     `"before":"` + second.Before + `"`,
	} {
		p.raw(t, wire.Message{Key: id.String(), Payload: []byte(`{"format":"meshc.record/9","mesh":"` + id.String() + `",` + text + `}`)})
		got, err := p.open(t).History(t.Context(), id, 0, 10)
		if err != nil || got[0].Readable() || got[len(got)-1].Revision != 1 && name != "the place alone" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestForgotten: a mesh that is gone can be forgotten, also by those who start from a snapshot.
func TestForgotten(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := p.options(t)
	s, id, stays := openWith(t, o), newMesh(), newMesh()
	h, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(t.Context(), recordtest.Next(stays, record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), id); !errors.Is(err, manager.ErrLive) {
		t.Errorf("a live mesh: %v", err)
	}
	next := recordtest.Next(id, h, "a")
	next.Action = record.Destroy
	if _, err := s.Write(t.Context(), next, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Housekeep(t.Context()); err != nil { // it has been gone since 2023
		t.Fatal(err)
	}
	p.compact(t, o)
	for name, s := range map[string]*manager.Store{"who forgot": s, "a new one": p.open(t)} {
		if _, err := s.Head(t.Context(), id); !errors.Is(err, record.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
		if head(t, s, stays).Version != 1 {
			t.Errorf("%s has forgotten the other", name)
		}
	}
	if h, err = p.open(t).Write(t.Context(), recordtest.Next(id, record.Head{}, "b"), nil); err != nil || h.Version != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	if h := head(t, s, id); h.Author != "b" {
		t.Errorf("%+v", h)
	}
	if err := s.Forget(t.Context(), newMesh()); !errors.Is(err, record.ErrNone) {
		t.Errorf("an unknown mesh: %v", err)
	}
}

// TestForgottenIsTold: watchers hear that a mesh is forgotten, and then of it as of a new one.
func TestForgottenIsTold(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	s, other, id := p.open(t), p.open(t), newMesh()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done, told := make(chan struct{}), make(chan error, 1), make(chan string, 100)
	go func() {
		done <- s.Watch(ctx, func() { close(ready) }, func(h record.Head) {
			told <- fmt.Sprint(h.Action, " ", h.Revision)
		})
	}()
	<-ready
	round := func() {
		t.Helper()
		h, err := other.Write(t.Context(), recordtest.Next(id, record.Head{}, "a"), nil)
		if err != nil {
			t.Fatal(err)
		}
		next := recordtest.Next(id, h, "a")
		next.Action = record.Destroy
		if _, err := other.Write(t.Context(), next, nil); err != nil {
			t.Fatal(err)
		}
		if err := other.Forget(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	round()
	round()
	last, err := other.Write(t.Context(), recordtest.Next(id, record.Head{}, "b"), nil)
	if err != nil {
		t.Fatal(err)
	}
	// A late message has everything read again: what was told is not told once more.
	late, err := record.EncodeHead(recordtest.Next(id, record.Head{}, "mallory"))
	if err != nil {
		t.Fatal(err)
	}
	p.raw(t, wire.Message{Key: id.String(), Payload: late})
	if h := head(t, s, id); h.Author != "b" {
		t.Errorf("%+v", h)
	}
	if _, err := other.Write(t.Context(), recordtest.Next(id, last, "c"), nil); err != nil {
		t.Fatal(err)
	}
	head(t, s, id)
	want := []string{"apply 1", "destroy 2", "forget 2", "apply 1", "destroy 2", "forget 2", "apply 1", "apply 2"}
	var got []string
	for range want {
		got = append(got, <-told)
	}
	if d := cmp.Diff(want, got); d != "" || len(told) > 0 {
		t.Errorf("%d more (-want +got):\n%s", len(told), d)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// problems are what a store has skipped, the newest of it.
func problems(s *manager.Store) []record.Problem {
	_, newest := s.Problems()
	return newest
}
