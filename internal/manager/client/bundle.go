package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Bundle is all that a mesh is compiled from, for a manager to compile it again: its
// file, overlays and values, its code files, and what its references stand for here.
type Bundle struct {
	Meshes, Overlays []compiler.Input
	Sets             []string
	// Plan takes the place of Meshes.
	Plan *plan.Plan

	mu     sync.Mutex
	values api.Values
	// code are the code files by their paths here.
	code map[string]bool
}

// Collect compiles what is in the bundle, as Compile with these options does, and
// notes what else belongs to it.
func (b *Bundle) Collect(o compiler.Options) compiler.Result {
	b.values = api.Values{Env: map[string]string{}, Files: map[string]string{}}
	b.code = map[string]bool{}
	env := o.Env
	o.Overlays, o.Set = b.Overlays, b.Sets
	o.Env = func(name string) (string, bool) {
		if env == nil {
			return "", false
		}
		value, ok := env(name)
		if ok {
			b.note(b.values.Env, name, value)
		}
		return value, ok
	}
	o.ReadFile = func(path string) ([]byte, error) {
		data, err := load.ReadFile(path)
		if err == nil {
			b.note(b.values.Files, filepath.ToSlash(path), string(data))
		}
		return data, err
	}
	o.File = func(path string) string {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.code[path] = true
		return path
	}
	return compiler.Compile(b.Meshes, o)
}

func (b *Bundle) note(to map[string]string, key, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	to[key] = value
}

// ForPlan makes the bundle of a saved plan: its code, and what its sensitive values
// stand for, which value gives.
func ForPlan(p *plan.Plan, values api.Values) *Bundle {
	b := &Bundle{Plan: p, values: values, code: map[string]bool{}}
	for _, f := range p.CodeFiles() {
		b.code[f.Path] = true
	}
	return b
}

// form writes the multipart body. Code that is not there is left out: the manager says
// what it misses.
func (b *Bundle) form() (body, error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part := func(name, file string, from io.Reader) error {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%s", name, quoted(file)))
		p, err := w.CreatePart(h)
		if err == nil {
			_, err = io.Copy(p, from)
		}
		return err
	}
	for _, in := range b.Meshes {
		if err := part(api.PartMesh, in.Name, bytes.NewReader(in.Data)); err != nil {
			return body{}, err
		}
	}
	for _, in := range b.Overlays {
		if err := part(api.PartOverlay, in.Name, bytes.NewReader(in.Data)); err != nil {
			return body{}, err
		}
	}
	for _, s := range b.Sets {
		if err := part(api.PartSet, "set", bytes.NewReader([]byte(s))); err != nil {
			return body{}, err
		}
	}
	if b.Plan != nil {
		var text bytes.Buffer
		if err := plan.Write(&text, []*plan.Plan{b.Plan}); err != nil {
			return body{}, err
		}
		if err := part(api.PartPlan, "plan.json", &text); err != nil {
			return body{}, err
		}
	}
	values, err := json.Marshal(b.values)
	if err == nil {
		err = part(api.PartValues, "values.json", bytes.NewReader(values))
	}
	if err != nil {
		return body{}, err
	}
	var paths []string
	for path := range b.code {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := codePart(part, path); err != nil {
			return body{}, err
		}
	}
	if err := w.Close(); err != nil {
		return body{}, err
	}
	return body{kind: w.FormDataContentType(), data: out.Bytes()}, nil
}

func codePart(part func(name, file string, from io.Reader) error, path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return part(api.PartCode, path, file)
}

// quoted writes a file's name as a header takes it.
func quoted(name string) string {
	out := []byte{'"'}
	for i := range len(name) {
		if name[i] == '"' || name[i] == '\\' {
			out = append(out, '\\')
		}
		if name[i] >= ' ' {
			out = append(out, name[i])
		}
	}
	return string(append(out, '"'))
}

// ValuesOf gives what the sensitive values stand for that a plan writes. Errors: a
// reference that stands for nothing here, or for another value than when it was planned.
func ValuesOf(p *plan.Plan, env func(name string) (string, bool)) (api.Values, error) {
	v := api.Values{Env: map[string]string{}, Files: map[string]string{}}
	options := load.Options{Env: func(name string) (string, bool) {
		value, ok := env(name)
		if ok {
			v.Env[name] = value
		}
		return value, ok
	}, ReadFile: func(path string) ([]byte, error) {
		data, err := load.ReadFile(path)
		if err == nil {
			v.Files[filepath.ToSlash(path)] = string(data)
		}
		return data, err
	}}
	for _, s := range p.Steps {
		if c, ok := s.Change.After.(*state.Component); ok {
			if _, err := c.Resolve(func(from string) (string, error) { return load.Resolve(from, options) }); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}
