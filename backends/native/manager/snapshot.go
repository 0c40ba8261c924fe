package manager

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// snapshotFormat is the version of snapshots. One of another format is not used.
const snapshotFormat = "meshc.snapshot/1"

// maxSnapshot bounds a snapshot in bytes of JSON.
const maxSnapshot = 512 << 20

// snapshotEvery is how many messages are read before a new snapshot is made of them.
const snapshotEvery = 200

// partsKey is where the parts of a snapshot are that is too large for one message.
const partsKey = "meshc-parts"

// snapshot is an index as it is stored.
type snapshot struct {
	Format string          `json:"format"`
	At     string          `json:"at"`
	Meshes []snapshotEntry `json:"meshes"`
}

type snapshotEntry struct {
	Mesh    string          `json:"mesh"`
	Head    json.RawMessage `json:"head"`
	Write   string          `json:"write,omitempty"`
	Log     string          `json:"log,omitempty"`
	At      string          `json:"at"`
	Kept    int64           `json:"kept,omitempty"`
	Covered bool            `json:"covered,omitempty"`
}

// encode gives the compressed bytes of an index.
func (x *index) encode() ([]byte, error) {
	out := snapshot{Format: snapshotFormat, At: x.at.String(), Meshes: make([]snapshotEntry, 0, len(x.meshes))}
	for key, e := range x.meshes {
		head, err := record.EncodeHead(e.head)
		if err != nil {
			return nil, err
		}
		out.Meshes = append(out.Meshes, snapshotEntry{Mesh: key, Head: head, Write: e.write, Log: e.log, At: e.at.String(), Kept: e.kept.Unix(), Covered: e.covered})
	}
	// Without escapes: heads of newer formats are kept as they are, and grow no larger than heads may be.
	var data bytes.Buffer
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil || data.Len() > maxSnapshot {
		return nil, errors.Join(err, fmt.Errorf("a snapshot of %d bytes", data.Len()))
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(data.Bytes(), nil), nil
}

// decodeIndex reads what encode gave.
func decodeIndex(data []byte) (*index, error) {
	r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxSnapshot), zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxSnapshot))
	if err != nil {
		return nil, err
	}
	var in snapshot
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	if in.Format != snapshotFormat {
		return nil, fmt.Errorf("it has format %q", in.Format)
	}
	x := newIndex()
	if x.at, err = wire.ParsePosition(in.At); err != nil {
		return nil, err
	}
	for _, s := range in.Meshes {
		e := entry{write: s.Write, log: s.Log, covered: s.Covered, kept: time.Unix(s.Kept, 0)}
		if e.head, err = record.DecodeHead(s.Mesh, s.Head); err != nil {
			return nil, err
		}
		if e.at, err = wire.ParsePosition(s.At); err != nil {
			return nil, err
		}
		x.meshes[s.Mesh] = e
	}
	return x, nil
}

// restore gives the index of the newest snapshot, nil where there is none.
func (s *Store) restore(ctx context.Context) (*index, error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	c, err := s.snaps.get(ctx)
	if err != nil {
		return nil, err
	}
	end, err := c.Read(ctx, s.snaps.topic, wire.ReaderOptions{From: wire.Latest, Ahead: 1})
	if err != nil {
		return nil, err
	}
	defer end.Drop()
	last, err := end.Last(ctx)
	if err != nil || last.Entry < 0 {
		return nil, err
	}
	m, err := s.snaps.fetchOnce(ctx, last)
	if err != nil {
		return nil, err
	}
	data := m.Payload
	if parts := m.Properties[partsKey]; parts != "" {
		for place := range strings.SplitSeq(parts, ",") {
			at, err := wire.ParsePosition(place)
			if err != nil {
				return nil, err
			}
			part, err := s.snaps.fetchOnce(ctx, at)
			if err != nil {
				return nil, err
			}
			data = append(data, part.Payload...)
		}
	}
	return decodeIndex(data)
}

// save stores a snapshot of the index.
func (s *Store) save(ctx context.Context) error {
	s.mu.Lock()
	data, err := s.index.encode()
	read := s.read
	s.mu.Unlock()
	if err != nil {
		return err
	}
	p, size, err := s.snaps.shared(ctx)
	if err != nil {
		return err
	}
	m := wire.Message{Properties: map[string]string{kindKey: "snapshot"}, Payload: data}
	if len(data) > size {
		places, err := s.snaps.parts(ctx, p, size, m, data)
		if err != nil {
			return err
		}
		m.Properties, m.Payload = map[string]string{kindKey: "snapshot", partsKey: places}, []byte{}
	}
	if _, err = s.snaps.stored(ctx, p.Begin(m)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read -= read
	return nil
}
