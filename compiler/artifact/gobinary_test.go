package artifact

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goBuild builds a program with or without a module of the SDK's name.
func goBuild(t *testing.T, sdk bool, env ...string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/fn\ngo 1.26\n", "main.go": "package main\nfunc main() {}\n"}
	if sdk {
		files["go.mod"] += "require " + goSDK + " v0.0.0\nreplace " + goSDK + " => ./sdk\n"
		files["main.go"] = "package main\nimport _ \"" + goSDK + "/pf\"\nfunc main() {}\n"
		files["sdk/go.mod"] = "module " + goSDK + "\ngo 1.26\n"
		files["sdk/pf/pf.go"] = "package pf\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if os.MkdirAll(filepath.Dir(path), 0o700) != nil || os.WriteFile(path, []byte(text), 0o600) != nil {
			t.Fatal("cannot write", path)
		}
	}
	cmd := exec.Command("go", "build", "-o", "out", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"GOFLAGS=-mod=mod -ldflags=-s", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0"}, env...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(dir, "out")
}

func TestGoBinary(t *testing.T) {
	linux := goBuild(t, true, "GOOS=linux", "GOARCH=amd64")
	for name, c := range map[string]struct {
		path string
		want GoFacts
	}{
		"with the SDK":    {linux, GoFacts{Format: "elf", OS: "linux", Arch: "amd64", SDK: Yes}},
		"without the SDK": {goBuild(t, false, "GOOS=linux", "GOARCH=amd64"), GoFacts{Format: "elf", OS: "linux", Arch: "amd64", SDK: No}},
		"for a Mac":       {goBuild(t, true, "GOOS=darwin", "GOARCH=arm64"), GoFacts{Format: "macho", OS: "darwin", Arch: "arm64", SDK: Yes}},
	} {
		got, err := GoBinary(c.path)
		if !strings.HasPrefix(got.Go, "go1.") {
			t.Errorf("%s: built by %q", name, got.Go)
		}
		if got.Go = ""; got != c.want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
	data, err := os.ReadFile(linux)
	if err != nil {
		t.Fatal(err)
	}
	object := bytes.Clone(data)
	object[16] = 1 // ET_REL
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":      {nil, "it is empty"},
		"source":       {[]byte("// Fn.\npackage main\n"), "it is Go source"},
		"text":         {[]byte("hello"), "not an executable"},
		"a class file": {[]byte("\xca\xfe\xba\xbe\x00\x00\x00\x3d"), "not an executable"},
		"an object":    {object, "no executable"},
		"a fragment":   {data[:50], "broken or cut off"},
		"half of it":   {data[:len(data)/2], "broken or cut off"},
		"half a Mach":  {[]byte("\xcf\xfa\xed\xfe1234"), "broken or cut off"},
	} {
		if got, err := goBinary(bytes.NewReader(c.data), int64(len(c.data))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want %q", name, got, err, c.want)
		}
	}
	if got, err := goBinary(bytes.NewReader(smallELF()), 1000); err != nil || got != (GoFacts{Format: "elf", OS: "linux", Arch: "amd64", Go: "go1.26.1", SDK: No}) {
		t.Errorf("a small one: %+v, %v", got, err)
	}
	for name, data := range map[string][]byte{"a script": []byte("#!/bin/sh\n"), "for Windows": []byte("MZ rest")} {
		if got, err := goBinary(bytes.NewReader(data), int64(len(data))); err != nil || got.SDK == No {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// No byte of the headers makes it stop, or last.
func TestGoBinaryHeaders(t *testing.T) {
	path := goBuild(t, false, "GOOS=linux", "GOARCH=amd64")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bounded(t, func() {
		for i := range 64 {
			changed := bytes.Clone(data[:64<<10])
			changed[i] ^= 0xFF
			_, _ = goBinary(bytes.NewReader(changed), int64(len(changed)))
		}
	})
}
