package artifact

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// nar packs jars as a NAR does, stored or compressed.
func nar(t testing.TB, method uint16, jars map[string][]byte, entries ...artifacttest.Entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, data := range jars {
		entries = append(entries, artifacttest.Entry{Name: bundled + name, Data: data})
	}
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: method})
		if err == nil {
			_, err = f.Write(e.Data)
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

// The class is in the NAR, its base in one of its jars, and the base of that in another.
func TestAcrossJars(t *testing.T) {
	base := artifacttest.Class{Name: "lib.Base", Super: "lib2.Root", Signature: "<T:Ljava/lang/Object;>Llib2/Root<TT;Ljava/lang/Long;>;"}
	root := artifacttest.Implements("lib2.Root", FunctionInterface)
	root.Signature = "<A:Ljava/lang/Object;B:Ljava/lang/Object;>Ljava/lang/Object;Lorg/apache/pulsar/functions/api/Function<TA;TB;>;"
	class := artifacttest.Class{Name: "a.B", Super: "lib.Base", Signature: "Llib/Base<[Ljava/lang/String;>;"}
	jars := map[string][]byte{"one.jar": artifacttest.Jar(base), "two.jar": artifacttest.Jar(root)}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		a := openBytes(t, nar(t, method, jars, artifacttest.Entry{Name: "a/B.class", Data: class.Bytes()}))
		f, err := a.Function("a.B", false)
		if err != nil || f.Kind != PulsarFunction || f.Input.String() != "java.lang.String[]" || f.Output.String() != "java.lang.Long" || f.Trouble+f.Misread != "" {
			t.Errorf("method %d: %+v, %v", method, f, err)
		}
		if f, err := a.Function("a.None", false); f.Exists != No || err != nil {
			t.Errorf("a class that is nowhere: %v %v", f.Exists, err)
		}
	}
	// Without one of the jars nothing is certain, and nothing is an error.
	delete(jars, "two.jar")
	a := openBytes(t, nar(t, zip.Deflate, jars, artifacttest.Entry{Name: "a/B.class", Data: class.Bytes()}))
	if f, err := a.Function("a.B", false); err != nil || f.Exists != Yes || f.Kind != UnknownKind || f.Input.Known() {
		t.Errorf("base unknown: %+v %v", f, err)
	}
	if len(a.Functions()) != 0 {
		t.Errorf("functions for certain: %q", a.Functions())
	}
}

