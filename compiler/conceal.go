package compiler

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
)

// conceal writes references to environment variables in the place of the values
// that a component of a mesh keeps secret, and gives a note for each.
func conceal(mesh *syntax.Node, n Live) (notes []string) {
	node := nodeNamed(valueAt(mesh, []string{string(n.Kind) + "s"}), n.Name)
	if n.Spec != nil {
		return concealSpec(node, n)
	}
	for _, path := range n.Sensitive {
		steps := pointed(path)
		place := valueAt(node, steps)
		if place == nil {
			continue
		}
		notes = append(notes, refer(place, n.Name, steps))
	}
	return notes
}

// refer makes a value of a node a reference to an environment variable, and says so.
func refer(place *syntax.Node, node string, steps []string) string {
	variable := variableName(append([]string{node}, steps[1:]...))
	*place = *foreign.Text("${env:"+variable+"}", diag.Span{})
	return strings.Join(steps, ".") + " is kept secret: set the environment variable " + variable
}

// pointed are the steps of a JSON pointer (RFC 6901).
func pointed(path string) []string {
	steps := strings.Split(path[1:], "/")
	for i, s := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
	}
	return steps
}

// nodeNamed is the entry of a list that has the name, nil where there is none.
func nodeNamed(list *syntax.Node, name string) *syntax.Node {
	if list == nil {
		return nil
	}
	for _, item := range list.Items {
		if v := valueAt(item, []string{"name"}); v != nil && v.Value == name {
			return item
		}
	}
	return nil
}

// valueAt follows keys and indices; nil where there is nothing.
func valueAt(n *syntax.Node, steps []string) *syntax.Node {
	for _, step := range steps {
		if n == nil {
			return nil
		}
		var next *syntax.Node
		for _, p := range n.Pairs {
			if p.Key.Value == step {
				next = p.Value
			}
		}
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Items) {
			next = n.Items[i]
		}
		n = next
	}
	return n
}

// variableName joins words to the name of an environment variable, such as SPLIT_TOKEN.
func variableName(words []string) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, strings.Join(words, "_"))
	if unicode.IsDigit(rune(name[0])) {
		return "_" + name
	}
	return name
}
