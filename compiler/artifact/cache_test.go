package artifact

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// later is a clock by which files that were just written are old.
func later() time.Time { return time.Now().Add(time.Hour) }

func cacheIn(dir string, hash bool) *Cache {
	return OpenCache(dir, hash, later)
}

// connectorNAR is an archive with all that can be asked for.
func connectorNAR(t testing.TB) []byte {
	config := artifacttest.Class{Name: "a.Config", Fields: map[string]string{"host": "Ljava/lang/String;"}, Order: []string{"host"}}
	return nar(t, zip.Deflate, map[string][]byte{"lib.jar": artifacttest.Jar(artifacttest.Implements("lib.Base", SourceInterface, text), config)},
		artifacttest.Entry{Name: "a/Src.class", Data: artifacttest.Class{Name: "a.Src", Super: "lib.Base"}.Bytes()},
		artifacttest.Entry{Name: "a/B.class", Data: artifacttest.Function("a.B", text, text).Bytes()},
		artifacttest.Entry{Name: "a/S.class", Data: artifacttest.Implements("a.S", SerDeInterface, text).Bytes()},
		artifacttest.Entry{Name: serviceFile, Data: []byte("name: x\nsourceClass: a.Src\nsourceConfigClass: a.Config\n")},
		artifacttest.Entry{Name: "META-INF/versions/21/a/B.class"})
}

// answers asks an archive everything and writes down what it says.
func answers(a *Archive, classes ...string) string {
	var b strings.Builder
	say := func(what string, values ...any) {
		data, err := json.Marshal(values[:len(values)-1])
		fmt.Fprintln(&b, what, string(data), err, values[len(values)-1])
	}
	for _, class := range classes {
		for _, windowed := range []bool{false, true} {
			f, err := a.Function(class, windowed)
			say("function "+class, f, err)
		}
		f, err := a.Source(class)
		say("source "+class, f, err)
		f, err = a.Sink(class)
		say("sink "+class, f, err)
		s, found, err := a.Settings(class)
		say("settings "+class, s, found, err)
		for _, role := range []Role{ReadingSerDe, WritingSchema, KeyReader, ConfiguredProcessor, Triggerer} {
			p, err := a.Part(class, role, classfile.Raw(text))
			say(string(role)+" "+class, p, err)
		}
	}
	c, err := a.Connector()
	say("connector", c, err)
	say("notes", a.Notes(), nil)
	return b.String()
}

var narClasses = []string{"a.Src", "a.B", "a.S", "a.Config", "lib.Base", "a.None", "org.apache.pulsar.client.impl.X"}

// ask opens a file through a cache, asks everything, and closes it. Opened tells
// whether the file itself was opened for it.
func ask(t *testing.T, c *Cache, path string, classes ...string) (said string, opened bool) {
	t.Helper()
	a, err := c.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	said = answers(a, classes...)
	opened = a.close != nil
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	c.Close()
	return said, opened
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCache(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "x.nar"), filepath.Join(dir, "y.nar")
	data := connectorNAR(t)
	write(t, path, data)
	write(t, other, data)
	want := answers(openBytes(t, data), narClasses...)
	cache := filepath.Join(dir, "cache")
	for i, step := range []struct {
		name    string
		path    string
		classes []string
		hash    bool
		opened  bool
		stats   CacheStats
	}{
		{"at first", path, narClasses[:2], false, true, CacheStats{Missed: 1}},
		{"again", path, narClasses[:2], false, false, CacheStats{ByPath: 1}},
		{"with more questions", path, narClasses, false, true, CacheStats{ByPath: 1}},
		{"with those again", path, narClasses, false, false, CacheStats{ByPath: 1}},
		{"the same content elsewhere", other, narClasses, false, false, CacheStats{ByContent: 1}},
		{"and again", other, narClasses, false, false, CacheStats{ByPath: 1}},
		{"with all hashed", path, narClasses, true, false, CacheStats{ByContent: 1}},
	} {
		c := cacheIn(cache, step.hash)
		said, opened := ask(t, c, step.path, step.classes...)
		if opened != step.opened || c.Stats() != step.stats {
			t.Errorf("%s: opened %t, %+v", step.name, opened, c.Stats())
		}
		if i > 1 && said != want {
			t.Errorf("%s: %s\nwant %s", step.name, said, want)
		}
	}
	if said, opened := ask(t, nil, path, narClasses...); said != want || !opened {
		t.Errorf("no cache: %s", said)
	}
}

