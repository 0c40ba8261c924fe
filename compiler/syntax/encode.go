package syntax

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// Encode writes a tree as a YAML document in block form, without the `---` of a
// second document. It is the opposite of [Parse]: the document reads as the same
// tree, by the rules of YAML 1.2 as well as by those of 1.1 that Kubernetes and
// Jackson follow, for whom `y`, `on` and `1_000` are no texts. Holes become null.
func Encode(root *Node) ([]byte, error) { return encode(library(root)) }

// Same tells whether two trees hold the same values under the same keys in the
// same order, wherever they stand and however they are written.
func Same(a, b *Node) bool {
	if a.Kind != b.Kind || a.Type != b.Type || len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Pairs {
		if a.Pairs[i].Key.Value != b.Pairs[i].Key.Value || !Same(a.Pairs[i].Value, b.Pairs[i].Value) {
			return false
		}
	}
	for i := range a.Items {
		if !Same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return a.Kind != Scalar || a.Type == Null || a.Value == b.Value
}

// form is how a scalar is written.
type form int

const (
	plainly form = iota
	quoted
	inBlock
	nothing
)

var (
	// plainText is text that no reader takes for anything else, words apart.
	plainText = regexp.MustCompile(`^(?:[A-Za-z_/]|\./)[A-Za-z0-9_./$-]*(?:[: ][A-Za-z0-9_./$-]+)*$`)
	// words are not text to one reader or another.
	words = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|\.inf|\.nan)$`)
)

func writtenAs(n *Node) form {
	switch {
	case n.Kind == Hole || n.Type == Null:
		return nothing
	case n.Type != Text:
		return plainly
	case plainText.MatchString(n.Value) && !words.MatchString(n.Value):
		return plainly
	case asBlock(n.Value):
		return inBlock
	}
	return quoted
}

// asBlock tells of texts of several lines that a block shows as they are.
func asBlock(s string) bool {
	if !strings.Contains(s, "\n") || strings.HasPrefix(s, "\n") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, "\n\n") {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimRight(line, " ") != line {
			return false
		}
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && (!unicode.IsPrint(r) || r == '\ufeff')
	})
}

// Join puts encoded documents into one file.
func Join(docs [][]byte) []byte { return bytes.Join(docs, []byte("---\n")) }
