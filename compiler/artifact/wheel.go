package artifact

import "strings"

// Entries lists what the archive holds, folders left out, in its own order, with
// names fit to be shown.
func (a *Archive) Entries() []string {
	if a.ensure() != nil {
		return nil
	}
	out := make([]string, 0, len(a.order))
	for _, f := range a.order {
		if !strings.HasSuffix(f.Name, "/") {
			out = append(out, Clean(f.Name))
		}
	}
	return out
}

// Python reads a module of a wheel or zip by its dotted name. A wheel holds
// modules at its top. A zip for the Python instance has them in the folder src of
// the one folder that it consists of (python_instance_main.py). Nil without an
// error means that there is none of the name.
func (a *Archive) Python(module string) (*PythonModule, error) {
	if err := a.ensure(); err != nil {
		return nil, err
	}
	path := strings.ReplaceAll(module, ".", "/")
	for _, root := range append([]string{""}, a.sources()...) {
		for _, name := range []string{root + path + ".py", root + path + "/__init__.py"} {
			if f := a.entries[name]; f != nil {
				data, err := a.read(f, maxText)
				if err != nil {
					return nil, err
				}
				return ParsePython(data)
			}
		}
	}
	return nil, nil
}

// sources are the folders src one level down, in order.
func (a *Archive) sources() []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range a.order {
		parts := strings.SplitN(f.Name, "/", 3)
		if len(parts) == 3 && parts[1] == "src" && !seen[parts[0]] {
			seen[parts[0]] = true
			out = append(out, parts[0]+"/src/")
		}
	}
	return out
}
