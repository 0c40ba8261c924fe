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
// Code that is no local file is known by its name alone.
func (l *lowerer) code(n mesh.Node) (state.Code, error) {
	c := n.Base().Code
	if l.opts.NamesOnly {
		return state.Code{}, nil
	}
	if _, builtin := mesh.Builtin(c.Location); builtin {
		return state.Code{Mode: state.Builtin, URL: c.Location}, nil
	}
	if c.Location != "" {
		return state.Code{Mode: state.ByURL, URL: c.Location}, nil
	}
	if l.opts.CodeElsewhere {
		return state.Code{}, nil
	}
	out, err := l.file(state.Kind(n.Kind()), c)
	if err != nil {
		return state.Code{}, fmt.Errorf("code of %s %s: %w", n.Kind(), n.NodeName(), err)
	}
	return out, nil
}

// transform notes where the function before a sink comes from: a name or URL as
// given, or the package of a local file. Without packages there is no way to send a
// second file; Unsupported tells.
func (l *lowerer) transform(n mesh.Node) error {
	s, ok := n.(*mesh.Sink)
	switch {
	case !ok || l.opts.NamesOnly:
		return nil
	case s.Transform.Location != "":
		l.transforms[s] = s.Transform.Location
		return nil
	case s.Transform.Path == "", l.opts.CodeElsewhere:
		return nil
	}
	sent, err := l.file(state.KindFunction, s.Transform)
	if err != nil {
		return fmt.Errorf("transform function of sink %s: %w", s.Name, err)
	}
	l.transforms[s] = sent.URL
	return nil
}

// file hashes a local file, each once, and adds its package where packages are used.
func (l *lowerer) file(kind state.Kind, c mesh.Code) (state.Code, error) {
	h, ok := l.hashes[c.Path]
	if !ok {
		var err error
		if h, err = hash(c.Path); err != nil {
			return state.Code{}, err
		}
		l.hashes[c.Path] = h
	}
	out := state.Code{Mode: state.ByData, SHA256: h.sha256, Size: h.size, Path: c.Path}
	if l.opts.Packages {
		out.Mode, out.URL = state.ByURL, l.packageURL(kind, h.sha256)
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
