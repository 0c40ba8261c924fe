package artifact

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
)

// BenchmarkOpen opens a jar and asks for one class.
func BenchmarkOpen(b *testing.B) {
	var few, many []artifacttest.Class
	for i := range 12 {
		few = append(few, artifacttest.Function(fmt.Sprintf("org.example.Function%d", i), text, text))
	}
	for i := range 30_000 {
		many = append(many, artifacttest.Function(fmt.Sprintf("org.example.p%d.Function%d", i/50, i), text, text))
	}
	for name, c := range map[string]struct {
		classes []artifacttest.Class
		padding int
		class   string
	}{
		"5KB":                {few, 0, "org.example.Function7"},
		"100MB":              {few, 100 << 20, "org.example.Function7"},
		"100MB-30000classes": {many, 90 << 20, "org.example.p200.Function10001"},
	} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "f.jar")
			if err := os.WriteFile(path, padded(b, c.classes, c.padding), 0o600); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				a, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if f, err := a.Function(c.class, false); err != nil || f.Kind != PulsarFunction {
					b.Fatal(f, err)
				}
				_ = a.Close()
			}
		})
	}
}

// padded adds entries that are no classes and do not compress.
func padded(b *testing.B, classes []artifacttest.Class, padding int) []byte {
	b.Helper()
	small := artifacttest.Jar(classes...)
	if padding == 0 {
		return small
	}
	z, err := zip.NewReader(bytes.NewReader(small), int64(len(small)))
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	noise := make([]byte, 1<<20)
	for i := range padding >> 20 {
		_, _ = rand.Read(noise)
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("noise%d", i), Method: zip.Store})
		if err == nil {
			_, err = f.Write(noise)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkPython reads a module of a thousand classes.
func BenchmarkPython(b *testing.B) {
	var src bytes.Buffer
	src.WriteString("from pulsar import Function\n")
	for i := range 1000 {
		fmt.Fprintf(&src, "\n\nclass F%d(Function):\n    \"\"\"Doc.\"\"\"\n\n    def process(self, input, context):\n        return input + '%d'  # done\n", i, i)
	}
	b.SetBytes(int64(src.Len()))
	for b.Loop() {
		m, err := ParsePython(src.Bytes())
		if err != nil || m.Lookup("F999").Process != Yes {
			b.Fatal(err)
		}
	}
}
