package diag

import (
	"embed"
	"strings"
	"sync"
)

// Example shows a code by two mesh files: one that has the finding and one as it
// should be. Examples are compiled in tests, so they cannot grow old.
type Example struct {
	// Note says what the two cannot show, such as what runs in the cluster.
	Note string
	// NotCompiled is why no mesh file alone can show the finding.
	NotCompiled  string
	Wrong, Right string
	// Others are further files that tests need, by name.
	Others map[string]string
}

// An archive a code: text, then files behind lines "-- name --".
//
//go:embed examples/*.txtar
var archives embed.FS

// Example returns the example of the code, false where there is none.
func (c Code) Example() (Example, bool) {
	e, ok := examples()[c]
	return e, ok
}

var examples = sync.OnceValue(func() map[Code]Example {
	out := map[Code]Example{}
	for c := range catalogue {
		data, err := archives.ReadFile("examples/" + string(c) + ".txtar")
		if err == nil {
			out[c] = readExample(string(data))
		}
	}
	return out
})

const notCompiled = "not compiled: "

func readExample(archive string) Example {
	e := Example{Others: map[string]string{}}
	name := ""
	parts := map[string]*strings.Builder{name: {}}
	for line := range strings.Lines(archive) {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(n, " --") {
			name = strings.TrimSuffix(n, " --")
			parts[name] = &strings.Builder{}
			continue
		}
		parts[name].WriteString(line)
	}
	for name, part := range parts {
		switch text := part.String(); name {
		case "":
			text = strings.TrimSpace(text)
			if why, ok := strings.CutPrefix(text, notCompiled); ok {
				e.NotCompiled = why
			} else {
				e.Note = strings.Join(strings.Fields(text), " ")
			}
		case "wrong.yaml":
			e.Wrong = text
		case "right.yaml":
			e.Right = text
		default:
			e.Others[name] = text
		}
	}
	return e
}
