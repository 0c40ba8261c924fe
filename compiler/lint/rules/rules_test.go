package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint/rules"
)

var (
	want        = regexp.MustCompile(`(?:# want|,) (MC[0-9]+) "([^"]*)"`)
	versionLine = regexp.MustCompile(`(?m)^# Pulsar (\S+)$`)
)

// Each rule has a folder of meshes in which comments say, on the line of each
// finding, its code and a part of what it says. Nothing else may be found. A line
// "# Pulsar 4.0" says which version the mesh is for. Rules about single components
// share their code files.
func TestRules(t *testing.T) {
	seen := map[diag.Code]bool{}
	for _, rule := range rules.All() {
		t.Run(string(rule.Code), func(t *testing.T) {
			if seen[rule.Code] {
				t.Error("two rules report this code")
			}
			seen[rule.Code] = true
			if rule.Doc == "" || rule.Run == nil || rule.Code.Summary() == "" {
				t.Error("the rule has no doc, nothing to run or no entry in the catalogue")
			}
			var files []string
			for _, room := range []string{".", "worker"} {
				found, err := filepath.Glob(filepath.Join(room, "testdata", string(rule.Code), "*.yaml"))
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, found...)
			}
			if len(files) == 0 {
				t.Fatal("the rule has no testdata")
			}
			shown := false
			for _, name := range files {
				shown = testFile(t, name, rule.Code) || shown
			}
			if !shown {
				t.Error("no file shows a finding of the rule")
			}
		})
	}
}

func testFile(t *testing.T, name string, code diag.Code) (shown bool) {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]string{}
	for i, line := range strings.Split(string(data), "\n") {
		for _, m := range want.FindAllStringSubmatch(line, -1) {
			wanted[fmt.Sprintf("%d %s", i+1, m[1])] = m[2]
		}
	}
	var opts compiler.Options
	if m := versionLine.FindSubmatch(data); m != nil {
		opts.PulsarVersion = string(m[1])
	}
	name = filepath.Join(copyCode(t, filepath.Dir(name)), filepath.Base(name))
	for _, d := range compiler.Compile([]compiler.Input{{Name: name, Data: data}}, opts).Findings {
		key := fmt.Sprintf("%d %s", d.Span.Start.Line, d.Code)
		part, ok := wanted[key]
		if !ok && d.Code == diag.UnreadOutput && code != d.Code {
			continue // what the cases of other rules write nobody reads
		}
		if !ok || !strings.Contains(d.Detail, part) {
			t.Errorf("%s: [%s] %s", d.Span, d.Code, d.Detail)
		}
		if len(d.Hints) == 0 {
			t.Errorf("%s: no hint says what to do", d.Span)
		}
		delete(wanted, key)
		shown = shown || d.Code == code
	}
	for key := range wanted {
		t.Errorf("%s: nothing found at line %s", name, key)
	}
	return shown
}

// copyCode gives a folder with the code files of another, jars made of the lists
// of classes that stand there.
func copyCode(t *testing.T, from string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(from, "f.*"))
	if len(files) == 0 {
		files, err = filepath.Glob(filepath.Join(filepath.Dir(from), "f.*"))
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no code files in %s: %v", from, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if jar, ok := artifacttest.FromText(data); ok {
			data = jar
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
