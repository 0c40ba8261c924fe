package cli

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// codeFiles puts the code of components into files beside a mesh file.
type codeFiles struct {
	// dir is the folder, from the working folder; load tells whether to fill it.
	dir  string
	load bool
	// base is the folder of the mesh file.
	base string
	// have are the files by what is in them and how it is used.
	have map[string]string
}

func newCodeFiles(out, dir string) *codeFiles {
	c := &codeFiles{dir: dir, load: out != "" || dir != "", base: ".", have: map[string]string{}}
	if out != "" {
		c.base = filepath.Dir(out)
	}
	if dir == "" {
		c.dir = filepath.Join(c.base, "code")
	}
	return c
}

// node is a component for the compiler, its code in a file.
func (c *codeFiles) node(ctx context.Context, importer backend.Importer, found backend.Found) (compiler.Live, error) {
	n := compiler.Live{Kind: fields.Kind(found.Kind), Name: found.Name, Config: found.Config, Adopt: found.Owner == "", Protect: found.Protect, Sensitive: found.Sensitive, CodeKey: "archive"}
	if found.Spec != nil {
		n.Spec, n.Resource, n.CodeKey = found.Spec, found.Resource, ""
		n.FunctionMesh, n.Labels, n.Annotations = found.FunctionMesh, found.Labels, found.Annotations
		return n, nil
	}
	if found.Kind == state.KindFunction {
		runtime, _ := found.Config["runtime"].(string)
		n.CodeKey = map[string]string{"PYTHON": "py", "GO": "go"}[runtime]
		if n.CodeKey == "" {
			n.CodeKey = "jar"
		}
	}
	if archive, _ := found.Config["archive"].(string); strings.HasPrefix(archive, "builtin://") {
		n.CodeKey = ""
		return n, nil
	}
	if !c.load {
		n.Code = c.fromMesh(filepath.Join(c.dir, fileFor(found, n.CodeKey, "")))
		n.Notes = append(n.Notes, "its code was not downloaded: put it there, or use --code")
		return n, nil
	}
	path, sum, err := c.download(ctx, importer, found, n.CodeKey)
	switch {
	case errors.Is(err, backend.ErrBuiltinCode) && n.CodeKey == "jar":
		n.Code = "builtin://unknown"
		n.Notes = append(n.Notes, "its code is builtin, and workers do not tell its name: write it in the place of `unknown`")
	case errors.Is(err, backend.ErrNoCode), errors.Is(err, backend.ErrBuiltinCode):
		n.Code = c.fromMesh(filepath.Join(c.dir, fileFor(found, n.CodeKey, "")))
		n.Notes = append(n.Notes, "the cluster did not give its code out: put it there")
	case err != nil:
		return n, err
	default:
		n.Code = c.fromMesh(path)
		n.Notes = append(n.Notes, "sha256:"+sum)
	}
	return n, nil
}

// fromMesh is a path as the mesh file has to name it.
func (c *codeFiles) fromMesh(path string) string {
	if rel, err := filepath.Rel(c.base, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// download writes the code into the folder; equal code is there once.
func (c *codeFiles) download(ctx context.Context, importer backend.Importer, found backend.Found, key string) (path, sum string, err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return "", "", err
	}
	tmp, err := os.CreateTemp(c.dir, ".import-*")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	sum, err = importer.Code(ctx, found, tmp)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", "", err
	}
	name := fileFor(found, key, tmp.Name())
	same := sum + filepath.Ext(name)
	if key == "py" {
		// The name of the file is that of the module.
		same = sum + name
	}
	if path, ok := c.have[same]; ok {
		return path, sum, nil
	}
	path = filepath.Join(c.dir, name)
	if is, _, err := state.HashFile(path); err == nil && is != sum {
		// Two modules of one name, or something of the user's.
		path = filepath.Join(c.dir, fileName(found.Name), name)
	}
	if err := moveNew(tmp.Name(), path, sum, key); err != nil {
		return "", "", err
	}
	c.have[same] = path
	return path, sum, nil
}

// moveNew gives a file its name, unless something else has it.
func moveNew(from, path, sum, key string) error {
	if is, _, err := state.HashFile(path); err == nil {
		if is != sum {
			return &RemedyError{Err: fmt.Errorf("%s is there already, with something else in it", view.Clean(path)), Remedy: "name another folder with --code"}
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if key == "go" {
		mode = 0o755
	}
	if err := os.Chmod(from, mode); err != nil {
		return err
	}
	return os.Rename(from, path)
}

// fileFor is the name of the file for a component's code; the code itself, where it
// is at hand, tells archives apart.
func fileFor(c backend.Found, key, code string) string {
	switch key {
	case "go":
		return fileName(c.Name)
	case "py":
		if ext := archiveOf(code, ".dist-info/", ".whl", ".zip"); ext != "" {
			return fileName(c.Name) + ext
		}
		class, _ := c.Config["className"].(string)
		parts := strings.Split(class, ".")
		return fileName(parts[max(0, len(parts)-2)]) + ".py"
	}
	if ext := archiveOf(code, "META-INF/bundled-dependencies/", ".nar", ".jar"); ext != "" {
		return fileName(c.Name) + ext
	}
	return fileName(c.Name) + ".jar"
}

// archiveOf gives one ending for a zip file with an entry that has this in its name,
// the other for any other, and "" for what is none.
func archiveOf(path, part, with, without string) string {
	if path == "" {
		return ""
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return ""
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.Contains(f.Name, part) {
			return with
		}
	}
	return without
}

// fileName is a component's name as a file can have it.
func fileName(name string) string {
	name = strings.NewReplacer(":", "_", "/", "_", "\\", "_").Replace(name)
	if strings.Trim(name, ".") == "" {
		return "_" + name
	}
	return name
}
