package lower

import (
	"fmt"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// code is what is known of a code file.
type code struct {
	sha256 string
	size   int64
}

// code hashes a function's code and adds its package where packages are used.
func (l *lowerer) code(f *mesh.Function) (state.Code, error) {
	if l.opts.NamesOnly {
		return state.Code{}, nil
	}
	path := f.Code.Path
	c, ok := l.hashes[path]
	if !ok {
		var err error
		if c, err = hash(path); err != nil {
			return state.Code{}, fmt.Errorf("code of function %s: %w", f.Name, err)
		}
		l.hashes[path] = c
	}
	out := state.Code{Mode: state.ByData, SHA256: c.sha256, Size: c.size, Path: path}
	if l.opts.Packages {
		out.Mode, out.URL = state.ByURL, l.packageURL(c.sha256)
		pkg := &state.Package{URL: out.URL, SHA256: c.sha256, Size: c.size, Path: path, Owner: l.mesh.ID.String()}
		if _, seen := l.out.Resources[pkg.Addr()]; !seen {
			l.put(pkg, state.Place{Span: f.Code.Span})
		}
	}
	return out, nil
}

// hash reads a file once; an empty one is an error.
func hash(path string) (code, error) {
	sum, size, err := state.HashFile(path)
	if err == nil && size == 0 {
		err = fmt.Errorf("%s is empty", path)
	}
	return code{sha256: sum, size: size}, err
}
