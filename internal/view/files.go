package view

import (
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// Stdin is how findings in standard input name their file.
const Stdin = "-"

// Flags is how findings in values of the command line (--set) name their file.
const Flags = "--set"

// Relative gives a file's name with slashes, and from dir where the file lies in
// dir: readers of reports know files by their way from the top of a repository.
func Relative(file, dir string) string {
	if filepath.IsAbs(file) && dir != "" {
		if rel, err := filepath.Rel(dir, file); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			file = rel
		}
	}
	return filepath.ToSlash(filepath.Clean(file))
}

// Message gives what a finding says and advises, as plain text of several lines.
func (f Finding) Message() string {
	lines := []string{Clean(f.Detail)}
	for _, h := range f.Hints {
		lines = append(lines, CleanText(strings.TrimRight(h, "\n")))
	}
	return strings.Join(lines, "\n")
}

// Counts tells whether the finding makes the command exit 3.
func (f Finding) Counts(strict bool) bool { return strict || f.Severity == diag.Error }
