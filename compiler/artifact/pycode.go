package artifact

import (
	"archive/zip"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// PythonCode is an open code file of a Python function: a module, a zip or a wheel.
// It is not safe for concurrent use.
type PythonCode struct {
	// single is the only module of a .py file, called base.
	base    string
	single  *PythonModule
	archive *Archive
	// roots are the folders of the archive that are on Python's path, in its order.
	roots []string
	// open tells that modules may come from elsewhere: wheels in deps, requirements.txt.
	open    bool
	modules map[string]*pyModule
	// compiled are the modules that cannot be read, as paths without their ends.
	compiled map[string]bool
	// left is how many names may still be followed for the question at hand.
	left int
}

// pyModule is a module that was looked for.
type pyModule struct {
	module *PythonModule
	err    error
	// pack tells that it is the __init__.py of a package.
	pack  bool
	found Answer
}

// OpenPython opens a code file by the end of its name, as the Python instance does
// (python_instance_main.py):
//
//   - a wheel (.whl) has its modules at its top;
//   - a zip (.zip) that is called x.zip has them in x/src, or at its top, wheels that
//     it needs in x/deps, and what has to be fetched in x/requirements.txt;
//   - any other file is one module.
//
// The error says in one sentence why the file is none.
func OpenPython(file string) (*PythonCode, error) {
	base := filepath.Base(file)
	ext := filepath.Ext(base)
	c := &PythonCode{base: strings.TrimSuffix(base, ext), modules: map[string]*pyModule{}}
	var err error
	switch ext {
	case ".whl":
		c.archive, err = Open(file)
		c.roots = []string{""}
	case ".zip":
		if c.archive, err = Open(file); err == nil {
			c.roots = []string{c.base + "/src/", ""}
			c.open = c.archive.Has(c.base+"/requirements.txt") || c.archive.holds(c.base+"/deps/", ".whl")
		}
	default:
		c.single, err = Python(file)
	}
	if err != nil {
		return nil, err
	}
	if c.archive != nil {
		c.compiled = c.archive.compiled()
	}
	return c, nil
}

// compiled gives the paths of compiled modules: a/b of a/b.cpython-311-darwin.so.
func (a *Archive) compiled() map[string]bool {
	out := map[string]bool{}
	for _, f := range a.order {
		if end := filepath.Ext(f.Name); end == ".so" || end == ".pyd" || end == ".pyc" {
			folder, base := path.Split(f.Name)
			base, _, _ = strings.Cut(base, ".")
			out[folder+base] = true
		}
	}
	return out
}

// Close releases the file.
func (c *PythonCode) Close() error {
	if c.archive == nil {
		return nil
	}
	return c.archive.Close()
}

// PythonTarget is what a `className` of a Python function leads to.
type PythonTarget struct {
	// Module is the part of the name that is a module, Name that within it. A name
	// without a dot is a module, whose function `process` is called.
	Module, Name string
	// Found tells whether the module is there. Where it is not Yes the facts are empty.
	Found Answer
	PythonFacts
}

// Class gives the facts of a `className`. The error says in one sentence why the
// module cannot be read.
func (c *PythonCode) Class(className string) (PythonTarget, error) {
	out := PythonTarget{Module: className, Name: "process"}
	if i := strings.LastIndexByte(className, '.'); i >= 0 {
		out.Module, out.Name = className[:i], className[i+1:]
	}
	c.left = maxSupertypes
	m := c.load(out.Module)
	if out.Found = m.found; m.err != nil || m.module == nil {
		return out, m.err
	}
	out.PythonFacts = c.lookup(out.Module, out.Name)
	return out, nil
}

// Functions lists the classes that have a method process, as `className` names
// them, to choose from; none where there are more modules than a few hundred.
func (c *PythonCode) Functions() []string {
	modules := c.Modules()
	if len(modules) > maxListed {
		return nil
	}
	c.left = 20 * maxSupertypes
	var out []string
	for _, name := range modules {
		m := c.load(name)
		if m.module == nil || len(m.module.order) > maxListed {
			continue
		}
		for _, class := range m.module.Classes() {
			if c.lookup(name, class).Process == Yes {
				out = append(out, name+"."+class)
			}
		}
	}
	return out
}

// Modules lists the modules by name, in order.
func (c *PythonCode) Modules() []string {
	if c.archive == nil {
		return []string{c.base}
	}
	var out []string
	for entry := range c.archive.entries {
		name, ok := strings.CutSuffix(entry, ".py")
		if !ok {
			continue
		}
		for _, root := range c.roots {
			if rest, ok := strings.CutPrefix(name, root); ok {
				out = append(out, strings.ReplaceAll(strings.TrimSuffix(rest, "/__init__"), "/", "."))
				break
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Folder gives the folder of a zip that holds a folder src but is called other than
// the file, so that instances do not find it; empty where all is well.
func (c *PythonCode) Folder() string {
	if c.archive == nil || len(c.roots) < 2 || c.archive.holds(c.roots[0], "") {
		return ""
	}
	for _, root := range c.archive.sources() {
		return strings.TrimSuffix(root, "/src/")
	}
	return ""
}

// holds tells whether the archive has a file in a folder whose name ends so.
func (a *Archive) holds(folder, end string) bool {
	return slices.ContainsFunc(a.order, func(f *zip.File) bool {
		return strings.HasPrefix(f.Name, folder) && strings.HasSuffix(f.Name, end) && !strings.HasSuffix(f.Name, "/")
	})
}

// load reads a module once.
func (c *PythonCode) load(name string) *pyModule {
	if m := c.modules[name]; m != nil {
		return m
	}
	m := c.read(name)
	if len(c.modules) < maxListed*2 {
		c.modules[name] = m
	}
	return m
}

func (c *PythonCode) read(name string) *pyModule {
	if c.archive == nil {
		if name != c.base {
			return &pyModule{found: No}
		}
		return &pyModule{module: c.single, found: Yes}
	}
	at := strings.ReplaceAll(name, ".", "/")
	for _, root := range c.roots {
		for _, end := range []string{"/__init__.py", ".py"} {
			f := c.archive.entries[root+at+end]
			if f == nil {
				continue
			}
			m := &pyModule{found: Yes, pack: end != ".py"}
			data, err := c.archive.read(f, maxText)
			if err == nil {
				m.module, err = ParsePython(data)
			}
			m.err = err
			return m
		}
		if c.compiled[root+at] || c.compiled[root+at+"/__init__"] {
			return &pyModule{}
		}
	}
	if c.open {
		return &pyModule{}
	}
	return &pyModule{found: No}
}

// lookup is [PythonModule.Lookup] that follows names to the other modules of the file.
func (c *PythonCode) lookup(module, name string) PythonFacts {
	m := c.load(module)
	if c.left--; m.module == nil || c.left < 0 {
		return PythonFacts{Kind: PythonUnknown}
	}
	f := m.module.Lookup(name)
	if n := m.module.names[name]; n != nil && f.Kind == PythonValue && n.origin != "" && !n.dynamic {
		// from .base import Split: what it is stands there.
		if from, rest, ok := c.origin(module, m.pack, n.origin); ok {
			return c.lookup(from, rest)
		}
	}
	if f.Kind != PythonClass || f.Process != Unknown || m.module.names[name].dynamic {
		return f
	}
	answer := No
	for _, base := range m.module.names[name].bases {
		switch c.process(module, m, base) {
		case Yes:
			f.Process = Yes
			return f
		case Unknown:
			answer = Unknown
		}
	}
	f.Process = answer
	return f
}

// process tells whether a base class has a method process.
func (c *PythonCode) process(module string, m *pyModule, base string) Answer {
	if answer := m.module.process(base, map[string]bool{}); answer != Unknown {
		return answer
	}
	first, rest, dotted := strings.Cut(base, ".")
	n := m.module.names[first]
	switch {
	case n == nil || n.dynamic || c.left < 0:
		return Unknown
	case n.kind == PythonClass && !dotted:
		return c.lookup(module, first).Process
	case n.origin == "":
		return Unknown
	}
	full := n.origin
	if dotted {
		full += "." + rest
	}
	if from, name, ok := c.origin(module, m.pack, full); ok {
		if f := c.lookup(from, name); f.Kind == PythonClass {
			return f.Process
		}
	}
	return Unknown
}

// origin splits the full name of what a module imports into another module of the
// file and the name in it; dots at the front count from the module's package.
func (c *PythonCode) origin(module string, pack bool, full string) (from, name string, ok bool) {
	rest := strings.TrimLeft(full, ".")
	up := len(full) - len(rest)
	i := strings.LastIndexByte(rest, '.')
	if i < 0 && up == 0 {
		return "", "", false // a module, not a name in one
	}
	from, name = rest[:max(i, 0)], rest[i+1:]
	if up > 0 {
		parts := strings.Split(module, ".")
		if pack {
			up--
		}
		if up > len(parts) {
			return "", "", false
		}
		from = strings.Trim(strings.Join(parts[:len(parts)-up], ".")+"."+from, ".")
	}
	return from, name, c.load(from).module != nil
}
