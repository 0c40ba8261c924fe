package lint

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/mesh"
)

func TestLiteralPrefix(t *testing.T) {
	for expression, want := range map[string]string{
		"persistent://a/b/orders":         "persistent://a/b/orders",
		"persistent://a/b/orders-.*":      "persistent://a/b/orders-",
		"persistent://a/b/orders?":        "persistent://a/b/order",
		"persistent://a/b/or{2}":          "persistent://a/b/o",
		"persistent://a/b/(x)+":           "persistent://a/b/",
		"persistent://a/b/x|y":            "",
		`persistent://a/b/x\.y`:           "persistent://a/b/x",
		`persistent://a/b/\Qx*\E`:         "",
		"":                                "",
		"*":                               "",
		"persistent://a/b/[a-z]+-orders*": "persistent://a/b/",
	} {
		if got := literalPrefix(expression); got != want {
			t.Errorf("%q begins with %q, want %q", expression, got, want)
		}
	}
}

// reader reads by one pattern.
func reader(expression string) *mesh.Sink {
	p := mesh.Pattern{Text: expression}
	p.Regexp, _ = regexp.Compile("^(?:" + expression + ")$")
	return &mesh.Sink{Reading: mesh.Reading{Patterns: []mesh.Pattern{p}}}
}

func TestPatternsRead(t *testing.T) {
	m := &mesh.Mesh{}
	for _, name := range []string{"t://a/b/orders", "t://a/b/orders-1", "t://a/b/orders-2", "t://a/c/orders-3"} {
		m.Topics = append(m.Topics, &mesh.Topic{Name: name})
	}
	n := reader("t://a/b/orders(-.*)?")
	n.Inputs = []mesh.Edge{{Role: mesh.Input, Topic: m.Topics[1]}}
	m.Nodes = append(m.Nodes, n)
	w := NewWorld([]*mesh.Mesh{m}, nil)
	var got []string
	for _, e := range w.Ends(m) {
		got = append(got, fmt.Sprint(e.Edge.Topic.Name, " ", e.Pattern != nil))
	}
	want := "t://a/b/orders-1 false, t://a/b/orders true, t://a/b/orders-2 true"
	if strings.Join(got, ", ") != want || w.Blind() {
		t.Errorf("the node reads %v, blind: %t; want %s", got, w.Blind(), want)
	}
}

// What cannot be compared in full leaves readers in doubt, and ends.
func TestBlind(t *testing.T) {
	unknown := &mesh.Mesh{Nodes: []mesh.Node{reader("t://a/b/(?!x).*")}}
	many := &mesh.Mesh{}
	for i := range 2000 {
		many.Topics = append(many.Topics, &mesh.Topic{Name: fmt.Sprintf("t://a/b/t%d", i)})
		many.Nodes = append(many.Nodes, reader(fmt.Sprintf("t://a/b/.*x%d", i)))
	}
	for _, m := range []*mesh.Mesh{unknown, many} {
		if !NewWorld([]*mesh.Mesh{m}, nil).Blind() {
			t.Errorf("a mesh of %d topics and %d patterns is said to be seen in full", len(m.Topics), len(m.Nodes))
		}
	}
}
