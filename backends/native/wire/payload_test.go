package wire

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMessagesComeBack(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_123)
	for _, m := range []Message{
		{Key: "a/b/c", Properties: map[string]string{"k": "v", "empty": "", "z": "ü"}, Payload: []byte("text")},
		{Key: "a/b/c"},
		{Payload: []byte{0}},
	} {
		var r Received
		r.open(m.payload("p", 7, now))
		if d := cmp.Diff(m, r.Message); d != "" || r.Damaged != nil || !r.Plain || !r.Published.Equal(now) {
			t.Errorf("%+v (-want +got):\n%s", r, d)
		}
	}
}

func TestAChangedByteIsSeen(t *testing.T) {
	sent := Message{Key: "a/b/c", Payload: []byte("text")}.payload("p", 7, time.Now())
	for i := 2; i < len(sent); i++ {
		b := append([]byte{}, sent...)
		b[i] ^= 4
		var r Received
		if r.open(b); r.Damaged == nil {
			t.Errorf("a changed byte %d of %d is taken", i, len(sent))
		}
	}
}

// FuzzPayload: no bytes make the reading of a message fail.
func FuzzPayload(f *testing.F) {
	f.Add(Message{Key: "a/b/c", Properties: map[string]string{"k": "v"}, Payload: []byte("text")}.payload("p", 7, time.Now()))
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 9, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Received
		if r.open(b); r.permits == 0 {
			t.Error("it counts for no message")
		}
	})
}
