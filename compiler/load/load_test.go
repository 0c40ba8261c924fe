package load_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/compiler/syntax"
)

func parse(t testing.TB, name, text string) []*syntax.Document {
	t.Helper()
	docs, list := syntax.Parse(name, []byte(text))
	if list.HasErrors() {
		t.Fatalf("%s is not YAML: %+v", name, list)
	}
	return docs
}

// trees loads one mesh.
func trees(t testing.TB, text string, opts load.Options) (*syntax.Node, diag.List) {
	t.Helper()
	r, list := load.Trees(parse(t, "m.yaml", text), opts)
	if len(r.Docs) != 1 {
		t.Fatalf("%d documents", len(r.Docs))
	}
	return r.Docs[0].Root, list
}

// plain writes a tree as text, scalars with their types, sensitive ones as shown.
func plain(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Mapping:
		m := map[string]any{}
		for _, p := range n.Pairs {
			m[p.Key.Value] = plain(p.Value)
		}
		return m
	case syntax.Sequence:
		s := []any{}
		for _, item := range n.Items {
			s = append(s, plain(item))
		}
		return s
	case syntax.Hole:
		return fmt.Sprintf("hole %t", n.Unknown)
	}
	return fmt.Sprintf("%d %s", n.Type, n.Shown())
}

// genYAML makes values that hold no reference.
func genYAML() *rapid.Generator[string] {
	scalar := rapid.SampledFrom([]string{"a", "1", "true", "null", "~", "1.5", `"x y"`, "$x", "x$", "2020-01-01", "{a: 1}", "[a, {b: c}]"})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		b.WriteString("name: m\n")
		for i := range rapid.IntRange(0, 4).Draw(t, "keys") {
			fmt.Fprintf(&b, "k%d: %s\n", i, scalar.Draw(t, "value"))
		}
		for _, list := range []string{"topics", "functions"} {
			fmt.Fprintf(&b, "%s:\n", list)
			for i := range rapid.IntRange(0, 3).Draw(t, list) {
				fmt.Fprintf(&b, "- {name: n%d, userConfig: {x: %s}}\n", i, scalar.Draw(t, "value"))
			}
		}
		return b.String()
	})
}

// What nothing is said about comes out as the same document.
func TestNothingToDoIsTheSameTree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		docs := parse(t, "m.yaml", genYAML().Draw(rt, "mesh"))
		r, list := load.Trees(docs, load.Options{})
		if len(list) > 0 || r.Docs[0] != docs[0] {
			rt.Errorf("another document, or findings: %+v", list)
		}
	})
}

// An overlay that says what the mesh says changes no value, and laying it over
// twice is laying it over once.
func TestOverlayOfItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text, other := genYAML().Draw(rt, "mesh"), genYAML().Draw(rt, "overlay")
		for _, bad := range []string{": null", ": ~", ": {a: null"} {
			// In an overlay these take away what can be taken away once.
			other, text = strings.ReplaceAll(other, bad, ": 7"), strings.ReplaceAll(text, bad, ": 7")
		}
		text, other = strings.ReplaceAll(text, ":\n", ": []\n"), strings.ReplaceAll(other, "topics:\n", "topics: []\n")
		text = strings.ReplaceAll(text, "[]\n-", "\n-")
		other = strings.ReplaceAll(strings.ReplaceAll(other, "functions:\n", "functions: []\n"), "[]\n-", "\n-")
		once, list := trees(t, text, load.Options{Overlays: parse(t, "o.yaml", other)})
		if list.HasErrors() {
			rt.Fatalf("%+v\n%s\n%s", list, text, other)
		}
		twice, _ := trees(t, text, load.Options{Overlays: slices.Concat(parse(t, "o.yaml", other), parse(t, "o.yaml", other))})
		if diff := cmp.Diff(plain(once), plain(twice)); diff != "" {
			rt.Errorf("once and twice differ:\n%s", diff)
		}
		itself, _ := trees(t, text, load.Options{Overlays: parse(t, "o.yaml", text)})
		if diff := cmp.Diff(plain(parse(t, "m.yaml", text)[0].Root), plain(itself)); diff != "" {
			rt.Errorf("it and it over itself differ:\n%s", diff)
		}
	})
}

