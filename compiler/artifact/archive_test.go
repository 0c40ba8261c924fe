package artifact

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

const text = "java.lang.String"

// raw packs entries whose headers may be anything.
func raw(t testing.TB, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, h := range headers {
		data := []byte(h.Comment)
		h.Comment = ""
		if h.UncompressedSize64 == 0 {
			h.UncompressedSize64 = uint64(len(data))
		}
		h.CompressedSize64 = uint64(len(data))
		h.CRC32 = crc32.ChecksumIEEE(data)
		f, err := w.CreateRaw(h)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func symlink() *zip.FileHeader {
	h := &zip.FileHeader{Name: "a/B.class", Comment: "/etc/passwd"}
	h.SetMode(fs.ModeSymlink | 0o777)
	return h
}

// lyingCount is a zip whose end says that it holds one entry of many.
func lyingCount(t testing.TB, entries int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := range entries {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%060d/%d.class", i, i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOpenRefuses(t *testing.T) {
	good := artifacttest.Jar(artifacttest.Function("a.B", text, text))
	cases := map[string]struct {
		data []byte
		want string
	}{
		"nothing":              {nil, "it is empty"},
		"text":                 {[]byte("no jar at all"), "not a zip file"},
		"half of one":          {good[:len(good)/2], "not a zip file"},
		"without its end":      {good[:len(good)-30], "not a zip file"},
		"up":                   {artifacttest.Zip(artifacttest.Entry{Name: "../x.class"}), "`../x.class` leads out"},
		"up within":            {artifacttest.Zip(artifacttest.Entry{Name: "a/../../x"}), "leads out"},
		"up on Windows":        {artifacttest.Zip(artifacttest.Entry{Name: `a\..\..\x`}), "leads out"},
		"from the root":        {artifacttest.Zip(artifacttest.Entry{Name: "/etc/x"}), "leads out"},
		"a drive":              {artifacttest.Zip(artifacttest.Entry{Name: "C:/x"}), "leads out"},
		"symbolic link":        {raw(t, symlink()), "`a/B.class` is a symbolic link"},
		"encrypted":            {raw(t, &zip.FileHeader{Name: "a/B.class", Comment: "secret", Flags: 1}), "is encrypted"},
		"another method":       {raw(t, &zip.FileHeader{Name: "a/B.class", Comment: "x", Method: 12}), "method 12"},
		"escapes in a name":    {raw(t, &zip.FileHeader{Name: "../\x1b[2J\u202e\x07x", Comment: "x"}), "`../\uFFFD[2J\uFFFD\uFFFDx` leads out"},
		"a list without end":   {lyingCount(t, 240_000), "larger than the 24 MB"},
		"a very long bad name": {artifacttest.Zip(artifacttest.Entry{Name: "../" + strings.Repeat("x", 60000)}), "xxx...xxx"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.jar")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			bounded(t, func() {
				a, err := Open(path)
				if err == nil {
					_ = a.Close()
				}
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 400 {
					t.Errorf("%v, want %q", err, c.want)
				}
			})
		})
	}
	if _, err := Open(t.TempDir()); err == nil || err.Error() != "it is not a regular file" {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil || strings.Contains(err.Error(), "/") {
		t.Errorf("nothing there: %v", err)
	}
}

// bounded runs hostile cases within what the whole program may take.
func bounded(t testing.TB, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	f()
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("took %v and %d MB", took, got>>20)
	}
}

func openBytes(t testing.TB, data []byte) *Archive {
	t.Helper()
	a, err := OpenReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestClassRefused: one bad class is told of when it is asked for, and not before.
func TestClassRefused(t *testing.T) {
	class := artifacttest.Function("a.B", text, text).Bytes()
	zeros := make([]byte, 7<<20)
	short := raw(t, &zip.FileHeader{Name: "a/B.class", Comment: string(class), UncompressedSize64: 10, Method: zip.Store})
	deflated := artifacttest.Zip(artifacttest.Entry{Name: "a/B.class", Data: bytes.Repeat(class, 50)})
	// The size in the list of entries is made to lie.
	lying := bytes.Clone(deflated)
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+24:], 20)
	broken := bytes.Clone(deflated)
	copy(broken[60:], "\xff\xff\xff\xff\xff\xff")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"zip bomb":            {artifacttest.Zip(artifacttest.Entry{Name: "a/B.class", Data: zeros}), "as zip bombs do"},
		"too large":           {raw(t, &zip.FileHeader{Name: "a/B.class", Comment: "x", UncompressedSize64: 1 << 40, Method: zip.Deflate}), "more than the 8388608 that are read"},
		"size too small":      {short, "cannot be unpacked"},
		"deflated more":       {lying, "a/B.class"},
		"broken deflate":      {broken, "cannot be unpacked"},
		"not a class":         {artifacttest.Zip(artifacttest.Entry{Name: "a/B.class", Data: []byte("text")}), "`a/B.class` is broken: it does not begin"},
		"another class":       {artifacttest.Zip(artifacttest.Entry{Name: "a/B.class", Data: artifacttest.Function("a.C\x1b[1m", text, text).Bytes()}), "holds a class `a.C\uFFFD[1m`"},
		"signature is broken": {artifacttest.Jar(artifacttest.Class{Name: "a.B", Signature: "Lx"}), "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			a := openBytes(t, c.data)
			bounded(t, func() {
				f, err := a.Function("a.B", false)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v %v, want %q", f, err, c.want)
				}
			})
			if f, err := a.Function("a.Other", false); err != nil || f.Exists != No {
				t.Errorf("another class: %v %v", f.Exists, err)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	one, two := artifacttest.Function("a.B", text, text), artifacttest.Class{Name: "a.B"}
	a := openBytes(t, artifacttest.Jar(one, two))
	if f, err := a.Function("a.B", false); err != nil || f.Kind != NotFunction || len(a.Notes()) != 1 {
		t.Errorf("twice: %v %v %q", f.Kind, err, a.Notes())
	}
	a = openBytes(t, artifacttest.Zip(artifacttest.Entry{Name: "META-INF/versions/21/a/B.class"}, artifacttest.Entry{Name: "module-info.class"}, artifacttest.Entry{Name: "a/package-info.class"}))
	if len(a.Classes()) != 0 || len(a.Notes()) != 1 {
		t.Errorf("multi-release: %q %q", a.Classes(), a.Notes())
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"org.example.Split": "org.example.Split", "a\x1b[31mb": "a\uFFFD[31mb", "a\nb\u202ec\u0085d": "a\uFFFDb\uFFFDc\uFFFDd", "Ünïcode😀": "Ünïcode😀", "\xff": "\uFFFD",
		strings.Repeat("ä", 500): strings.Repeat("ä", 60) + "..." + strings.Repeat("ä", 60),
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}
