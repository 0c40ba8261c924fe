package artifact

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// hostileEnv names the file that this program looks at when it is a test's child.
const hostileEnv = "MESHC_HOSTILE"

// The bounds of a whole process that looks at one hostile file.
const (
	maxTime   = 20 * time.Second // the aim is 2 s; this is for what grows without a bound, not for slow machines
	maxMemory = 200 << 20
)

// TestHostile asks all that can be asked of files that were made to cost much, in
// a process for each, whose processor time and memory are measured.
func TestHostile(t *testing.T) {
	if path := os.Getenv(hostileEnv); path != "" {
		askEverything(path)
		if status, err := os.ReadFile("/proc/self/status"); err == nil {
			_, rest, _ := strings.Cut(string(status), "VmHWM:")
			line, _, _ := strings.Cut(rest, "\n")
			fmt.Println("VmHWM:", line)
		}
		return
	}
	if testing.Short() {
		t.Skip("makes large files and starts a process for each")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	worst, most := time.Duration(0), int64(0)
	for name, c := range hostileFiles(t) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(self, "-test.run=^TestHostile$")
			cmd.Env = append(os.Environ(), hostileEnv+"="+path)
			out, err := cmd.CombinedOutput()
			said := string(out)
			if err != nil {
				t.Fatalf("%v: %.2000s", err, said)
			}
			if !strings.Contains(said, c.want) || strings.ContainsAny(said, "\x1b\x07\u202e") || len(said) > 200_000 {
				t.Errorf("%d bytes, want %q: %.2000q", len(said), c.want, said)
			}
			took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			if took > maxTime {
				t.Errorf("took %s", took)
			}
			worst = max(worst, took)
			// Where the system does not tell the peak, the test of the time has to do.
			if _, rest, ok := strings.Cut(said, "VmHWM:"); ok {
				var kilobytes int64
				if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
					t.Fatal(err)
				}
				if kilobytes > maxMemory>>10 {
					t.Errorf("took %d MB", kilobytes>>10)
				}
				most = max(most, kilobytes>>10)
			}
		})
	}
	t.Logf("at most %s and %d MB", worst.Round(time.Millisecond), most)
}

// askEverything prints what is found out about a file, as findings would show it.
func askEverything(path string) {
	show := func(what string, err error, values ...any) {
		if err != nil {
			fmt.Println(what, err)
			return
		}
		fmt.Println(what, Clean(fmt.Sprint(values...)))
	}
	switch filepath.Ext(path) {
	case ".py":
		m, err := Python(path)
		if err != nil {
			show("python", err)
			return
		}
		show("python", nil, len(m.Classes()), len(m.Functions()), m.Lookup("X"))
		return
	case ".bin":
		f, err := GoBinary(path)
		show("binary", err, f)
		return
	}
	// By way of the cache, since that is how commands come to archives.
	c := OpenCache(filepath.Join(filepath.Dir(path), "cache"), false, func() time.Time { return time.Now().Add(time.Hour) })
	defer c.Close()
	a, err := c.Open(path)
	if err != nil {
		show("open", err)
		return
	}
	defer a.Close()
	about, err := a.Connector()
	show("connector", err, about)
	for _, class := range []string{"a.B", "a.N0", "x.None", about.SourceClass} {
		f, err := a.Function(class, false)
		show("function", err, f)
		s, err := a.Source(class)
		show("source", err, s)
		p, err := a.Part(class, ReadingSerDe, f.Input)
		show("part", err, p)
		settings, _, err := a.Settings(class)
		show("settings", err, len(settings.List))
	}
	show("lists", nil, len(a.Functions()), len(a.Classes()), len(a.Entries()), a.Notes())
	m, err := a.Python("m")
	show("module", err, m != nil)
	for _, class := range a.Classes()[:min(20, len(a.Classes()))] {
		_, err := a.Function(class, true)
		show("each", err)
	}
}

type hostileFile struct {
	name string
	data []byte
	want string
}