// The trees that come in are never changed.
func TestInputsStay(t *testing.T) {
	const mesh = "name: m\nvariables: {n: 1}\nfunctions:\n- name: f\n  parallelism: ${n}\n  userConfig: {a: ${n}}\n"
	const over = "functions:\n- name: f\n  userConfig: {b: \"${n}\"}\n- {name: g}\n"
	docs, overlays := parse(t, "m.yaml", strings.ReplaceAll(mesh, "{a: ${n}}", `{a: "${n}"}`)), parse(t, "o.yaml", over)
	before := []any{plain(docs[0].Root), plain(overlays[0].Root)}
	load.Trees(docs, load.Options{Overlays: overlays, Set: []string{"variables.n=2", "functions.f.userConfig.c.d=3", "functions.g=null"}})
	if diff := cmp.Diff(before, []any{plain(docs[0].Root), plain(overlays[0].Root)}); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
}

// A whole value takes the type of the variable, text takes its text.
func TestTypes(t *testing.T) {
	root, list := trees(t, `name: m
variables: {n: 3, t: "3", b: true, f: 1.50, half: 0x1F, both: "${n}${b}", e: ""}
functions:
- name: x
  userConfig: {n: "${n}", t: "${t}", b: "${b}", f: '${f}', h: "${half}-${f}", both: "${both}", e: "${e}", esc: "$${n} $$ $ ${n}$", nested: ["${n}", {a: "${t}!"}]}
`, load.Options{})
	if len(list) > 0 {
		t.Fatalf("%+v", list)
	}
	want := map[string]any{
		"n": fmt.Sprintf("%d 3", syntax.Int), "t": "0 3", "b": fmt.Sprintf("%d true", syntax.Bool), "f": fmt.Sprintf("%d 1.50", syntax.Float),
		"h": "0 0x1F-1.50", "both": "0 3true", "e": "0 ", "esc": "0 ${n} $$ $ 3$",
		"nested": []any{fmt.Sprintf("%d 3", syntax.Int), map[string]any{"a": "0 3!"}},
	}
	got := plain(root.Get("functions").Items[0].Get("userConfig"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if root.Get("variables") != nil {
		t.Error("the variables are still there")
	}
}

// The place of a value is the one that names the variable.
func TestPlaces(t *testing.T) {
	docs := parse(t, "m.yaml", "name: m\nvariables: {n: 3}\nfunctions:\n- {name: f, parallelism: \"${n}\"}\n")
	r, _ := load.Trees(docs, load.Options{Set: []string{"variables.n=4", "functions.f.userConfig=[é, {a: b}]"}})
	f := r.Docs[0].Root.Get("functions").Items[0]
	span := f.Get("parallelism").Span
	if got := span.String(); got != "m.yaml:4:26" {
		t.Errorf("place %s", got)
	}
	want := []diag.Related{{Span: diag.Span{File: load.SetFile, Start: diag.Pos{Line: 1, Column: 13}, End: diag.Pos{Line: 1, Column: 14}}, Note: "`n` is given here"}}
	if diff := cmp.Diff(want, r.Origins[span]); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
	b := f.Get("userConfig").Items[1].Get("a")
	if got := b.Span.String(); got != "--set:2:32" {
		t.Errorf("place in --set %s", got)
	}
	line := strings.Split(r.SetText, "\n")[1]
	if got := string([]rune(line)[b.Span.Start.Column-1 : b.Span.End.Column-1]); got != "b" {
		t.Errorf("the place holds %q", got)
	}
}

// Sensitive values are marked, and their references lead to the same value again.
func TestSensitive(t *testing.T) {
	env := func(name string) (string, bool) {
		v, ok := map[string]string{"A": "s3cret", "B": "${A}$", "EMPTY": ""}[name]
		return v, ok
	}
	read := func(path string) ([]byte, error) { return []byte("from " + path + "\r\n"), nil }
	root, list := trees(t, `name: m
variables: {a: "<${env:A}>", p: x}
functions:
- name: f
  userConfig: {a: "${env:A}", b: "${p}$${ ${env:B} ${a}", c: "${file:k/../key}", e: "${env:EMPTY}", plain: "${p}"}
`, load.Options{Env: env, ReadFile: read})
	if len(list) > 0 {
		t.Fatalf("%+v", list)
	}
	config := root.Get("functions").Items[0].Get("userConfig")
	type value struct {
		Value, Shown       string
		Sensitive, Unknown bool
	}
	got := map[string]value{}
	for _, p := range config.Pairs {
		got[p.Key.Value] = value{p.Value.Value, p.Value.Shown(), p.Value.Sensitive, p.Value.Unknown}
	}
	want := map[string]value{
		"a":     {"s3cret", "${env:A}", true, false},
		"b":     {"x${ ${A}$ <s3cret>", "x$${ ${env:B} <${env:A}>", true, false},
		"c":     {"from key", "${file:key}", true, false},
		"e":     {"", "${env:EMPTY}", false, true},
		"plain": {"x", "x", false, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if texts := config.Texts(); !cmp.Equal(texts, []string{"x"}) {
		t.Errorf("texts %q", texts)
	}
	again, _ := trees(t, "name: m\nfunctions: [{name: f, userConfig: {b: '"+got["b"].Shown+"'}}]\n", load.Options{Env: env, ReadFile: read})
	if b := again.Get("functions").Items[0].Get("userConfig").Get("b"); b.Value != got["b"].Value || b.Shown() != got["b"].Shown {
		t.Errorf("again: %q, shown %q", b.Value, b.Shown())
	}
}

// What would take for ever, or all memory, ends with a finding.
func TestBombs(t *testing.T) {
	var doubling, wide, chain, many, unknowns strings.Builder
	doubling.WriteString("name: m\nvariables:\n  v0: aaaaaaaaaa\n")
	for i := range 60 {
		fmt.Fprintf(&doubling, "  v%d: ${v%d}${v%d}\n", i+1, i, i)
	}
	fmt.Fprintf(&wide, "name: m\nvariables: {v: %s}\nfunctions:\n- name: f\n  userConfig:\n", strings.Repeat("x", 1<<19))
	for i := range 5000 {
		fmt.Fprintf(&wide, "    k%d: a${v}\n", i)
	}
	chain.WriteString("name: m\nvariables:\n  v0: a\n")
	many.WriteString("name: m\nvariables:\n")
	for i := range 20_000 {
		fmt.Fprintf(&chain, "  v%d: ${v%d}\n", 20_001-i, 20_000-i)
		fmt.Fprintf(&many, "  v%d: ${v%d}\n", i, i/50*50+(i+1)%50)
		fmt.Fprintf(&unknowns, "- {name: f%d, userConfig: {a: \"${w%d}\"}}\n", i, i)
	}
	var all strings.Builder
	all.WriteString("name: m\nvariables:\n")
	for i := range 20_000 {
		fmt.Fprintf(&all, "  x%d: 1\n", i)
	}
	for name, text := range map[string]string{
		"doubling": doubling.String(), "wide": wide.String(), "chain": chain.String(), "cycles": many.String(),
		"unknown": all.String() + "functions:\n" + unknowns.String(),
		"escapes": "name: m\nk: " + strings.Repeat("$${", 1<<18) + "${\n",
	} {
		t.Run(name, func(t *testing.T) {
			docs := parse(t, "m.yaml", text)
			start := time.Now()
			_, list := load.Trees(docs, load.Options{})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if !list.HasErrors() {
				t.Error("no finding")
			}
		})
	}
}

// Huge overlays are merged in a time that grows with their size alone.
func TestHugeOverlay(t *testing.T) {
	var mesh, over strings.Builder
	mesh.WriteString("name: m\nfunctions:\n")
	over.WriteString("functions:\n")
	for i := range 10_000 {
		fmt.Fprintf(&mesh, "- {name: f%d, parallelism: 1}\n", i)
		fmt.Fprintf(&over, "- {name: g%dx, parallelism: 2}\n", i)
	}
	fmt.Fprintf(&mesh, "k:\n")
	fmt.Fprintf(&over, "k:\n")
	for i := range 30_000 {
		fmt.Fprintf(&mesh, "  a%d: 1\n", i)
		fmt.Fprintf(&over, "  a%d: 2\n", i)
	}
	docs, overlays := parse(t, "m.yaml", mesh.String()), parse(t, "o.yaml", over.String())
	start := time.Now()
	r, _ := load.Trees(docs, load.Options{Overlays: overlays})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	if n := len(r.Docs[0].Root.Get("functions").Items); n != 20_000 {
		t.Errorf("%d functions", n)
	}
}

// Several meshes: a value is set where what it names is.
func TestSetInSeveralMeshes(t *testing.T) {
	docs := parse(t, "m.yaml", "name: a\nvariables: {n: 1}\nx: ${n}\n---\nname: b\nfunctions: [{name: f}]\n---\napiVersion: v1\nkind: ${x}\n")
	r, list := load.Trees(docs, load.Options{Set: []string{"variables.n=2", "functions.f.parallelism=3", "tenant=t"}})
	if len(list) > 0 {
		t.Fatalf("%+v", list)
	}
	var got []any
	for _, d := range r.Docs {
		got = append(got, plain(d.Root))
	}
	number := func(s string) string { return fmt.Sprintf("%d %s", syntax.Int, s) }
	want := []any{
		map[string]any{"name": "0 a", "x": number("2"), "tenant": "0 t"},
		map[string]any{"name": "0 b", "functions": []any{map[string]any{"name": "0 f", "parallelism": number("3")}}, "tenant": "0 t"},
		map[string]any{"apiVersion": "0 v1", "kind": "0 ${x}"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLooksSecret(t *testing.T) {
	keys := map[string]bool{
		"password": true, "dbPassword": true, "DB_PASSWORD": true, "db.password": true, "secret": true, "clientSecret": true,
		"token": true, "authToken": true, "apiKey": true, "api-key": true, "APIKey": true, "apikey": true, "privateKey": true,
		"AWS_SECRET_ACCESS_KEY": true, "credentials": true, "passphrase": true,
		"key": false, "keyField": false, "tokenUrl": false, "maxTokens": false, "passwordFile": false, "secretName": false,
		"tokenizer": false, "partitionKey": false, "": false, "primaryKey": false, "passwords": false,
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if got := load.LooksSecret(key); got != keys[key] {
			t.Errorf("%q: %t", key, got)
		}
	}
}

// Files that cannot be used are told by what they are, never by what they hold.
func TestFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, data := range map[string]string{"good": "text\n", "nul": "hunter2\x00", "latin1": "hunter2\xe9", "large": strings.Repeat("hunter2", 50_000), "full": strings.Repeat("x", 256<<10), "none/x": ""} {
		if dir, _, below := strings.Cut(name, "/"); below {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"good": "", "full": "", "nul": "is not UTF-8 text", "latin1": "is not UTF-8 text", "large": "is larger than 256 KiB",
		"none": "is not a regular file", "pipe": "is not a regular file", "absent": "There is no file",
	} {
		_, list := trees(t, "name: m\nfunctions: [{name: f, userConfig: {a: '${file:"+name+"}', b: '${file:"+name+"}'}}]\n", load.Options{ReadFile: load.ReadFile, NeedValues: true})
		said := fmt.Sprint(list)
		if want == "" && len(list) > 0 || want != "" && (len(list) != 1 || list[0].Code != diag.NoValue || !strings.Contains(said, want) || len(list[0].Related) != 1) || strings.Contains(said, "hunter2") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// Ten thousand functions, with nothing to do and with a reference each.
func BenchmarkTrees(b *testing.B) {
	for _, value := range []string{"2", "${n}"} {
		b.Run(value, func(b *testing.B) {
			var mesh strings.Builder
			mesh.WriteString("name: m\nvariables: {n: 2}\nx: ${n}\nfunctions:\n")
			for i := range 10_000 {
				fmt.Fprintf(&mesh, "- name: f%d\n  className: org.example.F\n  parallelism: %s\n  inputs: [t%d]\n  output: t%d\n", i, value, i, i+1)
			}
			docs := parse(b, "m.yaml", mesh.String())
			for b.Loop() {
				load.Trees(docs, load.Options{})
			}
		})
	}
}
