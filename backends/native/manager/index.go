package manager

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// The properties of messages.
const (
	// writeKey names the write that a message belongs to; the same write may be sent again.
	writeKey = "meshc-write"
	// logKey is where the log has the entry of a head.
	logKey = "meshc-log"
	// keptKey is the second since when the log has what the mesh's last versions are made of.
	keptKey = "meshc-kept"
	// revisionKey is which revision a tombstone takes away.
	revisionKey = "meshc-revision"
)

// entry is the newest head of a mesh.
type entry struct {
	head record.Head
	// write is the id of the write, log the place of its entry in the log.
	write, log string
	// kept is since when the log has the bodies of its last versions, at least.
	kept time.Time
	// at is where the records topic has it.
	at wire.Position
	// covered tells that something came after it under its key that does not count, so
	// that compaction would lose it.
	covered bool
}

// message is the entry as the records topic has it.
func (e entry) message() (wire.Message, error) {
	data, err := record.EncodeHead(e.head)
	properties := map[string]string{writeKey: e.write, logKey: e.log, keptKey: fmt.Sprint(e.kept.Unix())}
	return wire.Message{Key: e.head.Mesh, Properties: properties, Payload: data}, err
}

// index is what the records topic says, up to a place. It needs memory for what is
// live alone.
type index struct {
	meshes map[string]entry
	at     wire.Position
}

func newIndex() *index { return &index{meshes: map[string]entry{}, at: wire.Earliest} }

// verdict is what a message on the records topic means.
type verdict int

const (
	// news is a head that counts; again one that is known; late one whose revision
	// another one had before; gone takes a mesh away; garbage is none of these.
	news verdict = iota
	again
	late
	gone
	garbage
)

// errLate tells of a head that came after another one of its revision.
var errLate = errors.New("another record of the same revision came first")

// take reads one message into the index.
func (x *index) take(m wire.Received) (v verdict, err error) {
	if m.Compare(x.at) > 0 {
		x.at = m.Position
	}
	v, err = x.judge(m)
	if v == late || v == garbage {
		x.cover(m)
	}
	return v, err
}

// cover marks the meshes whose heads compaction would lose by a message.
func (x *index) cover(m wire.Received) {
	keys, all := m.Keys()
	if !all {
		// It may have any of them.
		keys = slices.Collect(maps.Keys(x.meshes))
	}
	for _, key := range keys {
		if e, ok := x.meshes[key]; ok {
			e.covered = true
			x.meshes[key] = e
		}
	}
}

func (x *index) judge(m wire.Received) (verdict, error) {
	switch {
	case m.Damaged != nil:
		return garbage, m.Damaged
	case !m.Plain:
		return garbage, errors.New("it is part of a batch, compressed, encrypted, or a chunk")
	case m.Key == "":
		return garbage, errors.New("it has no key")
	}
	old, known := x.meshes[m.Key]
	if m.Payload == nil {
		if m.Properties[writeKey] == "" || known && m.Properties[revisionKey] != fmt.Sprint(old.head.Revision) {
			return garbage, errors.New("a tombstone that is not of meshc, or of an older record")
		}
		delete(x.meshes, m.Key)
		return gone, nil
	}
	h, err := record.DecodeHead(m.Key, m.Payload)
	if err != nil {
		return garbage, err
	}
	e := entry{head: h, write: m.Properties[writeKey], log: m.Properties[logKey], at: m.Position}
	if second, err := strconv.ParseInt(m.Properties[keptKey], 10, 64); err == nil {
		e.kept = time.Unix(second, 0)
	}
	switch {
	case !known || !h.Readable() || !old.head.Readable() || h.Revision > old.head.Revision:
		x.meshes[m.Key] = e
		return news, nil
	case h.Revision == old.head.Revision && e.write == old.write && e.write != "":
		x.meshes[m.Key] = e
		return again, nil
	}
	return late, fmt.Errorf("revision %d: %w", h.Revision, errLate)
}
