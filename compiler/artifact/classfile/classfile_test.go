package classfile_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/artifact/classfile"
)

func sample() []byte {
	c := artifacttest.Function("org.example.Split", "java.lang.String", "java.lang.Long")
	c.Fields, c.Order = map[string]string{"n": "I", "s": "[Ljava/lang/String;"}, []string{"n", "s"}
	return c.Bytes()
}

func TestParse(t *testing.T) {
	c, err := classfile.Parse(sample())
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "org.example.Split" || c.Super != "java.lang.Object" || len(c.Interfaces) != 1 || c.Release() != 17 ||
		!c.Access.Has(classfile.Public) || len(c.Fields) != 2 || c.Fields[1].Descriptor != "[Ljava/lang/String;" || c.Methods[0].Name != "<init>" {
		t.Errorf("%+v", c)
	}
	s, err := c.Generic()
	if err != nil || s.Interfaces[0].String() != "org.apache.pulsar.functions.api.Function<java.lang.String, java.lang.Long>" {
		t.Errorf("%v, %v", s, err)
	}
}

// Every prefix is refused, and so is whatever one byte more or less makes of it.
func TestTruncated(t *testing.T) {
	data := sample()
	for n := range data {
		if _, err := classfile.Parse(data[:n]); err == nil {
			t.Errorf("%d of %d bytes are a class", n, len(data))
		}
	}
	if _, err := classfile.Parse(append(data, 0)); err == nil || !strings.Contains(err.Error(), "follow the end") {
		t.Errorf("with a byte more: %v", err)
	}
}

// No wrong byte anywhere makes it panic, and lengths that lie are seen.
func TestEveryByteChanged(t *testing.T) {
	data := sample()
	for i := range data {
		for _, b := range []byte{0, 1, 0x7F, 0x80, 0xFF, data[i] + 1} {
			changed := bytes.Clone(data)
			changed[i] = b
			if c, err := classfile.Parse(changed); err == nil {
				_, _ = c.Generic()
			}
		}
	}
}

func be(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if err := binary.Write(&b, binary.BigEndian, v); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

const magic = uint32(0xCAFEBABE)

// hostile are class files that ask for more than they hold.
var hostile = map[string]struct {
	data []byte
	want string
}{
	"nothing":            {nil, "does not begin"},
	"another file":       {[]byte("PK\x03\x04 and so on"), "does not begin"},
	"no constants":       {be(magic, uint32(61), uint16(0)), "0 constants"},
	"too many constants": {be(magic, uint32(61), uint16(65535), []byte("abc")), "65535 constants"},
	"text beyond the end": {be(magic, uint32(61), uint16(2), uint8(1), uint16(65535), []byte("abc")),
		"ends too early"},
	"unknown constant": {be(magic, uint32(61), uint16(2), uint8(2), []byte("abc")), "unknown tag 2"},
	"double at the end of the pool": {be(magic, uint32(61), uint16(2), uint8(5), uint64(1), uint16(1), uint16(1), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0)),
		"not of the kind"},
	"this_class is text": {be(magic, uint32(61), uint16(2), uint8(1), uint16(1), []byte("a"), uint16(1), uint16(1), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0)),
		"not of the kind"},
	"class names itself": {be(magic, uint32(61), uint16(2), uint8(7), uint16(1), uint16(1), uint16(1), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0)),
		"not of the kind"},
	"attribute of 4 GB": {be(magic, uint32(61), uint16(3), uint8(1), uint16(1), []byte("a"), uint8(7), uint16(1), uint16(1), uint16(2), uint16(0), uint16(0), uint16(0), uint16(0), uint16(1), uint16(1), uint32(0xFFFFFFFF)),
		"ends too early"},
	"65535 interfaces": {be(magic, uint32(61), uint16(3), uint8(1), uint16(1), []byte("a"), uint8(7), uint16(1), uint16(1), uint16(2), uint16(0), uint16(65535), uint16(2)),
		"65535 interfaces, more than the 1000"},
	"a module": {be(magic, uint32(61), uint16(3), uint8(1), uint16(1), []byte("a"), uint8(7), uint16(1), uint16(0x8000), uint16(2), uint16(0)), "a module"},
}

