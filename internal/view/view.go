// Package view says what meshc has to show: findings, plans, events, reports and
// what runs in a cluster, as values that are written out as JSON and from which
// the human text is drawn. So the two cannot differ.
//
// Every document carries its own version under the key "format". The number
// rises when a reader of the old form could misunderstand the new one; new keys
// alone do not raise it.
package view

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// The formats of the documents.
const (
	FindingsFormat    = "meshc.findings/1"
	PlanFormat        = "meshc.plan-view/1"
	ApplyFormat       = "meshc.apply/1"
	ListFormat        = "meshc.list/1"
	MeshFormat        = "meshc.mesh/1"
	StatusFormat      = "meshc.status/1"
	VersionFormat     = "meshc.version/1"
	ExplainFormat     = "meshc.explain/1"
	RulesFormat       = "meshc.rules/1"
	GraphFormat       = "meshc.graph/1"
	HistoryFormat     = "meshc.history/1"
	OneVersionFormat  = "meshc.one-version/1"
	VersionDiffFormat = "meshc.version-diff/1"
	LockFormat        = "meshc.lock/1"
)

// Clean makes outside text safe for one line of a terminal: control characters,
// line breaks among them, become visible signs, and characters that reorder or
// hide text become U+FFFD. Each rune gives one rune, so columns stay what they were.
func Clean(s string) string { return strings.Map(cleanRune, s) }

// CleanText is Clean for text of several lines: line breaks stay.
func CleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return cleanRune(r)
	}, s)
}

func cleanRune(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < 0x20:
		// The block of control pictures lies in the order of the characters.
		return 0x2400 + r
	case r == 0x7f:
		return 0x2421
	case hides(r):
		return 0xfffd
	}
	return r
}

// hides tells of C1 controls, line and paragraph separators, characters of no
// width and those that turn the direction of writing.
func hides(r rune) bool {
	return 0x80 <= r && r <= 0x9f || 0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e ||
		0x2060 <= r && r <= 0x206f || r == 0xfeff || r == 0x061c || 0xe0000 <= r && r <= 0xe007f
}

// Name gives an address in words: its kind and its name, topics without scheme.
func Name(a state.Addr) string { return string(a.Kind()) + " " + ShortName(a) }

// ShortName gives an address's name as people write it.
func ShortName(a state.Addr) string {
	switch a.Kind() {
	case state.KindSubscription:
		topic, sub, _ := strings.Cut(a.Name(), "#")
		return sub + " on " + ShortTopic(topic)
	case state.KindPolicies:
		on := state.Addr(a.Name())
		return "of " + Name(on)
	case state.KindPackage:
		// The version is a hash; its beginning is what the code's own line shows.
		if name, version, ok := strings.Cut(a.Name(), "@"); ok && len(version) > shortHash {
			return name + "@" + version[:shortHash]
		}
	}
	return ShortTopic(a.Name())
}

// shortHash is how much of a hash people get to see.
const shortHash = 12

// ShortTopic leaves the scheme that all topics share out of a topic's name.
func ShortTopic(name string) string { return strings.TrimPrefix(name, "persistent://") }

// place gives a span for JSON, nil where there is none.
func place(s diag.Span) *diag.Span {
	if s.IsZero() {
		return nil
	}
	return &s
}
