package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is what is sent: one message, in no batch and not compressed.
type Message struct {
	// Key is what compaction keeps the last message of; "" is none.
	Key        string
	Properties map[string]string
	// Payload nil takes the key away at the next compaction.
	Payload []byte
}

// Received is a message, or a batch of them, as a topic has it.
type Received struct {
	Position
	Message
	// Published is when its producer sent it, by the producer's clock.
	Published time.Time
	// Plain tells that it is of the form that Message has. A batch, and what is
	// compressed, encrypted or one chunk of several, is not; its payload is left as it is.
	Plain bool
	// Batch tells that it is a batch; see Keys.
	Batch bool
	// Compression is how the payload is compressed (CompressionType), 0 for not, and Size
	// how large it is without that.
	Compression uint64
	Size        uint64
	// Damaged says what is wrong with its bytes, or that it is larger than the reader
	// takes; nil for nothing.
	Damaged error

	encrypted bool
	// permits is how many messages the broker counts it for.
	permits uint64
}

// LZ4 is the compression that workers and clients use most.
const LZ4 = 1

// magic stands before the checksum of a payload.
const magic = 0x0e01

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// payload gives what follows the command in a SEND frame: magic, checksum, size of
// the metadata, metadata (MessageMetadata), payload.
func (m Message) payload(producer string, sequence uint64, now time.Time) []byte {
	meta := message(nil).text(1, producer).number(2, sequence).number(3, uint64(now.UnixMilli()))
	for _, key := range slices.Sorted(maps.Keys(m.Properties)) {
		meta = meta.bytes(4, message(nil).text(1, key).text(2, m.Properties[key]))
	}
	if m.Key != "" {
		meta = meta.text(6, m.Key)
	}
	if m.Payload == nil {
		meta = meta.flag(25, true)
	}
	out := make([]byte, 6, 10+len(meta)+len(m.Payload))
	binary.BigEndian.PutUint16(out, magic)
	out = binary.BigEndian.AppendUint32(out, uint32(len(meta)))
	out = append(append(out, meta...), m.Payload...)
	binary.BigEndian.PutUint32(out[2:], crc32.Checksum(out[6:], castagnoli))
	return out
}

// open reads what follows the command in a MESSAGE frame; it never fails, but tells of damage.
func (r *Received) open(rest []byte) {
	r.permits = 1
	if len(rest) >= 6 && binary.BigEndian.Uint16(rest) == magic {
		if crc32.Checksum(rest[6:], castagnoli) != binary.BigEndian.Uint32(rest[2:]) {
			r.Damaged = errors.New("the checksum does not fit")
		}
		rest = rest[6:]
	}
	if len(rest) < 4 || uint64(binary.BigEndian.Uint32(rest)) > uint64(len(rest)-4) {
		r.Damaged = errors.Join(r.Damaged, errors.New("it has no metadata"))
		return
	}
	size := binary.BigEndian.Uint32(rest)
	if err := r.metadata(rest[4 : 4+size]); err != nil {
		r.Damaged = errors.Join(r.Damaged, err)
		return
	}
	if payload := rest[4+size:]; len(payload) > 0 {
		r.Payload = bytes.Clone(payload)
	}
}

// metadata reads MessageMetadata.
func (r *Received) metadata(b []byte) error {
	meta, err := parse(b)
	if err != nil {
		return err
	}
	r.Published = time.UnixMilli(int64(meta.number(3))).UTC()
	r.Key = meta.text(6)
	_, batch := meta[11]
	_, chunk := meta[27]
	_, marker := meta[20]
	r.Compression, r.Size = meta.number(8), meta.number(9)
	r.Plain = !batch && !chunk && !marker && r.Compression == 0 && meta.bytes(13) == nil && meta.number(17) == 0
	r.Batch, r.encrypted = batch, meta.bytes(13) != nil
	if batch {
		r.permits = min(max(meta.number(11), 1), 1<<20)
	}
	for len(b) > 0 {
		n, t, size := protowire.ConsumeTag(b)
		value := protowire.ConsumeFieldValue(n, t, b[size:])
		if n == 4 && t == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(b[size:])
			pair, err := parse(v)
			if err != nil {
				return fmt.Errorf("a property: %w", err)
			}
			if r.Properties == nil {
				r.Properties = map[string]string{}
			}
			r.Properties[pair.text(1)] = pair.text(2)
		}
		b = b[size+value:]
	}
	return nil
}
