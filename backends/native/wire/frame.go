package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// kind is BaseCommand.Type. The command itself is the field of the same number
// in BaseCommand, for all of these.
type kind protowire.Number

const (
	kindConnect         kind = 2
	kindConnected       kind = 3
	kindSubscribe       kind = 4
	kindProducer        kind = 5
	kindSend            kind = 6
	kindSendReceipt     kind = 7
	kindSendError       kind = 8
	kindMessage         kind = 9
	kindFlow            kind = 11
	kindSuccess         kind = 13
	kindError           kind = 14
	kindCloseProducer   kind = 15
	kindCloseConsumer   kind = 16
	kindProducerSuccess kind = 17
	kindPing            kind = 18
	kindPong            kind = 19
	kindLookup          kind = 23
	kindLookupResponse  kind = 24
	kindLastMessage     kind = 29
	kindLastMessageIs   kind = 30
	kindActiveChange    kind = 31
	kindAuthChallenge   kind = 36
	kindAuthResponse    kind = 37
)

// maxFrame bounds a command, and what follows it where that is not awaited: commands
// are a few hundred bytes. Messages have bounds of their own.
const maxFrame = 1 << 20

// message builds a protobuf message, field by field.
type message []byte

func (m message) text(n protowire.Number, v string) message {
	return protowire.AppendString(protowire.AppendTag(m, n, protowire.BytesType), v)
}

func (m message) bytes(n protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, n, protowire.BytesType), v)
}

func (m message) number(n protowire.Number, v uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, n, protowire.VarintType), v)
}

func (m message) flag(n protowire.Number, v bool) message {
	return m.number(n, protowire.EncodeBool(v))
}

// frame wraps a command: total size, command size, BaseCommand, and what follows.
func frame(k kind, command message, rest ...byte) []byte {
	base := message(nil).number(1, uint64(k)).bytes(protowire.Number(k), command)
	out := make([]byte, 0, 8+len(base)+len(rest))
	out = binary.BigEndian.AppendUint32(out, uint32(len(base)+4+len(rest)))
	out = binary.BigEndian.AppendUint32(out, uint32(len(base)))
	return append(append(out, base...), rest...)
}

// errFrame tells that the other side does not speak Pulsar's binary protocol.
var errFrame = errors.New("the answer is not Pulsar's binary protocol")

// readFrame reads one command. What follows a command in a frame is skipped.
func readFrame(r io.Reader) (kind, fields, error) {
	k, command, rest, err := readCommand(r)
	if err != nil {
		return 0, nil, err
	}
	return k, command, skip(r, k, rest)
}

// skip reads over what follows a command that is no message.
func skip(r io.Reader, k kind, rest int64) error {
	if rest > maxFrame {
		return fmt.Errorf("%w: %d bytes follow command %d", errFrame, rest, k)
	}
	_, err := io.CopyN(io.Discard, r, rest)
	return err
}

// readCommand reads a command and tells how many bytes follow it in its frame.
func readCommand(r io.Reader) (k kind, command fields, rest int64, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, 0, err
	}
	total, size := binary.BigEndian.Uint32(head[:4]), binary.BigEndian.Uint32(head[4:])
	if total < 4 || size > total-4 || size > maxFrame {
		return 0, nil, 0, fmt.Errorf("%w: a frame of %d and %d bytes", errFrame, total, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return 0, nil, 0, err
	}
	base, err := parse(body)
	if err != nil {
		return 0, nil, 0, err
	}
	k = kind(base.number(1))
	command, err = parse(base.bytes(protowire.Number(k)))
	return k, command, int64(total) - 4 - int64(size), err
}

// fields are those of a message; of a repeated field the last.
type fields map[protowire.Number]field

type field struct {
	number uint64
	bytes  []byte
}

func (f fields) number(n protowire.Number) uint64 { return f[n].number }
func (f fields) bytes(n protowire.Number) []byte  { return f[n].bytes }
func (f fields) text(n protowire.Number) string   { return string(f[n].bytes) }

// parse reads the fields of a message; those of other types than number and bytes are skipped.
func parse(b []byte) (fields, error) {
	out := fields{}
	for len(b) > 0 {
		n, t, size := protowire.ConsumeTag(b)
		if size < 0 {
			return nil, fmt.Errorf("%w: %w", errFrame, protowire.ParseError(size))
		}
		b = b[size:]
		var f field
		switch t {
		case protowire.VarintType:
			f.number, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, size = protowire.ConsumeBytes(b)
		default:
			size = protowire.ConsumeFieldValue(n, t, b)
		}
		if size < 0 {
			return nil, fmt.Errorf("%w: %w", errFrame, protowire.ParseError(size))
		}
		b = b[size:]
		out[n] = f
	}
	return out, nil
}
