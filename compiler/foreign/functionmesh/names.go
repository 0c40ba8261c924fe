package functionmesh

import (
	"regexp"
	"strings"
)

// longest is how long the name of a resource may be, so that the names of all
// that the operator makes of it fit (validate: "no more than 43 characters").
const longest = 43

// label is what names of resources have to be, so that the operator's services can
// be named after them (RFC 1035).
var label = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

var noLabel = regexp.MustCompile(`[^a-z0-9-]+`)

// resourceName makes a name of a resource of a mesh's or node's name.
func resourceName(name string) string {
	return strings.Trim(noLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
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
