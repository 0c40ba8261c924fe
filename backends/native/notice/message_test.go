package notice

import (
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/meshc/meshc/backends/native/wire"
)

func bytesField(out []byte, n protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(out, n, protowire.BytesType), v)
}

func varint(out []byte, n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(out, n, protowire.VarintType), v)
}

// request is a ServiceRequest with fields of all sorts around those that are read.
func request() []byte {
	details := bytesField(bytesField(bytesField(nil, 1, "public"), 2, "default"), 3, "split")
	details = bytesField(varint(details, 8, 3), 4, strings.Repeat("org.example.Split", 40))
	meta := varint(bytesField(bytesField(nil, 1, string(details)), 2, "package"), 3, 7)
	return bytesField(bytesField(bytesField(varint(nil, 1, 1), 2, "request"), 3, string(meta)), 4, "worker")
}

func compressed(t testing.TB, data []byte) []byte {
	out := make([]byte, lz4.CompressBlockBound(len(data)))
	n, err := lz4.CompressBlock(data, out, nil)
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	return out[:n]
}

func message(compression, size uint64, key string, payload []byte) wire.Received {
	return wire.Received{Compression: compression, Size: size, Message: wire.Message{Key: key, Payload: payload}}
}

func TestComponentOf(t *testing.T) {
	plain := request()
	small := compressed(t, plain)
	for name, c := range map[string]struct {
		in   wire.Received
		want string
	}{
		"as it is":                 {message(0, 0, "", plain), "public/default/split"},
		"compressed":               {message(wire.LZ4, uint64(len(plain)), "", small), "public/default/split"},
		"compacted":                {message(wire.LZ4, 9, "acme/orders/join", nil), "acme/orders/join"},
		"no name":                  {message(0, 0, "", bytesField(nil, 3, "")), ""},
		"another key":              {message(0, 0, "key", plain), ""},
		"cut":                      {message(0, 0, "", plain[:len(plain)/2]), ""},
		"compressed and cut":       {message(wire.LZ4, uint64(len(plain)), "", small[:len(small)/2]), ""},
		"larger than it says":      {message(wire.LZ4, 10, "", small), ""},
		"says that it is huge":     {message(wire.LZ4, 1<<50, "", small), ""},
		"compressed in other ways": {message(3, uint64(len(plain)), "", plain), ""},
	} {
		got, err := componentOf(c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func FuzzComponentOf(f *testing.F) {
	plain := request()
	f.Add(uint64(0), uint64(0), "", plain)
	f.Add(uint64(wire.LZ4), uint64(len(plain)), "", compressed(f, plain))
	f.Add(uint64(wire.LZ4), uint64(3), "a/b/c", []byte{})
	f.Fuzz(func(t *testing.T, compression, size uint64, key string, payload []byte) {
		name, err := componentOf(message(compression, size, key, payload))
		if err == nil && strings.Count(name, "/") < 2 {
			t.Errorf("%q", name)
		}
	})
}
