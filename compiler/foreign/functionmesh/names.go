package functionmesh

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
)

var noLabel = regexp.MustCompile(`[^a-z0-9-]+`)

// ResourceName makes a name of a resource of a mesh's or node's name, as it is where
// `kubernetes:` gives none.
func ResourceName(name string) string {
	return strings.Trim(noLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// badName says what is wrong with the name that a resource would have; "" for a good
// one. of are the names that it is put together of, with dashes between.
func badName(name string, of ...string) string {
	wrong := operator.BadName(name)
	if wrong == "" {
		return ""
	}
	text := fmt.Sprintf("The resource would be named `%s`, which %s.", name, wrong)
	if len(name) > operator.MaxName && len(of) == 2 {
		text += fmt.Sprintf(" The mesh's name takes %d, the dash 1 and the node's %d: %d too many.", len(of[0]), len(of[1]), len(name)-operator.MaxName)
	}
	return text
}

// defaultPath is where code of a location is put in a container unless the mesh
// says where: under the working folder of the operator's images, by the name of
// the package or file.
func defaultPath(location, ext string) string {
	base := location[strings.LastIndex(location, "/")+1:]
	base, _, _ = strings.Cut(base, "?")
	base, _, _ = strings.Cut(base, "@")
	if !strings.Contains(base, ".") {
		base += ext
	}
	return "/pulsar/" + base
}

// pythonPath is where the file of a Python class is put: instances import its module,
// so that the file has to be called after it. Archives are unpacked, whatever their
// name is.
func pythonPath(location, class string) string {
	i := strings.LastIndexByte(class, '.')
	if path := defaultPath(location, ".py"); i < 0 || !strings.HasSuffix(path, ".py") {
		return path
	}
	return "/pulsar/" + strings.ReplaceAll(class[:i], ".", "/") + ".py"
}

// extension is what code of a block and kind ends with by default.
func (b block) extension(connector bool) string {
	switch {
	case connector:
		return ".nar"
	case b.name == "java":
		return ".jar"
	case b.name == "python":
		return ".py"
	}
	return ""
}
