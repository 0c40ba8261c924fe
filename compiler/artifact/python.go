package artifact

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// PythonKind says what a name of a module is bound to.
type PythonKind string

// What a name may be.
const (
	PythonClass    PythonKind = "class"
	PythonFunction PythonKind = "function"
	PythonValue    PythonKind = "value" // assigned or imported
	PythonNothing  PythonKind = "none"
	PythonUnknown  PythonKind = "unknown"
)

// PythonModule is what a Python file defines at its top level, found by reading
// it, not by running it.
type PythonModule struct {
	names map[string]*pyName
	order []string
	// open tells that the module may define names that cannot be seen: it imports
	// with a star, touches globals(), or ends within a string or a bracket.
	open bool
}

type pyName struct {
	kind PythonKind
	// origin is the full name of what is imported.
	origin string
	bases  []string
	// members are the names in a class's body.
	members map[string]bool
	// required are the parameters without a default, of a function, or of a class's
	// __init__ without self.
	required []string
	// dynamic tells that decorators, metaclasses or the like may change it.
	dynamic bool
}

// PythonFacts is what a name of a module is, as the Python instance uses it.
type PythonFacts struct {
	// Kind is PythonNothing only where the module certainly has no such name.
	Kind PythonKind
	// Bases are the base classes as the file writes them.
	Bases []string
	// Process tells whether a class has a method process that is its own or comes
	// from a class of the module. The one of pulsar.Function does not count: it does nothing.
	Process Answer
	// Required are the parameters without default of a function, or of a class's
	// __init__ beside self.
	Required []string
}

// Python reads a module. The error says in one sentence why the file is none.
func Python(path string) (*PythonModule, error) {
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err != nil {
		return nil, plain(err)
	}
	return ParsePython(data)
}

// ParsePython reads a module from its text.
func ParsePython(data []byte) (*PythonModule, error) {
	if len(data) > maxText {
		return nil, tooLarge("it", int64(len(data)), maxText)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("it is not text")
	}
	lines, ok := pyLines(string(data))
	b := &pyBinder{m: &PythonModule{names: map[string]*pyName{}, open: !ok}}
	for _, l := range lines {
		b.line(l)
	}
	return b.m, nil
}

// Classes lists the classes that the module defines, in the order of the file.
func (m *PythonModule) Classes() []string {
	var out []string
	for _, n := range m.order {
		if m.names[n].kind == PythonClass {
			out = append(out, n)
		}
	}
	return out
}

// Functions lists the classes of the module that have a method process; none
// where there are more classes than a few hundred.
func (m *PythonModule) Functions() []string {
	if len(m.order) > maxListed {
		return nil
	}
	return slices.DeleteFunc(m.Classes(), func(n string) bool { return m.Lookup(n).Process != Yes })
}

// Lookup gives the facts of a name.
func (m *PythonModule) Lookup(name string) PythonFacts {
	n := m.names[name]
	switch {
	case n == nil && m.open:
		return PythonFacts{Kind: PythonUnknown}
	case n == nil:
		return PythonFacts{Kind: PythonNothing, Process: No}
	case n.dynamic && n.kind == PythonFunction:
		return PythonFacts{Kind: PythonUnknown} // a decorator may give back anything
	}
	f := PythonFacts{Kind: n.kind, Bases: n.bases}
	if !n.dynamic {
		f.Required = n.required
	}
	if n.kind == PythonClass {
		f.Process = m.process(name, map[string]bool{})
	}
	return f
}

func (m *PythonModule) process(class string, seen map[string]bool) Answer {
	n := m.names[class]
	switch {
	case n == nil && class == "object":
		return No
	case n == nil || n.kind != PythonClass:
		return m.imported(class)
	case n.members["process"]:
		return Yes
	case n.dynamic || seen[class] || len(seen) > maxSupertypes:
		return Unknown
	}
	seen[class] = true
	answer := No
	for _, base := range n.bases {
		switch m.process(base, seen) {
		case Yes:
			return Yes
		case Unknown:
			answer = Unknown
		}
	}
	return answer
}

// imported tells whether a base class from elsewhere has a method process. Of
// those only pulsar.Function is known.
func (m *PythonModule) imported(class string) Answer {
	first, rest, _ := strings.Cut(class, ".")
	if n := m.names[first]; n != nil && n.origin != "" {
		full := n.origin
		if rest != "" {
			full += "." + rest
		}
		if strings.HasPrefix(full, "pulsar.") && strings.HasSuffix(full, ".Function") {
			return No
		}
	}
	return Unknown
}