func TestHostile(t *testing.T) {
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			_, err := classfile.Parse(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// annotated gives a class with one attribute of annotations.
func annotated(text string, body []byte) []byte {
	const attribute = "RuntimeVisibleAnnotations"
	return be(magic, uint32(61), uint16(5),
		uint8(1), uint16(1), []byte("a"), uint8(7), uint16(1),
		uint8(1), uint16(len(attribute)), []byte(attribute),
		uint8(1), uint16(len(text)), []byte(text),
		uint16(1), uint16(2), uint16(0), uint16(0), uint16(0), uint16(0),
		uint16(1), uint16(3), uint32(len(body)), body)
}

// What two bytes name may be 64 KB long: a small file must not become gigabytes.
func TestAmplification(t *testing.T) {
	long := strings.Repeat("L", 65000)
	var deep bytes.Buffer
	deep.Write(be(uint16(1), uint16(4), uint16(1), uint16(4)))
	for range 5000 {
		deep.Write(be(uint8('['), uint16(1)))
	}
	many := be(uint16(65535))
	for range 65535 {
		many = append(many, be(uint16(4), uint16(0))...)
	}
	values := be(uint16(1), uint16(4), uint16(1), uint16(4), uint8('['), uint16(30000))
	for range 30000 {
		values = append(values, be(uint8('c'), uint16(4))...)
	}
	wide := be(uint16(1), uint16(4), uint16(2))
	for range 2 {
		wide = append(wide, be(uint16(4), uint8('['), uint16(40000))...)
		for range 40000 {
			wide = append(wide, be(uint8('s'), uint16(4))...)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"arrays in arrays":   {annotated(long, deep.Bytes()), "too deep"},
		"many annotations":   {annotated(long, many), ""},
		"many classes":       {annotated(long, values), ""},
		"more than are kept": {annotated(long, wide), "more than 65536"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, err := classfile.Parse(c.data)
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
				t.Errorf("%d bytes in %v for a file of %d", got, took, len(c.data))
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	for text, want := range map[string]string{
		"I": "int", "[[B": "byte[][]", "Ljava/lang/String;": "java.lang.String", "TT;": "T",
		"Ljava/util/Map<Ljava/lang/String;[I>;":                    "java.util.Map<java.lang.String, int[]>",
		"Ljava/util/List<*>;":                                      "java.util.List<?>",
		"Ljava/util/List<+Ljava/lang/Number;>;":                    "java.util.List<? extends java.lang.Number>",
		"Ljava/util/List<-TT;>;":                                   "java.util.List<? super T>",
		"La/Outer<Ljava/lang/String;>.Inner<Ljava/lang/Integer;>;": "a.Outer$Inner<java.lang.Integer>",
	} {
		got, err := classfile.ParseType(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "L", "La", "La;x", "T", "TT", "[", "X", "La<", "La<;", "La<>", "La<I", strings.Repeat("[", 300) + "I", "La<" + strings.Repeat("La<", 5000), "La;;"} {
		if got, err := classfile.ParseType(text); err == nil {
			t.Errorf("%.20q is %s", text, got)
		}
	}
	for _, text := range []string{"<", "<T", "<T:", "<T:>", "<:Ljava/lang/Object;>La;", "I", "La;I", "La;[La;x"} {
		if got, err := classfile.ParseClassSignature(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	s, err := classfile.ParseClassSignature("<A::La/I;B:La/C<TA;>;:La/I;C:>La/S<TB;>;")
	if err != nil || len(s.Params) != 3 || s.Params[0].Bound.String() != "a.I" || s.Params[1].Bound.String() != "a.C<A>" || s.Params[2].Bound.String() != "java.lang.Object" || s.Super.String() != "a.S<B>" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestErasure(t *testing.T) {
	for text, want := range map[string]string{
		"[B": "[B", "[[Ljava/util/List<TT;>;": "[[Ljava.util.List;", "Z": "boolean", "TT;": "java.lang.Object", "[TT;": "[Ljava.lang.Object;",
	} {
		if got, err := classfile.ParseType(text); err != nil || got.Erasure() != want {
			t.Errorf("%s: %s, %v, want %s", text, got.Erasure(), err, want)
		}
	}
}

func TestModifiedUTF8(t *testing.T) {
	for name, want := range map[string]string{
		"a\xC0\x80b":                           "a\x00b",
		"\xC3\xBC":                             "ü",
		"\xED\xA0\xBD\xED\xB8\x80":             "😀",
		"\xED\xA0\xBD":                         "\uFFFD",
		"\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80": "\uFFFD😀",
		"\xFFa\xE0":                            "\uFFFDa\uFFFD",
	} {
		data := be(magic, uint32(61), uint16(3), uint8(1), uint16(len(name)), []byte(name), uint8(7), uint16(1),
			uint16(1), uint16(2), uint16(0), uint16(0), uint16(0), uint16(0), uint16(0))
		c, err := classfile.Parse(data)
		if err != nil || c.Name != want {
			t.Errorf("%q: %q, %v, want %q", name, c.Name, err, want)
		}
	}
}

// FuzzClass holds the parser to its promises: no panic, no endless work.
func FuzzClass(f *testing.F) {
	f.Add(sample())
	f.Add(annotated("Lorg/A;", be(uint16(1), uint16(4), uint16(1), uint16(4), uint8('['), uint16(1), uint8('s'), uint16(4))))
	f.Add(artifacttest.Class{Name: "a.B", Signature: "<T:La/I;:La/J;>La/S<TT;>.In<*>;La/I<[TT;>;"}.Bytes())
	for _, c := range hostile {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := classfile.Parse(data)
		if (c == nil) != (err != nil) {
			t.Fatalf("%v, %v", c, err)
		}
		if err != nil {
			if err.Error() == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		if s, err := c.Generic(); err == nil {
			for _, i := range append(s.Interfaces, s.Super) {
				_, _ = i.String(), i.Erasure()
			}
		}
		for _, m := range c.Fields {
			if typ, err := classfile.ParseType(m.Descriptor); err == nil {
				_ = typ.String()
			}
		}
	})
}
