package oracle

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

var verdictLine = regexp.MustCompile(`^  (accepted|refused|on):`)

// record writes answers into the files of the cases: those of the default
// version as the case's own, those of another where they differ. Each case's
// verdict is the last of its lines.
func record(t *testing.T, cases []*testCase, answers map[string]verdict, version string) {
	t.Helper()
	byFile := map[string]map[string]string{}
	for _, c := range cases {
		got, ok := answers[c.Name]
		if !ok {
			continue
		}
		main, on := verdict{c.Accepted, c.Refused}, maps.Clone(c.On)
		if version == pulsar.DefaultVersion {
			main = got
		} else {
			if on == nil {
				on = map[string]verdict{}
			}
			on[version] = got
		}
		var others []string
		for _, version := range slices.Sorted(maps.Keys(on)) {
			if !main.same(on[version]) {
				others = append(others, fmt.Sprintf("%s: {%s}", version, strings.TrimSpace(on[version].line())))
			}
		}
		text := main.line()
		if len(others) > 0 {
			text += "\n  on: {" + strings.Join(others, ", ") + "}"
		}
		if byFile[c.file] == nil {
			byFile[c.file] = map[string]string{}
		}
		byFile[c.file][c.Name] = text
	}
	for file, lines := range byFile {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		name := ""
		flush := func() {
			if name != "" {
				out = append(out, lines[name])
			}
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSuffix(line, "\n")
			if next, ok := strings.CutPrefix(line, "- name: "); ok {
				flush()
				name = next
			}
			if !verdictLine.MatchString(line) {
				out = append(out, line)
			}
		}
		flush()
		if err := os.WriteFile(file, []byte(strings.Join(out, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// line is a verdict as a line of a case.
func (v verdict) line() string {
	if v.Accepted {
		return "  accepted: true"
	}
	return "  refused: " + strconv.Quote(v.Refused)
}
