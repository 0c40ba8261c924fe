package pulsar

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// mergeJars writes one jar of the files of a folder and the entries of jars,
// which are copied as they are, without packing them anew. Of two entries of
// one name the first counts, except for lists of services, which are joined.
func mergeJars(w io.Writer, folder string, jars []string) error {
	zw := zip.NewWriter(w)
	m, err := zw.Create("META-INF/MANIFEST.MF")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(m, "Manifest-Version: 1.0\n\n"); err != nil {
		return err
	}
	if err := zw.AddFS(os.DirFS(folder)); err != nil {
		return err
	}
	seen := map[string]bool{}
	services := map[string]*bytes.Buffer{}
	var order []string
	for _, jar := range jars {
		zr, err := zip.OpenReader(jar)
		if err != nil {
			return err
		}
		for _, f := range zr.File {
			name := f.Name
			if strings.HasSuffix(name, "/") || name == "META-INF/MANIFEST.MF" || name == "module-info.class" {
				continue
			}
			if strings.HasPrefix(name, "META-INF/services/") {
				if services[name] == nil {
					services[name] = &bytes.Buffer{}
					order = append(order, name)
				}
				err = appendEntry(services[name], f)
			} else if !seen[name] {
				seen[name] = true
				err = zw.Copy(f)
			}
			if err != nil {
				zr.Close()
				return fmt.Errorf("pulsar: %s in %s: %w", name, filepath.Base(jar), err)
			}
		}
		zr.Close()
	}
	for _, name := range order {
		e, err := zw.Create(name)
		if err != nil {
			return err
		}
		if _, err := services[name].WriteTo(e); err != nil {
			return err
		}
	}
	return zw.Close()
}

func appendEntry(b *bytes.Buffer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	return b.WriteByte('\n')
}
