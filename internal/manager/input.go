package manager

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
)

// input is what a request brings along: a mesh file with all that belongs to it, or
// a plan. Its code files are in a folder of its own, which done removes.
type input struct {
	meshes, overlays []compiler.Input
	sets             []string
	values           api.Values
	plan             *plan.Plan
	// code are the places of code files, by the paths that the mesh has for them, and
	// sums by their hashes.
	code map[string]string
	sums map[string]string
	dir  string
}

func (in *input) done() {
	if in.dir != "" {
		_ = os.RemoveAll(in.dir)
	}
}

// maxParts bounds how many parts a request has.
const maxParts = 10_000

// readInput reads a request's body: a mesh file as it is, a plan file, or multipart
// with all parts. The caller has bounded its size.
func readInput(r *http.Request) (*input, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return nil, usage("Content-Type: %v", err)
	}
	in := &input{code: map[string]string{}, sums: map[string]string{}}
	// Only this process may look into it or put something there: what did not come along is
	// looked for in it, too.
	if in.dir, err = os.MkdirTemp("", "meshc-manager-"); err != nil {
		return nil, err
	}
	switch kind {
	case "multipart/form-data":
		if err = in.parts(multipart.NewReader(r.Body, params["boundary"])); err == nil {
			_, err = io.Copy(io.Discard, r.Body)
		}
	case "application/yaml", "application/x-yaml", "text/yaml", "application/json", "application/octet-stream":
		// Not text/plain, nor none: a page of any web site may have a browser send these.
		var data []byte
		if data, err = io.ReadAll(r.Body); err == nil {
			err = in.single(data)
		}
	case "":
		var n int64
		if n, err = io.Copy(io.Discard, io.LimitReader(r.Body, 1)); n > 0 {
			err = usage("there is no Content-Type: send application/yaml, application/json or multipart/form-data")
		}
	default:
		err = usage("Content-Type %q is not taken: send application/yaml, application/json or multipart/form-data", kind)
	}
	if err == nil && in.plan == nil && len(in.meshes) == 0 {
		err = usage("the request holds no mesh: send the mesh file as the body, or as the part %q", api.PartMesh)
	}
	if err != nil {
		in.done()
		return nil, err
	}
	return in, nil
}

func (in *input) single(data []byte) error {
	if plan.IsPlan(data) {
		return in.takePlan(data)
	}
	if len(data) > 0 {
		in.meshes = append(in.meshes, compiler.Input{Name: "mesh.yaml", Data: data})
	}
	return nil
}

func (in *input) takePlan(data []byte) error {
	plans, err := plan.ReadFile(data)
	if err != nil {
		return usage("%v", err)
	}
	if len(plans) != 1 || in.plan != nil {
		return usage("a request carries out one plan, this one has %d", len(plans))
	}
	in.plan = plans[0]
	return nil
}

func (in *input) parts(form *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && n == maxParts {
			err = usage("more than %d parts", maxParts)
		}
		if err == nil {
			err = in.part(part)
		}
		if err != nil {
			return malformed(err)
		}
	}
}

func (in *input) part(part *multipart.Part) error {
	// FileName would drop the folder, which is what tells code files apart.
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return usage("a part without a name")
	}
	name, file := params["name"], params["filename"]
	if name == api.PartCode {
		return in.takeCode(file, part)
	}
	limit := int64(compiler.MaxFile)
	if name == api.PartPlan {
		limit = 64 << 20
	}
	data, err := io.ReadAll(io.LimitReader(part, limit+1))
	switch {
	case err != nil:
		return err
	case int64(len(data)) > limit:
		return &http.MaxBytesError{Limit: limit}
	}
	if file == "" {
		file = "mesh.yaml"
	}
	switch name {
	case api.PartMesh:
		in.meshes = append(in.meshes, compiler.Input{Name: file, Data: data})
	case api.PartOverlay:
		in.overlays = append(in.overlays, compiler.Input{Name: file, Data: data})
	case api.PartSet:
		in.sets = append(in.sets, string(data))
	case api.PartValues:
		if err := json.Unmarshal(data, &in.values); err != nil {
			// Its text may quote a value.
			return usage("part %q is not JSON of the form {\"env\": {}, \"files\": {}}", api.PartValues)
		}
	case api.PartPlan:
		return in.takePlan(data)
	default:
		return usage("there is no part %q", name)
	}
	return nil
}

// takeCode writes a code file into the folder of the request, under a number.
func (in *input) takeCode(path string, part io.Reader) error {
	if path == "" {
		return usage("a part %q has no file name", api.PartCode)
	}
	if _, twice := in.code[filepath.Clean(path)]; twice {
		return usage("code file %s is sent twice", clean(path))
	}
	// The kind of a file is told by the end of its name.
	base := filepath.Base(filepath.ToSlash(path))
	if len(base) > 100 {
		base = base[len(base)-100:]
	}
	at := filepath.Join(in.dir, strconv.Itoa(len(in.code)), base)
	if err := os.Mkdir(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	sum, err := writeCode(at, part)
	if err != nil {
		return err
	}
	in.code[filepath.Clean(path)], in.sums[sum] = at, at
	return nil
}

// place gives where a file that the mesh names is. Nothing else of this machine is
// ever looked at.
func (in *input) place(path string) string {
	if at, ok := in.code[filepath.Clean(path)]; ok {
		return at
	}
	return filepath.Join(in.absent(), filepath.Base(path))
}

// absent is where nothing is: below the folder of the request, or where there is none
// below what is no folder.
func (in *input) absent() string {
	if in.dir == "" {
		return filepath.Join(os.DevNull, "none")
	}
	return filepath.Join(in.dir, "none")
}

// env and readFile look values up among those that came along.
func (in *input) env(name string) (string, bool) {
	v, ok := in.values.Env[name]
	return v, ok && v != ""
}

func (in *input) readFile(path string) ([]byte, error) {
	if text, ok := in.values.Files[filepath.ToSlash(path)]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

// hidden takes the places of this machine out of a text.
func (in *input) hidden(text string) string {
	for path, at := range in.code {
		text = strings.ReplaceAll(text, at, path)
	}
	return strings.ReplaceAll(text, in.absent()+string(filepath.Separator), "")
}

// malformed takes what is wrong with a multipart body for the caller's mistake.
func malformed(err error) error {
	var large *http.MaxBytesError
	var own *usageError
	if errors.As(err, &large) || errors.As(err, &own) || errors.Is(err, os.ErrDeadlineExceeded) || !strings.HasPrefix(err.Error(), "multipart:") && !strings.HasPrefix(err.Error(), "mime:") && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return usage("the body is no multipart form: %v", err)
}

// usageError is a mistake of the caller.
type usageError struct{ text string }

// Error implements error.
func (e *usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }
