package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
)

// Parse reads the documents of a file. It reports what is not YAML and what is
// YAML but no part of the mesh language, and gives back all that could be read:
// lines that cannot be read are mended where it is plain what they should be,
// and left out where it is not. Data is UTF-8 without a byte order mark.
func Parse(name string, data []byte) ([]*Document, diag.List) {
	var list diag.List
	if !utf8.Valid(data) {
		list.Add(diag.NotYAML, diag.Span{File: name}, "The file is not UTF-8 text.")
		return nil, list
	}
	if marks := countMarks(data); marks > maxMarks {
		list.Add(diag.YAMLFeature, diag.Span{File: name}, "The file holds too many values to be a mesh.")
		return nil, list
	}
	t := newText(name, acceptVersion(string(data)))
	decoded, incomplete := t.mended(&list)
	start := diag.Pos{Line: 1, Column: 1}
	docs := convert(t, decoded, &list)
	for _, d := range docs {
		d.File, d.Incomplete = name, incomplete
		d.Span = diag.Span{File: name, Start: start, End: start}
		if d.Root != nil {
			d.Span = d.Root.Span
			if d.Root.IsNull() && d.Root.Value == "" {
				d.Root = nil
			}
		}
	}
	return docs, list
}

// countMarks counts the characters that may begin a value, a bound on the number
// of values that costs no memory.
func countMarks(data []byte) (n int) {
	for _, c := range data {
		switch c {
		case '[', '{', ',', ':', '-', '?', '\n', '\r':
			n++
		}
	}
	return n
}

// acceptVersion turns the directive of YAML 1.2, which the library refuses, into
// a comment: no mesh reads differently for it.
func acceptVersion(s string) string {
	const directive = "%YAML 1.2"
	if strings.HasPrefix(s, directive) {
		return "#" + s[1:]
	}
	return s
}
