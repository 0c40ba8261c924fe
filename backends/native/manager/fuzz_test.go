package manager

import (
	"testing"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// FuzzTake: whatever stands on the topic under a mesh's key, the index keeps a head of the mesh, and
// its revision does not fall.
func FuzzTake(f *testing.F) {
	good := record.Head{Mesh: "a/b/c", Revision: 7, Version: 3, Action: record.Apply}
	data, err := record.EncodeHead(good)
	if err != nil {
		f.Fatal(err)
	}
	first, err := entry{head: good, write: "w"}.message()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, "w", "7", true)
	f.Add([]byte(`{"format":"meshc.record/2"}`), "", "", true)
	f.Add([]byte(nil), "x", "6", false)
	f.Fuzz(func(t *testing.T, payload []byte, write, revision string, plain bool) {
		x := newIndex()
		if v, err := x.take(wire.Received{Position: wire.Position{Ledger: 1}, Message: first, Plain: true}); v != news {
			t.Fatal(v, err)
		}
		m := wire.Message{Key: "a/b/c", Payload: payload, Properties: map[string]string{writeKey: write, revisionKey: revision, keptKey: revision}}
		v, err := x.take(wire.Received{Position: wire.Position{Ledger: 1, Entry: 1}, Message: m, Plain: plain})
		e, there := x.meshes["a/b/c"]
		switch {
		case v == gone:
			if payload != nil || revision != "7" || write == "" {
				t.Errorf("%q took the head away", payload)
			}
		case !there:
			t.Error("the head is gone")
		case (v == garbage || v == late) != (err != nil) || (v == garbage || v == late) != e.covered:
			t.Errorf("verdict %d, error %v, covered %t", v, err, e.covered)
		case e.head.Readable() && e.head.Revision < 7:
			t.Errorf("revision %d", e.head.Revision)
		}
		data, err := x.encode()
		if err != nil {
			return // years that JSON does not write
		}
		if y, err := decodeIndex(data); err != nil || len(y.meshes) != len(x.meshes) || y.at != x.at {
			t.Errorf("the snapshot came back as %+v, %v", y, err)
		}
	})
}

// FuzzSnapshot: any bytes are a snapshot or an error, in bounded memory.
func FuzzSnapshot(f *testing.F) {
	x := newIndex()
	x.at = wire.Position{Ledger: 3, Entry: 4}
	data, err := x.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if x, err := decodeIndex(data); err == nil && x == nil {
			t.Error("neither an index nor an error")
		}
	})
}
