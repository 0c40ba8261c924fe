package child

import (
	"bytes"
	"os"
	"strings"
)

// LastLines returns the last n lines of text that are not empty, each indented.
func LastLines(text string, n int) string {
	var lines []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimRight(l, "\r \t"); l != "" {
			lines = append(lines, "  "+l)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Tail returns the last n lines of the file at path, for error messages; a file
// that cannot be read gives a line that says so.
func Tail(path string, n int) string {
	const most = 16 << 10
	f, err := os.Open(path)
	if err != nil {
		return "  (no log)"
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > most {
		f.Seek(-most, 2)
	}
	var b bytes.Buffer
	b.ReadFrom(f)
	return LastLines(b.String(), n)
}
