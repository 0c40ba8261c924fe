package manager_test

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// TestBodiesOfEverySize: a body comes back whether it fits into a message with its head,
// only without it, or not at all; also when it was stored anew.
func TestBodiesOfEverySize(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	o := manager.WithParts(p.options(t), 4<<10)
	o.LogRetention = 1 // so that housekeeping stores them anew
	s, id := openWith(t, o), newMesh()
	noise := make([]byte, 8<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	var h record.Head
	texts := map[int64]string{}
	alone := 0
	for size := 1700; size < 2080; size += 20 {
		var err error
		text := hex.EncodeToString(noise[:size])
		if h, err = s.Write(t.Context(), recordtest.Next(id, h, "a"), recordtest.BodyOf(text)); err != nil {
			t.Fatal(err)
		}
		texts[h.Version] = text
		head, err := record.EncodeHead(h)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := record.EncodeBody(recordtest.BodyOf(text)); err != nil {
			t.Fatal(err)
		} else if len(data) <= 4<<10 && len(data)+len(head) > 4<<10 && !strings.Contains(h.Body, ",") {
			alone++
		}
	}
	if alone == 0 {
		t.Error("no body fits into a message without its head alone")
	}
	for _, when := range []string{"as it was written", "stored anew"} {
		heads, err := s.History(t.Context(), id, 0, 100)
		if err != nil || len(heads) != len(texts) {
			t.Fatal(len(heads), err)
		}
		for _, h := range heads {
			if b, err := s.Body(t.Context(), h); err != nil || b.Sources[0].Text != texts[h.Version] {
				t.Errorf("%s: the body of version %d, of %d bytes: %v", when, h.Version, len(texts[h.Version])/2, err)
			}
		}
		if err := s.Housekeep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
