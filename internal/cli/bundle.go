package cli

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/planner/plan"
)

// A bundle is a plan file together with the code that the plans send: a tar
// archive, compressed by gzip, of plan.json and then code/SHA256 for each file.
const (
	bundlePlan = "plan.json"
	bundleCode = "code/"
)

// maxBundlePlan bounds the plan in a bundle, whoever made it.
const maxBundlePlan = 512 << 20

// writeBundle packs plans with their code. Files that are not those that were
// planned any more are an error, and no bundle is left then.
func writeBundle(path string, plans []*plan.Plan) error {
	return replaceFile(path, 0o600, func(w io.Writer) error {
		// Jars are compressed already.
		zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		out := tar.NewWriter(zip)
		var text strings.Builder
		if err := plan.Write(&text, plans); err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: bundlePlan, Mode: 0o600, Size: int64(text.Len())}); err != nil {
			return err
		}
		if _, err := io.WriteString(out, text.String()); err != nil {
			return err
		}
		done := map[string]bool{}
		for _, p := range plans {
			for _, f := range p.CodeFiles() {
				if done[f.SHA256] {
					continue
				}
				done[f.SHA256] = true
				if err := packCode(out, f); err != nil {
					return err
				}
			}
		}
		return errors.Join(out.Close(), zip.Close())
	})
}

func packCode(out *tar.Writer, f plan.CodeFile) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: bundleCode + f.SHA256, Mode: 0o600, Size: info.Size()}); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(out, io.TeeReader(file, h)); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s has changed since it was planned for %s", f.Path, f.For.Name())
	}
	return nil
}

// isBundle tells a bundle by the first bytes of a gzip stream.
func isBundle(head []byte) bool { return len(head) > 1 && head[0] == 0x1f && head[1] == 0x8b }

// openBundle unpacks a bundle: its plans, which take their code from a folder of
// their own that done removes. Whatever else an archive may hold is an error.
func openBundle(r io.Reader) (plans []*plan.Plan, done func(), err error) {
	dir, err := os.MkdirTemp("", "meshc-bundle-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			remove()
			err = fmt.Errorf("bundle cannot be used: %w", err)
		}
	}()
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	in := tar.NewReader(zip)
	head, err := in.Next()
	switch {
	case err != nil:
		return nil, nil, err
	case head.Name != bundlePlan || head.Size > maxBundlePlan:
		return nil, nil, fmt.Errorf("it does not begin with %s", bundlePlan)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxBundlePlan))
	if err != nil {
		return nil, nil, err
	}
	if plans, err = plan.ReadFile(data); err != nil {
		return nil, nil, err
	}
	if err := unpackCode(in, dir, plans); err != nil {
		return nil, nil, err
	}
	for _, p := range plans {
		p.MoveCode(func(sum string) string { return filepath.Join(dir, sum) })
	}
	return plans, remove, nil
}

// unpackCode writes the files that the plans send, under their hashes; each has to
// be there once and in the size that the plan says.
func unpackCode(in *tar.Reader, dir string, plans []*plan.Plan) error {
	want := map[string]int64{}
	for _, p := range plans {
		for _, f := range p.CodeFiles() {
			want[f.SHA256] = f.Size
		}
	}
	for len(want) > 0 {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the code of %d files is missing", len(want))
		}
		if err != nil {
			return err
		}
		sum := strings.TrimPrefix(head.Name, bundleCode)
		size, wanted := want[sum]
		if !wanted || head.Size != size || head.Typeflag != tar.TypeReg || filepath.Base(sum) != sum {
			return fmt.Errorf("it holds %q, which its plan does not send", head.Name)
		}
		delete(want, sum)
		if err := writeCode(filepath.Join(dir, sum), in); err != nil {
			return err
		}
	}
	return nil
}

func writeCode(path string, from io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}