// A file that changes is seen, whatever its times say.
func TestCacheChanges(t *testing.T) {
	jar := func(target string) []byte {
		return nar(t, zip.Store, nil, artifacttest.Entry{Name: "a/B.class", Data: artifacttest.Implements("a.B", target, text, text).Bytes()})
	}
	one, two := jar(FunctionInterface), jar("org.apache.pulsar.functions.api.Functiom")
	if len(one) != len(two) {
		t.Fatal("the sizes differ")
	}
	kind := func(c *Cache, path string) FunctionKind {
		t.Helper()
		a, err := c.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		defer a.Close()
		f, err := a.Function("a.B", false)
		if err != nil {
			t.Fatal(err)
		}
		return f.Kind
	}
	dir := t.TempDir()
	cache, path := filepath.Join(dir, "cache"), filepath.Join(dir, "x.jar")
	write(t, path, one)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := kind(cacheIn(cache, false), path); got != PulsarFunction {
		t.Fatal(got)
	}
	// The same size, and the times put back.
	write(t, path, two)
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := kind(cacheIn(cache, true), path); got != UnknownKind {
		t.Errorf("with all hashed: %s", got)
	}
	if now, _ := os.Stat(path); stampOf(now).changed != 0 {
		if got := kind(cacheIn(cache, false), path); got != UnknownKind {
			t.Errorf("with its times put back: %s", got)
		}
	}
	// Read right after it was written: a write that follows may not show.
	write(t, path, one)
	fresh := OpenCache(filepath.Join(dir, "fresh"), false, time.Now)
	info, err = os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, age := range []time.Duration{-time.Hour, 0, grain} {
		fresh.now = func() time.Time { return info.ModTime().Add(age) }
		kind(fresh, path)
		if list, _ := os.ReadDir(fresh.dir); len(list) != 0 {
			t.Errorf("kept at the age of %s: %v", age, list)
		}
	}
	// It changes between the hit and the question.
	c := cacheIn(cache, false)
	kind(c, path)
	a, err := c.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, append(bytes.Clone(two), 0))
	if _, err := a.Class("a.New"); err != errChanged {
		t.Errorf("changed meanwhile: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// What is no whole entry of ours is none, and a folder that cannot be used no hindrance.
func TestCacheBroken(t *testing.T) {
	dir := t.TempDir()
	cache, path := filepath.Join(dir, "cache"), filepath.Join(dir, "x.nar")
	data := connectorNAR(t)
	write(t, path, data)
	want, _ := ask(t, cacheIn(cache, false), path, narClasses...)
	entries, err := os.ReadDir(cache)
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	whole := map[string][]byte{}
	for _, e := range entries {
		if whole[e.Name()], err = os.ReadFile(filepath.Join(cache, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	swapped := func(name string) []byte {
		for other, data := range whole {
			if other != name {
				return data
			}
		}
		return nil
	}
	for name, broken := range map[string]func(name string, data []byte) []byte{
		"cut off":        func(_ string, data []byte) []byte { return data[:len(data)/2] },
		"empty":          func(string, []byte) []byte { return nil },
		"a byte changed": func(_ string, data []byte) []byte { d := bytes.Clone(data); d[len(d)-20] ^= 1; return d },
		"another format": func(_ string, data []byte) []byte {
			return bytes.Replace(data, []byte("artifact-1"), []byte("artifact-0"), 1)
		},
		"of another name": func(name string, _ []byte) []byte { return swapped(name) },
		"not ours":        func(string, []byte) []byte { return []byte("{}\n") },
		"huge":            func(string, []byte) []byte { return make([]byte, maxFact+1) },
		"without a body":  func(name string, _ []byte) []byte { return []byte(headOf(name, nil) + "\n") },
		"another's body":  func(name string, _ []byte) []byte { return []byte(headOf(name, []byte("[1]")) + "\n[1]") },
	} {
		for entry, data := range whole {
			write(t, filepath.Join(cache, entry), broken(entry, data))
		}
		c := cacheIn(cache, false)
		if said, opened := ask(t, c, path, narClasses...); said != want || !opened || c.Stats().Missed != 1 {
			t.Errorf("%s: opened %t, %+v", name, opened, c.Stats())
		}
		if said, opened := ask(t, cacheIn(cache, false), path, narClasses...); said != want || opened {
			t.Errorf("%s: not mended", name)
		}
	}
	for _, unusable := range []string{path, filepath.Join(path, "below"), "/proc/none"} {
		if said, _ := ask(t, cacheIn(unusable, false), path, narClasses...); said != want {
			t.Errorf("cache in %s: %s", unusable, said)
		}
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(cache, e.Name())); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(cache, e.Name()), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if said, _ := ask(t, cacheIn(cache, false), path, narClasses...); said != want {
		t.Errorf("folders in place of files: %s", said)
	}
	left, err := filepath.Glob(filepath.Join(cache, "tmp-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// A broken archive is not kept: what was wrong may have been the disk.
func TestCacheErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.jar")
	write(t, path, artifacttest.Zip(artifacttest.Entry{Name: "a/B.class", Data: []byte("text")}))
	c := cacheIn(filepath.Join(dir, "cache"), false)
	for range 2 {
		a, err := c.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Class("a.B"); err == nil {
			t.Error("it is read")
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	if c.Stats().Missed != 2 {
		t.Errorf("%+v", c.Stats())
	}
	for _, bad := range []string{filepath.Join(dir, "none"), dir} {
		if _, err := c.Open(bad); err == nil {
			t.Errorf("%s is opened", bad)
		}
	}
	write(t, path, []byte("text"))
	if _, err := c.Open(path); err == nil || !strings.Contains(err.Error(), "not a zip") {
		t.Error(err)
	}
}

// Runs at the same time see whole entries only.
func TestCacheConcurrent(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.nar")
	data := connectorNAR(t)
	write(t, path, data)
	want := answers(openBytes(t, data), narClasses...)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := cacheIn(filepath.Join(dir, "cache"), i%2 == 0)
			for k := range 20 {
				a, err := c.Open(path)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = a.Class(fmt.Sprintf("a.C%d", i*20+k)) // so that there is something to keep
				if said := answers(a, narClasses...); said != want {
					t.Errorf("%s\nwant %s", said, want)
				}
				_ = a.Close()
				c.Close()
				if k == 10 {
					c.trim(1, 0)
				}
			}
		})
	}
	wg.Wait()
}

func TestCacheTrim(t *testing.T) {
	dir := t.TempDir()
	c := cacheIn(dir, false)
	for i := range 40 {
		name := fmt.Sprintf("c-%02d", i)
		if !c.store(name, &place{Path: strings.Repeat("x", 100)}) {
			t.Fatal(name)
		}
		at := time.Now().Add(time.Duration(i-40) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "tmp-left"), nil)
	write(t, filepath.Join(dir, "foreign"), nil)
	old := time.Now().Add(-3 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "tmp-left"), old, old); err != nil {
		t.Fatal(err)
	}
	names := func() (list []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	c.trim(40, 1<<20)
	if got := names(); len(got) != 41 || got[40] != "foreign" {
		t.Errorf("within its bounds: %q", got)
	}
	c.trim(39, 1<<20)
	if got := names(); len(got) != 30 || got[0] != "c-11" {
		t.Errorf("too many: %q", got)
	}
	c.trim(39, 1000)
	if got := names(); len(got) > 5 || got[len(got)-2] != "c-39" {
		t.Errorf("too large: %q", got)
	}
	(*Cache)(nil).Close()
}

// The places that were used last are kept, also those of runs at the same time.
func TestCachePlaces(t *testing.T) {
	dir := t.TempDir()
	at := stamp{size: 1, modified: 2, changed: 3}
	one, two := cacheIn(dir, false), cacheIn(dir, false)
	for i := range maxPlaces {
		one.remember(fmt.Sprintf("/one/%04d", i), at, "s")
	}
	two.read()
	one.Close()
	two.remember("/two", at, "s")
	two.Close()
	three := cacheIn(dir, false)
	for path, want := range map[string]string{"/one/0000": "", "/one/0001": "s", "/two": "s"} {
		if got := three.sumOf(path, at); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	three.remember("/three", at, "s")
	three.Close()
	four := cacheIn(dir, false)
	for path, want := range map[string]string{"/one/0001": "s", "/one/0002": "", "/three": "s"} {
		if got := four.sumOf(path, at); got != want {
			t.Errorf("after it was used, %s: %q", path, got)
		}
	}
	if got := four.sumOf("/two", stamp{size: 1, modified: 2, changed: 4}); got != "" {
		t.Errorf("changed: %q", got)
	}
}