// Of a class that is there several times the first on the class path counts: the
// NAR's own, that of the folder of the jars, and then the jars by their names.
func TestClassPath(t *testing.T) {
	one := func(target string) []byte { return artifacttest.Jar(artifacttest.Implements("a.B", target, text)) }
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range []artifacttest.Entry{{Name: "y.jar", Data: one(SinkInterface)}, {Name: "x.jar", Data: one(SourceInterface)}} {
		f, err := w.Create(bundled + e.Name)
		if err == nil {
			_, err = f.Write(e.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a := openBytes(t, out.Bytes())
	if f, err := a.Source("a.B"); err != nil || f.Is != Yes {
		t.Errorf("two jars: %v, %v", f.Is, err)
	}
	a = openBytes(t, artifacttest.Zip(artifacttest.Entry{Name: bundled + "x.jar", Data: one(SinkInterface)},
		artifacttest.Entry{Name: bundled + "a/B.class", Data: artifacttest.Implements("a.B", SourceInterface, text).Bytes()}))
	if f, err := a.Source("a.B"); err != nil || f.Is != Yes {
		t.Errorf("in the folder: %v, %v", f.Is, err)
	}
}

// A jar that cannot be looked into makes absence uncertain.
func TestNestedUnread(t *testing.T) {
	for name, jar := range map[string][]byte{
		"not a jar": []byte("x"), "a bomb": bytes.Repeat([]byte{0}, 90<<20), "leads out": artifacttest.Zip(artifacttest.Entry{Name: "../x"}),
	} {
		data := nar(t, zip.Deflate, map[string][]byte{"x.jar": jar}, artifacttest.Entry{Name: "a/B.class", Data: artifacttest.Function("a.B", text, text).Bytes()})
		a := openBytes(t, data)
		bounded(t, func() {
			if f, err := a.Function("a.None", false); err != nil || f.Exists != Unknown || len(a.Notes()) != 1 {
				t.Errorf("%s: %v %v %q", name, f.Exists, err, a.Notes())
			}
		})
		if f, err := a.Function("a.B", false); err != nil || f.Kind != PulsarFunction {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
}

// Hierarchies made to take for ever end with an answer.
func TestHostileHierarchies(t *testing.T) {
	circle := artifacttest.Jar(artifacttest.Class{Name: "a.B", Super: "a.C"}, artifacttest.Class{Name: "a.C", Super: "a.B"}, artifacttest.Class{Name: "a.D", Super: "a.D"})
	var deep, wide []artifacttest.Class
	for i := range 3000 {
		deep = append(deep, artifacttest.Class{Name: fmt.Sprintf("a.N%d", i), Super: fmt.Sprintf("a.N%d", i+1)})
	}
	// Each class doubles the type of the one before: 2^60 types at the end.
	for i := range 60 {
		wide = append(wide, artifacttest.Class{
			Name: fmt.Sprintf("a.N%d", i), Super: fmt.Sprintf("a.N%d", i+1),
			Signature: fmt.Sprintf("<T:Ljava/lang/Object;>La/N%d<La/P<TT;TT;>;>;", i+1),
		})
	}
	end := artifacttest.Implements("a.N60", FunctionInterface)
	end.Signature = "<T:Ljava/lang/Object;>Ljava/lang/Object;Lorg/apache/pulsar/functions/api/Function<TT;TT;>;"
	wide = append(wide, end)
	// Each interface extends all below it: as many ways as 2^40.
	var lattice []artifacttest.Class
	for i := range 40 {
		c := artifacttest.Class{Name: fmt.Sprintf("a.N%d", i), Access: 0x601}
		for j := i + 1; j < 40; j++ {
			c.Interfaces = append(c.Interfaces, fmt.Sprintf("a.N%d", j))
		}
		lattice = append(lattice, c)
	}
	for name, c := range map[string]struct {
		data  []byte
		class string
		want  FunctionKind
	}{
		"circle":         {circle, "a.B", NotFunction},
		"extends itself": {circle, "a.D", NotFunction},
		"deep":           {artifacttest.Jar(deep...), "a.N0", UnknownKind},
		"doubling":       {artifacttest.Jar(wide...), "a.N0", UnknownKind},
		"lattice":        {artifacttest.Jar(lattice...), "a.N0", NotFunction},
	} {
		t.Run(name, func(t *testing.T) {
			a := openBytes(t, c.data)
			bounded(t, func() {
				if f, err := a.Function(c.class, false); err != nil || f.Kind != c.want {
					t.Errorf("%v %v, want %v", f.Kind, err, c.want)
				}
				if _, _, err := a.Settings(c.class); err == nil == (name == "circle" || name == "extends itself") {
					t.Errorf("settings: %v", err)
				}
			})
		})
	}
}

func TestKnownSignatures(t *testing.T) {
	for class := range known {
		if _, ok := knownSignature(class); !ok {
			t.Errorf("%s is not known", class)
		}
	}
	if _, ok := knownSignature("org.apache.pulsar.Unheard"); ok {
		t.Error("an unheard class is known")
	}
}

func TestConnectorFile(t *testing.T) {
	yaml := "# licence: x\r\nname: file # comment\r\ndescription: \"reads: files\"\r\nsourceClass: 'a.S'\r\nsinkClass:\r\nsourceConfigClass: a.C\r\nother: {x: y}\r\nnested:\r\n  sinkClass: a.No\r\n"
	a := openBytes(t, artifacttest.Zip(artifacttest.Entry{Name: serviceFile, Data: []byte(yaml)}))
	c, err := a.Connector()
	if want := (Connector{Name: "file", Description: "reads: files", SourceClass: "a.S", SourceConfigClass: "a.C"}); err != nil || c != want {
		t.Errorf("%+v, %v", c, err)
	}
	a = openBytes(t, artifacttest.Jar())
	if _, err := a.Connector(); err != ErrNoConnector {
		t.Error(err)
	}
	a = openBytes(t, artifacttest.Zip(artifacttest.Entry{Name: serviceFile, Data: []byte(strings.Repeat("x", maxText+1))}))
	if _, err := a.Connector(); err == nil {
		t.Error("a file of 4 MB is read")
	}
}

func TestWheel(t *testing.T) {
	py := []byte("class X:\n  def process(self, a, b): pass\n")
	a := openBytes(t, artifacttest.Zip(artifacttest.Entry{Name: "pkg/mod.py", Data: py}, artifacttest.Entry{Name: "fn/src/other.py", Data: py}, artifacttest.Entry{Name: "top/__init__.py", Data: py}, artifacttest.Entry{Name: "x\x1b/"}))
	for module, want := range map[string]bool{"pkg.mod": true, "other": true, "top": true, "mod": false} {
		m, err := a.Python(module)
		if err != nil || (m != nil) != want || m != nil && m.Lookup("X").Process != Yes {
			t.Errorf("%s: %v %v", module, m, err)
		}
	}
	if got := a.Entries(); len(got) != 3 {
		t.Errorf("entries: %q", got)
	}
}
