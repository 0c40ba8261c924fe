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

// code hashes a component's code and adds its package where packages are used.
// Builtin code has no file: its name is a field.
func (l *lowerer) code(n mesh.Node) (state.Code, error) {
	c := n.Base().Code
	if l.opts.NamesOnly {
		return state.Code{}, nil
	}
	if _, builtin := mesh.Builtin(c.Location); builtin {
		return state.Code{Mode: state.Builtin}, nil
	}
	h, ok := l.hashes[c.Path]
	if !ok {
		var err error
		if h, err = hash(c.Path); err != nil {
			return state.Code{}, fmt.Errorf("code of %s %s: %w", n.Kind(), n.NodeName(), err)
		}
		l.hashes[c.Path] = h
	}
	out := state.Code{Mode: state.ByData, SHA256: h.sha256, Size: h.size, Path: c.Path}
	if l.opts.Packages {
		out.Mode, out.URL = state.ByURL, l.packageURL(state.Kind(n.Kind()), h.sha256)
		pkg := &state.Package{URL: out.URL, SHA256: h.sha256, Size: h.size, Path: c.Path, Owner: l.mesh.ID.String()}
		if _, seen := l.out.Resources[pkg.Addr()]; !seen {
			l.put(pkg, state.Place{Span: c.Span})
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
