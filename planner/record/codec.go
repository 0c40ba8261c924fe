package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

const (
	// MaxBody bounds a body in bytes of JSON, before it is compressed.
	MaxBody = 64 << 20
	// MaxHead bounds a head in bytes: what is larger is no head.
	MaxHead = 1 << 20
)

// EncodeHead gives the bytes of a head, those of a head that is not readable as they
// were. Errors: ErrTooLarge, a mesh that has no name.
func EncodeHead(h Head) ([]byte, error) {
	if h.newer != nil {
		return h.newer, nil
	}
	if _, err := mesh.ParseID(h.Mesh); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	h.Format = Format
	data, err := json.Marshal(h)
	if err == nil && len(data) > MaxHead {
		err = fmt.Errorf("%s: the head has %d bytes, the bound is %d: %w", h.Mesh, len(data), MaxHead, ErrTooLarge)
	}
	return data, err
}

// DecodeHead reads a head; the mesh is the key that it was stored under. One of a
// newer format is no error: it is not Readable, and kept as it is. What is no head of
// this mesh is an error.
func DecodeHead(key string, data []byte) (Head, error) {
	if len(data) > MaxHead {
		return Head{}, fmt.Errorf("record %q: %d bytes are no head", key, len(data))
	}
	if _, err := mesh.ParseID(key); err != nil {
		return Head{}, fmt.Errorf("record %q: %w", key, err)
	}
	var known struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return Head{}, fmt.Errorf("record %q: %w", key, err)
	}
	if known.Format != Format {
		if name, _, _ := strings.Cut(Format, "/"); !strings.HasPrefix(known.Format, name+"/") {
			return Head{}, fmt.Errorf("record %q: format %q is none of meshc's", key, known.Format)
		}
		return ofNewer(key, known.Format, data), nil
	}
	var h Head
	if err := json.Unmarshal(data, &h); err != nil {
		return Head{}, fmt.Errorf("record %q: %w", key, err)
	}
	// What another program wrote without escapes may need six times as many bytes as ours.
	if len(data) > MaxHead/6 {
		if _, err := EncodeHead(h); err != nil {
			return Head{}, fmt.Errorf("record %q: %w", key, err)
		}
	}
	if h.Mesh != key || h.Revision < 1 || h.Version < 0 || h.Version > h.Revision {
		return Head{}, fmt.Errorf("record %q: it is of mesh %q, revision %d, version %d", key, h.Mesh, h.Revision, h.Version)
	}
	return h, nil
}

// ofNewer gives a head of a newer format, with what heads of each format say.
func ofNewer(key, format string, data []byte) Head {
	h := Head{Format: format, Mesh: key, newer: bytes.Clone(data)}
	var common struct {
		Mesh     string `json:"mesh"`
		Revision int64  `json:"revision"`
		Version  int64  `json:"version"`
		Before   string `json:"before"`
	}
	if json.Unmarshal(data, &common) == nil && common.Mesh == key && common.Revision > 0 && common.Version >= 0 && common.Version <= common.Revision {
		h.Revision, h.Version, h.Before = common.Revision, common.Version, common.Before
	}
	return h
}

// encoded is what EncodeBody gives.
type encoded struct {
	data []byte
	err  error
}

// Prepare works out the bytes of a body beforehand; it is not to be changed afterwards.
func (b *Body) Prepare() {
	data, err := EncodeBody(b)
	b.encoded = &encoded{data, err}
}

// EncodeBody gives the compressed bytes of a body. Errors: ErrTooLarge.
func EncodeBody(b *Body) ([]byte, error) {
	if b.encoded != nil {
		return b.encoded.data, b.encoded.err
	}
	out := *b
	out.Format, out.Plan = Format, fold(b.Plan)
	data, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBody {
		return nil, fmt.Errorf("the body has %d bytes, the bound is %d: %w", len(data), MaxBody, ErrTooLarge)
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(data, nil), nil
}

// DecodeBody reads what EncodeBody gave; it needs no more memory than a body of
// MaxBody does. Errors: ErrNewer, or what is wrong with the bytes.
func DecodeBody(data []byte) (*Body, error) {
	r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxBody), zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		return nil, fmt.Errorf("body of a record: %w", err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("body of a record: %w", err)
	}
	if len(text) > MaxBody {
		return nil, fmt.Errorf("body of a record: %w", ErrTooLarge)
	}
	var known struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &known); err != nil {
		return nil, fmt.Errorf("body of a record: %w", err)
	}
	if known.Format != Format {
		return nil, fmt.Errorf("body of a record of format %q: %w", known.Format, ErrNewer)
	}
	b := &Body{}
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("body of a record: %w", err)
	}
	if err := unfold(b.Plan); err != nil {
		return nil, fmt.Errorf("body of a record: %w", err)
	}
	return b, nil
}

// fold gives a plan with each change once, at the first of the steps that are a part
// of it: a component has three steps and more.
func fold(p *plan.Plan) *plan.Plan {
	if p == nil {
		return nil
	}
	out := *p
	out.Steps = slices.Clone(p.Steps)
	last := map[state.Addr]*diff.Change{}
	for i, s := range out.Steps {
		if last[s.Addr] == s.Change {
			out.Steps[i].Change = nil
		}
		last[s.Addr] = s.Change
	}
	return &out
}

// unfold undoes fold. A step without any change before it is an error.
func unfold(p *plan.Plan) error {
	if p == nil {
		return nil
	}
	last := map[state.Addr]*diff.Change{}
	for i, s := range p.Steps {
		if s.Change == nil {
			if s.Change = last[s.Addr]; s.Change == nil {
				return fmt.Errorf("step %q of its plan has no change", s.ID)
			}
			p.Steps[i].Change = s.Change
		}
		last[s.Addr] = s.Change
	}
	return nil
}
