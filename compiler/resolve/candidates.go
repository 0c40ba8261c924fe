package resolve

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/diag"
)

// Names are compared with so many others, and up to this length.
const (
	maxCompared = 5000
	maxName     = 500
)

// few is how many classes are listed in a hint.
const few = 6

// candidates says which class of a jar may be meant: the one of the nearest name,
// or the functions in it where they are few.
func candidates(class string, j *jar) []string {
	functions := j.list()
	known := functions
	if len(known) == 0 {
		known = j.archive.Classes()
	}
	if near := nearClass(class, known); near != "" {
		return []string{fmt.Sprintf("Did you mean `%s`?", artifact.Clean(near))}
	}
	return others(j)
}

// others lists the functions in a jar where they are few.
func others(j *jar) []string {
	functions := j.list()
	switch {
	case len(functions) == 0:
		return []string{"Build the file again, or mend the name; Java names are written in full."}
	case len(functions) > few:
		return []string{fmt.Sprintf("There are %d functions in it, among them %s.", len(functions), names(functions[:few]))}
	}
	return []string{fmt.Sprintf("The functions in it: %s.", names(functions))}
}

// nearClass gives the class that a name is most likely meant to be: the same name
// in another package or nested elsewhere, or a few slips away.
func nearClass(class string, known []string) string {
	_, simple, _ := cutLast(strings.ReplaceAll(class, "$", "."))
	same := ""
	alike := diag.SameWord
	if len(known) > maxCompared {
		alike = func(a, b string) bool { return a == b }
	}
	for _, k := range known {
		if _, s, _ := cutLast(strings.ReplaceAll(k, "$", ".")); alike(s, simple) {
			if same != "" {
				same = ""
				break // two of them: the whole name decides
			}
			same = k
		}
	}
	if same != "" {
		return same
	}
	if len(known) > maxCompared || len(class) > maxName {
		return ""
	}
	if near, ok := diag.Nearest(class, known); ok {
		return near
	}
	var simples []string
	for _, k := range known {
		_, s, _ := cutLast(strings.ReplaceAll(k, "$", "."))
		simples = append(simples, s)
	}
	if near, ok := diag.Nearest(simple, simples); ok {
		for i, s := range simples {
			if s == near {
				return known[i]
			}
		}
	}
	return ""
}

func names(list []string) string {
	quoted := make([]string, len(list))
	for i, n := range list {
		quoted[i] = "`" + artifact.Clean(n) + "`"
	}
	return strings.Join(quoted, ", ")
}
