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
	t := newText(name, acceptVersion(string(data)))
	decoded, incomplete := t.mended(&list)
	var docs []*Document
	for _, root := range convert(t, decoded, &list) {
		d := &Document{File: name, Root: root, Span: diag.Span{File: name, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}, Incomplete: incomplete}
		if root != nil {
			d.Span = root.Span
			if root.IsNull() && root.Value == "" {
				d.Root = nil
			}
		}
		docs = append(docs, d)
	}
	return docs, list
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
