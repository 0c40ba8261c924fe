package load

import (
	"fmt"
	"regexp"
	"strings"
)

// The kinds of references.
const (
	toVariable = ""
	toEnv      = "env"
	toFile     = "file"
)

// part is a stretch of a text: as it is, or a reference to a value.
type part struct {
	text string
	ref  *reference
}

// reference is what stands in ${...}: the kind and, behind its colon, the name.
type reference struct{ kind, name string }

// String gives the reference as it is written.
func (r reference) String() string {
	if r.kind == toVariable {
		return "${" + r.name + "}"
	}
	return "${" + r.kind + ":" + r.name + "}"
}

const (
	opening = "${"
	escaped = "$${" // stands for the text of opening
)

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	envName      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
	shellDefault = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(?::?[-?+=])`)
)

// split takes a text apart at its references; problem and hint tell of one that
// cannot be read.
func split(s string) (parts []part, problem, hint string) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, part{text: text.String()})
			text.Reset()
		}
	}
	for {
		i := strings.Index(s, opening)
		if i < 0 {
			break
		}
		if i > 0 && s[i-1] == '$' {
			text.WriteString(s[:i-1] + opening)
			s = s[i+len(opening):]
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return nil, "A `${` is not closed by `}`.", escapeHint
		}
		ref, problem, hint := readReference(s[i+len(opening) : i+end])
		if problem != "" {
			return nil, problem, hint
		}
		text.WriteString(s[:i])
		flush()
		parts = append(parts, part{ref: &ref})
		s = s[i+end+1:]
	}
	text.WriteString(s)
	flush()
	return parts, "", ""
}

const escapeHint = "Write `$${` where the text `${` is meant."

// readReference reads what stands between the braces.
func readReference(s string) (_ reference, problem, hint string) {
	kind, name, colon := strings.Cut(s, ":")
	switch {
	case s == "":
		return reference{}, "There is no name in `${}`.", escapeHint
	case !colon && variableName.MatchString(s):
		return reference{toVariable, s}, "", ""
	case colon && kind == toEnv && envName.MatchString(name):
		return reference{toEnv, name}, "", ""
	case colon && kind == toFile && name != "" && !strings.ContainsAny(name, "\n\r\x00"):
		return reference{toFile, name}, "", ""
	case colon && (kind == toEnv || kind == toFile):
		return reference{}, fmt.Sprintf("`${%s}` names nothing that there can be.", s), "Write `${env:NAME}` or `${file:PATH}`."
	}
	if m := shellDefault.FindStringSubmatch(s); m != nil {
		return reference{}, fmt.Sprintf("`${%s}` is how shells write it; references of meshes have no operators.", s),
			fmt.Sprintf("Write `${%s}`, and its default under `variables:`. %s", m[1], escapeHint)
	}
	if name := strings.TrimSpace(s); variableName.MatchString(name) {
		return reference{}, fmt.Sprintf("There is space around the name in `${%s}`.", s), fmt.Sprintf("Write `${%s}`.", name)
	}
	return reference{}, fmt.Sprintf("`${%s}` is no reference.", s), "References are `${NAME}`, `${env:NAME}` and `${file:PATH}`. " + escapeHint
}
