package artifact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is the length that a name out of a file is cut to.
const maxShown = 120

// Clean makes a name that came out of a file fit to be shown: control characters,
// which a terminal might obey, and what is no text become U+FFFD, and the middle
// of a long name is left out.
func Clean(name string) string {
	safe := true
	for i := 0; i < len(name); i++ {
		if c := name[i]; c < 0x20 || c >= 0x7F {
			safe = false
			break
		}
	}
	if !safe {
		name = strings.Map(func(r rune) rune {
			if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) {
				return utf8.RuneError
			}
			return r
		}, name)
	}
	if len(name) > maxShown {
		if r := []rune(name); len(r) > maxShown {
			return string(r[:maxShown/2]) + "..." + string(r[len(r)-maxShown/2:])
		}
	}
	return name
}

// escapes tells whether an entry's name leads out of the folder that the archive
// is unpacked to, by the rules of any system. Function workers unpack NARs.
func escapes(name string) bool {
	if name == "" {
		return false
	}
	if name[0] == '/' || name[0] == '\\' {
		return true
	}
	if len(name) > 1 && name[1] == ':' {
		return true
	}
	if !strings.Contains(name, "..") {
		return false
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return false
}

// entryOf gives the entry that a class is looked for in: a.b.C$D is a/b/C$D.class.
func entryOf(class string) string { return strings.ReplaceAll(class, ".", "/") + ".class" }

// classOf gives the class whose entry that is. What the JVM would not look for
// under that name (module-info, other versions of a multi-release jar) is none.
func classOf(entry string) (string, bool) {
	name, ok := strings.CutSuffix(entry, ".class")
	if !ok || strings.HasPrefix(name, "META-INF/") || strings.Contains(name, ".") ||
		strings.HasSuffix(name, "module-info") || strings.HasSuffix(name, "package-info") {
		return "", false
	}
	return strings.ReplaceAll(name, "/", "."), true
}