func hostileFiles(t *testing.T) map[string]hostileFile {
	t.Helper()
	class := artifacttest.Function("a.B", text, text)
	entry := func(name string, data []byte) artifacttest.Entry { return artifacttest.Entry{Name: name, Data: data} }
	zeros := func(n int) []byte { return make([]byte, n) }
	fields := func(name, descriptor string) hostileFile {
		return hostileFile{"x.jar", artifacttest.Zip(entry("a/B.class", manyFields(name, descriptor))), "settings"}
	}

	var chain []artifacttest.Class
	for i := range 1100 {
		chain = append(chain, artifacttest.Class{
			Name: fmt.Sprintf("a.N%d", i), Super: fmt.Sprintf("a.N%d", i+1),
			Signature: fmt.Sprintf("La/N%d<%s>;", i+1, strings.Repeat("I", 60_000)),
		})
	}
	long := chain[:0:0]
	for i := range 1100 {
		long = append(long, artifacttest.Class{
			Name: fmt.Sprintf("a.N%d", i), Super: fmt.Sprintf("a.N%d", i+1),
			Signature: fmt.Sprintf("La/N%d<L%s;>;", i+1, strings.Repeat("x", 60_000)),
		})
	}
	name, wide := strings.Repeat("X", 60_000), "La/N<"+strings.Repeat("La/M;", 12_000)+">;"

	deep := artifacttest.Jar(class)
	for range 200 {
		deep = nar(t, zip.Store, map[string][]byte{"x.jar": deep})
	}
	bombs := map[string][]byte{}
	for i := range 4 {
		bombs[fmt.Sprintf("x%d.jar", i)] = zeros(30 << 20)
	}
	bombed := artifacttest.Zip(entry(bundled+"x.jar", zeros(30<<20)))
	module := func(line string) hostileFile {
		return hostileFile{"x.py", []byte(strings.Repeat(line, (maxText-1000)/len(line))), "python"}
	}
	var names bytes.Buffer
	for i := 0; names.Len() < maxText-100; i++ {
		fmt.Fprintf(&names, "a%x=0\n", i)
	}
	var classes bytes.Buffer
	for i := 0; classes.Len() < maxText-100; i++ {
		fmt.Fprintf(&classes, "class C%x(C%x):0\n", i, i+1)
	}
	var indents bytes.Buffer
	for i := 0; indents.Len() < maxText-5000; i++ {
		indents.WriteString(strings.Repeat(" ", i) + "class X(A):\n")
	}
	yaml := func(s string) hostileFile {
		return hostileFile{"x.nar", artifacttest.Zip(entry(serviceFile, []byte(s))), "connector"}
	}
	return map[string]hostileFile{
		"a bomb":                     {"x.jar", artifacttest.Zip(entry("a/B.class", zeros(7<<20))), "zip bombs"},
		"bombs for jars":             {"x.nar", bombed, "connector"},
		"many bombs for jars":        {"x.nar", nar(t, zip.Deflate, bombs), "Not looked into"},
		"jars in jars":               {"x.nar", deep, "connector"},
		"65535 entries":              {"x.jar", listOf(t, 65_535), " 65535 "},
		"a list without end":         {"x.jar", lyingCount(t, 240_000), "larger than the 24 MB"},
		"absurd sizes":               {"x.jar", absurd(t, class.Bytes()), "more than the"},
		"entries on top of another":  {"x.jar", overlapping(t, 60_000), "lists"},
		"escapes in names":           {"x.jar", artifacttest.Zip(entry("../\x1b[2J\x07\u202ex", nil)), "leads out"},
		"a chain of wide classes":    {"x.jar", artifacttest.Jar(chain...), "signature"},
		"a chain of long names":      {"x.jar", artifacttest.Jar(long...), "function"},
		"settings of long names":     fields(name, "I"),
		"settings of wide types":     fields("X", wide),
		"settings of long all":       fields(name, wide),
		"a chain of modules' names":  {"x.py", names.Bytes(), "python"},
		"a chain of bases":           {"x.py", classes.Bytes(), "python"},
		"blocks in blocks":           {"x.py", indents.Bytes(), "python"},
		"brackets":                   module("("),
		"semicolons":                 module("a=b;"),
		"targets":                    module("a=(b,c)="),
		"a long line":                module("class X(A, B=1, **c): "),
		"quotes":                     module("'"),
		"aliases":                    yaml("a: &a [x,x,x,x,x,x,x,x,x]\n" + doublings(30) + "name: x\n"),
		"brackets of YAML":           yaml(strings.Repeat("[", 200_000)),
		"braces of YAML":             yaml(strings.Repeat("{a: ", 50_000)),
		"a YAML of bad lines":        yaml(strings.Repeat("a: b: c\n\t- x\n", 18_000)),
		"a YAML of colons":           yaml(strings.Repeat(":", 250_000)),
		"a YAML of one long key":     yaml("sourceClass: " + strings.Repeat("\\x1b", 60_000)),
		"an executable that lies":    {"x.bin", lyingELF(), "binary"},
		"an executable without ends": {"x.bin", append(lyingELF(), zeros(64<<20)...), "binary"},
	}
}

