package pulsar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tools makes an empty PATH and an empty cache, and commands in it that print a line.
func tools(t *testing.T, commands map[string]string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	for name, says := range commands {
		script := "#!/bin/sh\necho '" + says + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMissing(t *testing.T) {
	java := func(v string) string { return `openjdk version "` + v + `" 2025-04-15` }
	for _, c := range []struct {
		name string
		have map[string]string
		opts Options
		want []string // each within one of what is missing
	}{
		{"nothing is there", nil, Options{}, []string{"Java 17", "Maven"}},
		{"all is there", map[string]string{"java": java("17.0.15"), "mvn": ""}, Options{}, nil},
		{"an early access of java", map[string]string{"java": java("26-ea"), "mvn": ""}, Options{}, nil},
		{"java 8", map[string]string{"java": java("1.8.0_392"), "mvn": ""}, Options{}, []string{"on PATH is 1"}},
		{"java 11", map[string]string{"java": java("11.0.2"), "mvn": ""}, Options{}, []string{"on PATH is 11"}},
		{"no compiler", map[string]string{"java": java("21.0.1"), "mvn": ""}, Options{Version: "4.2.4"}, []string{"JDK 17"}},
		{"no Python", map[string]string{"java": java("21.0.1"), "mvn": ""}, Options{Runtime: Process, Python: "/nowhere"}, []string{"Python"}},
		{"unknown version", map[string]string{"java": java("21.0.1")}, Options{Version: "1"}, []string{"not among"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tools(t, c.have)
			got := Missing(c.opts)
			if len(got) != len(c.want) {
				t.Fatalf("missing %q, want %d", got, len(c.want))
			}
			for i := range got {
				if !strings.Contains(got[i], c.want[i]) {
					t.Errorf("missing %q, want %q in it", got[i], c.want[i])
				}
			}
		})
	}
}

func TestFetchFailsClearly(t *testing.T) {
	tools(t, nil)
	if _, err := Home(t.Context(), "", nil); err == nil || !strings.Contains(err.Error(), "put mvn on PATH") {
		t.Errorf("without Maven: %v", err)
	}
	tools(t, map[string]string{"mvn": "[ERROR] no route to host"})
	_, err := Home(t.Context(), "", nil)
	if err == nil { // this mvn succeeds and brings nothing
		t.Fatal("no error")
	}
	dir, _ := cacheDir()
	if left, _ := filepath.Glob(filepath.Join(dir, "[.4]*0.8*")); len(left) != 1 { // the lock file
		t.Errorf("a failed fetch left %v", left)
	}
}
