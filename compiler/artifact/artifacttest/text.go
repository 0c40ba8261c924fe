package artifacttest

import "strings"

// FromText makes a jar of a list: a first line `classes`, then a class a line,
// which implements Function<String, String> unless a word behind its name says
// otherwise: none, abstract, private, args, raw, window, jdk. It is
// for cases that are text files; ok is false for other text.
func FromText(text []byte) (jar []byte, ok bool) {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if lines[0] != "classes" {
		return nil, false
	}
	const str = "java.lang.String"
	var classes []Class
	for _, line := range lines[1:] {
		name, kind, _ := strings.Cut(line, " ")
		if name == "" {
			continue
		}
		c := Function(name, str, str)
		switch kind {
		case "none":
			c = Class{Name: name}
		case "abstract":
			c.Access = 0x421
		case "private":
			c.Access = 0x20
		case "args":
			c.Constructor = "(I)V"
		case "raw":
			c.Signature = ""
		case "window":
			c = Implements(name, "org.apache.pulsar.functions.api.WindowFunction", str, str)
		case "jdk":
			c = Implements(name, "java.util.function.Function", str, str)
		}
		classes = append(classes, c)
	}
	return Jar(classes...), true
}