// listOf is a zip of so many entries without content.
func listOf(t *testing.T, entries int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := range entries {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("a/C%d.class", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// doublings gives keys of which each names the one before nine times.
func doublings(n int) string {
	var b strings.Builder
	last := "a"
	for i := range n {
		next := fmt.Sprintf("b%d", i)
		fmt.Fprintf(&b, "%s: &%s [%s]\n", next, next, strings.TrimSuffix(strings.Repeat("*"+last+",", 9), ","))
		last = next
	}
	return b.String()
}

// absurd is a zip whose list of entries says 2^63 bytes of a class.
func absurd(t *testing.T, class []byte) []byte {
	t.Helper()
	return raw(t, &zip.FileHeader{Name: "a/B.class", Comment: string(class), UncompressedSize64: 1 << 62, Method: zip.Deflate})
}

// overlapping is a zip whose entries all lie at the same place: a bomb without
// nesting, since each of them inflates to megabytes.
func overlapping(t *testing.T, entries int) []byte {
	t.Helper()
	one := artifacttest.Zip(artifacttest.Entry{Name: "a/C00000.class", Data: bytes.Repeat(artifacttest.Function("a.B", text, text).Bytes(), 3000)})
	at := bytes.LastIndex(one, []byte("PK\x01\x02"))
	end := bytes.LastIndex(one, []byte("PK\x05\x06"))
	header := one[at:end]
	out := bytes.Clone(one[:at])
	for i := range entries {
		h := bytes.Clone(header)
		copy(h[46:], fmt.Sprintf("a/C%05d.class", i))
		out = append(out, h...)
	}
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(entries))
	binary.LittleEndian.PutUint16(tail[10:], uint16(entries))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-at))
	return append(out, tail...)
}

// manyFields is a class file of 60,000 fields of one name and type.
func manyFields(name, descriptor string) []byte {
	var out bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			if text, ok := v.(string); ok {
				v = append(binary.BigEndian.AppendUint16([]byte{1}, uint16(len(text))), text...)
			}
			_ = binary.Write(&out, binary.BigEndian, v) // to memory
		}
	}
	put(uint32(0xCAFEBABE), uint32(61), uint16(7), "a/B", uint8(7), uint16(1), "java/lang/Object", uint8(7), uint16(3), name, descriptor)
	put(uint16(0x21), uint16(2), uint16(4), uint16(0), uint16(60_000))
	for range 60_000 {
		put([]uint16{2, 5, 6, 0})
	}
	put(uint16(0), uint16(0))
	return out.Bytes()
}

// lyingELF is an ELF file with the largest numbers of all that it says to hold.
func lyingELF() []byte {
	h := make([]byte, 64)
	copy(h, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(h[16:], 2)      // an executable
	le.PutUint16(h[18:], 62)     // x86-64
	le.PutUint32(h[20:], 1)      // version
	le.PutUint64(h[32:], 64)     // program headers
	le.PutUint64(h[40:], 64)     // section headers
	le.PutUint16(h[52:], 64)     // size of this
	le.PutUint16(h[54:], 56)     // size of a program header
	le.PutUint16(h[56:], 0xFFFF) // how many
	le.PutUint16(h[58:], 64)
	le.PutUint16(h[60:], 0xFFFF)
	le.PutUint16(h[62:], 1)
	return append(h, bytes.Repeat([]byte{0xFF, 0xFF, 0xFF, 0x7F}, 1<<20)...)
}

// smallELF is an executable with build information and little else, as the Go linker
// writes it (debug/buildinfo): of two sections, the information and the names.
func smallELF() []byte {
	le := binary.LittleEndian
	mod := "0123456789abcdefpath\tx\nmod\tx\tv1.0.0\nbuild\tGOOS=linux\nbuild\tGOARCH=amd64\n0123456789abcdef"
	info := append([]byte("\xff Go buildinf:\x08\x02"), make([]byte, 16)...)
	info = append(info, 8)
	info = append(info, "go1.26.1"...)
	info = append(append(info, byte(len(mod))), mod...)
	names := "\x00.go.buildinfo\x00.shstrtab\x00"
	const segment, sections, at = 64, 120, 320
	out := make([]byte, at)
	copy(out, "\x7fELF\x02\x01\x01")
	le.PutUint16(out[16:], 2)
	le.PutUint16(out[18:], 62)
	le.PutUint32(out[20:], 1)
	le.PutUint64(out[32:], segment)
	le.PutUint64(out[40:], sections)
	le.PutUint16(out[52:], 64)
	le.PutUint16(out[54:], 56)
	le.PutUint16(out[56:], 1)
	le.PutUint16(out[58:], 64)
	le.PutUint16(out[60:], 3)
	le.PutUint16(out[62:], 2)
	s := out[segment:]
	le.PutUint32(s, 1) // to be loaded
	le.PutUint64(s[8:], at)
	le.PutUint64(s[16:], at)
	le.PutUint64(s[32:], uint64(len(info)))
	le.PutUint64(s[40:], uint64(len(info)))
	section := func(s []byte, name, kind uint32, offset, size int) {
		le.PutUint32(s, name)
		le.PutUint32(s[4:], kind)
		le.PutUint64(s[8:], 3)
		le.PutUint64(s[16:], uint64(offset))
		le.PutUint64(s[24:], uint64(offset))
		le.PutUint64(s[32:], uint64(size))
	}
	section(out[sections+64:], 1, 1, at, len(info))
	section(out[sections+128:], 15, 3, at+len(info), len(names))
	return append(append(out, info...), names...)
}
