package artifact

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// FuzzArchive asks everything of any bytes: no panic, and errors fit to be shown.
func FuzzArchive(f *testing.F) {
	class := artifacttest.Function("a.B", text, text)
	sub := artifacttest.Class{Name: "a.C", Super: "a.B", Signature: "<T:Ljava/lang/Object;>La/B;", Fields: map[string]string{"x": "I"}, Order: []string{"x"}}
	f.Add(artifacttest.Jar(class, sub))
	f.Add(nar(f, zip.Store, map[string][]byte{"x.jar": artifacttest.Jar(class)}, artifacttest.Entry{Name: "a/C.class", Data: sub.Bytes()},
		artifacttest.Entry{Name: serviceFile, Data: []byte("name: x\nsourceClass: a.C\nsourceConfigClass: a.C\n")}))
	f.Add(raw(f, symlink()))
	f.Add(raw(f, &zip.FileHeader{Name: "a/B.class", Comment: "x", UncompressedSize64: 1 << 40}))
	f.Add(artifacttest.Zip(artifacttest.Entry{Name: "x/src/m.py", Data: []byte("class X: pass\n")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		check := func(err error) {
			if err != nil && (strings.ContainsAny(err.Error(), "\x1b\n\x00") || !utf8.ValidString(err.Error())) {
				t.Errorf("error %q", err)
			}
		}
		a, err := OpenReader(bytes.NewReader(data), int64(len(data)))
		check(err)
		if err != nil {
			return
		}
		c, err := a.Connector()
		check(err)
		for _, class := range append(a.Classes(), "a.B", "a.C", "x.None", c.SourceClass) {
			var facts FunctionFacts
			for _, windowed := range []bool{false, true} {
				facts, err = a.Function(class, windowed)
				check(err)
				_, _ = facts.Input.String(), facts.Output.Erasure()
			}
			_, err := a.Source(class)
			check(err)
			_, err = a.Sink(class)
			check(err)
			settings, _, err := a.Settings(class)
			check(err)
			for _, s := range settings.List {
				if _, answer := settings.Lookup(s.Name); answer != Yes {
					t.Errorf("the key %q is not found", s.Name)
				}
			}
			for role := range roles {
				part, err := a.Part(class, role, facts.Input)
				check(err)
				if part.Trouble != "" && part.Exists == No || part.Refused && part.Trouble == "" {
					t.Errorf("%s as %s: %+v", class, role, part)
				}
			}
		}
		_, err = a.Python("m")
		check(err)
		_, _ = a.Functions(), a.Entries()
	})
}

// FuzzPython: no panic, and no claim about what does not parse.
func FuzzPython(f *testing.F) {
	f.Add("from pulsar import Function\nclass X(Function):\n  def process(self, a, b): return ''' \n'''\n")
	f.Add("@d(\n1)\nasync def X(a, *, b=1): pass\nX, (y, z) = 1, 2; import a.b as c\n")
	f.Add("if 1:\n\tclass X[T](A[int], metaclass=M): x = lambda: 0\n\tX.process = \"\\\"\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		m, err := ParsePython([]byte(src))
		if err != nil {
			return
		}
		for _, name := range append(m.Classes(), "X", "process") {
			if facts := m.Lookup(name); facts.Kind == "" {
				t.Errorf("%q has no kind", name)
			}
		}
		_ = m.Functions()
	})
}

// FuzzConnector: whatever stands in pulsar-io.yaml, there is an answer, and errors are fit to be shown.
func FuzzConnector(f *testing.F) {
	f.Add([]byte("name: file\ndescription: 'reads: files'\nsourceClass: a.S # x\nsinkClass:\nother: {x: [y, *z]}\n"))
	f.Add([]byte("\ufeff{name: x, sourceClass: &a \"b\\x1b\", sinkClass: *a}"))
	f.Add([]byte("name: |\n  x\n  y\n---\nname: z\n"))
	f.Add([]byte("- name: x\n"))
	f.Add([]byte("? [name]\n: x\n<<: {sourceClass: [1]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxService {
			return
		}
		c, err := parseConnector(data)
		if err != nil && (c != (Connector{}) || strings.ContainsAny(err.Error(), "\x1b\n\x00") || !utf8.ValidString(err.Error())) {
			t.Errorf("%+v, %q", c, err)
		}
		for _, text := range []string{c.Name, c.SourceClass, c.FunctionClass} {
			if shown := Clean(text); strings.ContainsAny(shown, "\x1b\n\x00") {
				t.Errorf("shown as %q", shown)
			}
		}
	})
}

// FuzzGoBinary: no executable makes the readers of headers stop the program or say nothing.
func FuzzGoBinary(f *testing.F) {
	f.Add(lyingELF()[:4096])
	f.Add(smallELF())
	for _, head := range []string{"", "#!/bin/sh\n", "MZ", "\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00", "\xca\xfe\xba\xbe\x00\x00\x00\x01", "package main\n"} {
		f.Add([]byte(head + strings.Repeat("\x00", 64)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := goBinary(bytes.NewReader(data), int64(len(data)))
		if err == nil && facts.Format == "" || err != nil && facts.SDK == Yes {
			t.Errorf("%+v, %v", facts, err)
		}
		if facts.Go != Clean(facts.Go) || facts.OS != Clean(facts.OS) || facts.Arch != Clean(facts.Arch) {
			t.Errorf("%+q", facts)
		}
	})
}

// FuzzFacts: whatever a cache holds, an archive that recalls it answers.
func FuzzFacts(f *testing.F) {
	whole := openBytes(f, connectorNAR(f))
	answers(whole, narClasses...)
	seed, err := json.Marshal(whole.facts())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"Classes":{"a.B":null,"a.Src":{"Name":"a.B","Super":"a.B","Signature":"<T:TT;>La/B<TT;>;"}},"Parsed":{"a.Config":{"Super":"a.Config"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var kept facts
		if len(data) > 64<<10 || json.Unmarshal(data, &kept) != nil {
			return
		}
		a := openBytes(t, connectorNAR(t))
		a.recall(&kept)
		answers(a, narClasses...)
	})
}

// FuzzClasses puts any bytes as classes into a sound archive, which mutations of
// whole archives seldom are: there is an answer to everything.
func FuzzClasses(f *testing.F) {
	config := artifacttest.Class{Name: "a.C", Super: "a.B", Signature: "<T:Ljava/lang/Object;>La/B;", Fields: map[string]string{"x": "I"}, Order: []string{"x"}}
	f.Add(artifacttest.Function("a.B", text, text).Bytes(), config.Bytes())
	f.Add(artifacttest.Implements("a.B", SourceInterface, text).Bytes(), artifacttest.Class{Name: "a.C", Super: "a.B", Signature: "La/B<[Ljava/util/List<-TT;>;>;"}.Bytes())
	f.Add(artifacttest.Implements("a.B", SerDeInterface, "a.C").Bytes(), manyFields("y", "[I")[:400])
	f.Fuzz(func(t *testing.T, b, c []byte) {
		if len(b)+len(c) > 64<<10 {
			return
		}
		a := openBytes(t, nar(t, zip.Store, nil, artifacttest.Entry{Name: "a/B.class", Data: b}, artifacttest.Entry{Name: "a/C.class", Data: c}))
		if said := answers(a, "a.B", "a.C"); strings.ContainsAny(said, "\x1b\x00") {
			t.Errorf("%q", said)
		}
		_ = a.Functions()
	})
}
