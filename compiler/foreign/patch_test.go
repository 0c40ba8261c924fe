package foreign_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/syntax"
)

// Whatever two trees are, the patch between them makes one of the other.
func TestPatchMakesOneTreeOfAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawTree(t, 3, true), drawTree(t, 3, true)
		if rapid.Bool().Draw(t, "near") {
			to = change(t, from.Clone())
		}
		ops := foreign.Patch(from, to)
		if syntax.Same(from, to) != (len(ops) == 0) {
			t.Fatalf("%d operations between trees that are the same: %v", len(ops), syntax.Same(from, to))
		}
		got := from.Clone()
		for _, op := range ops {
			got = apply(t, got, op)
		}
		if !equal(got, to) {
			t.Fatalf("from\n%s\nto\n%s\nmade\n%s\nby\n%s", text(from), text(to), text(got), text(foreign.List(diag.Span{}, ops...)))
		}
	})
}

// A patch of one list fails on another.
func TestPatchLooksAtNames(t *testing.T) {
	parse := func(s string) *syntax.Node {
		docs, _ := syntax.Parse("x.yaml", []byte(s))
		return docs[0].Root
	}
	ops := foreign.Patch(parse("l: [{name: a, n: 1}, {name: b, n: 1}]"), parse("l: [{name: a, n: 1}, {name: b, n: 2}]"))
	if len(ops) != 2 || ops[0].Get("op").Value != "test" || ops[0].Get("path").Value != "/l/1/name" || ops[1].Get("path").Value != "/l/1/n" {
		t.Errorf("%s", text(foreign.List(diag.Span{}, ops...)))
	}
}

func text(n *syntax.Node) string {
	out, err := syntax.Encode(n)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

func drawTree(t *rapid.T, depth int, mapping bool) *syntax.Node {
	kind := rapid.IntRange(0, 3).Draw(t, "kind")
	switch {
	case mapping || depth > 0 && kind == 1:
		n := foreign.Mapping(diag.Span{})
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "a/b", "c~d", "~1", "name"}), 0, 4, rapid.ID).Draw(t, "keys") {
			foreign.Set(n, key, drawTree(t, depth-1, false), diag.Span{})
		}
		return n
	case depth > 0 && kind == 2:
		n := foreign.List(diag.Span{})
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z", "w"}), 0, 4, rapid.ID).Draw(t, "names") {
			item := drawTree(t, depth-1, true)
			foreign.Set(item, "name", foreign.Text(name, diag.Span{}), diag.Span{})
			n.Items = append(n.Items, item)
		}
		return n
	case depth > 0 && kind == 3:
		n := foreign.List(diag.Span{})
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			n.Items = append(n.Items, drawTree(t, depth-1, false))
		}
		return n
	}
	return foreign.Text(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "text"), diag.Span{})
}

// change changes a tree in a few places, as an overlay does.
func change(t *rapid.T, n *syntax.Node) *syntax.Node {
	for i := range n.Pairs {
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			n.Pairs[i].Value = drawTree(t, 1, false)
		case 1:
			n.Pairs[i].Value = change(t, n.Pairs[i].Value)
		}
	}
	for i := range n.Items {
		if rapid.Bool().Draw(t, "item") {
			name := n.Items[i].Get("name")
			n.Items[i] = change(t, n.Items[i])
			if name != nil && n.Items[i].Kind == syntax.Mapping {
				foreign.Set(n.Items[i], "name", name, diag.Span{})
			}
		}
	}
	if len(n.Items) > 0 && rapid.Bool().Draw(t, "less") {
		n.Items = n.Items[1:]
	}
	return n
}

// equal compares trees without the order of keys, which JSON does not have.
func equal(a, b *syntax.Node) bool {
	sorted := func(n *syntax.Node) *syntax.Node {
		n = n.Clone()
		var sort func(*syntax.Node)
		sort = func(n *syntax.Node) {
			slices.SortFunc(n.Pairs, func(x, y syntax.Pair) int { return strings.Compare(x.Key.Value, y.Key.Value) })
			for _, p := range n.Pairs {
				sort(p.Value)
			}
			for _, item := range n.Items {
				sort(item)
			}
		}
		sort(n)
		return n
	}
	return syntax.Same(sorted(a), sorted(b))
}

// apply carries one operation out, by RFC 6902.
func apply(t *rapid.T, root, op *syntax.Node) *syntax.Node {
	kind, path, value := op.Get("op").Value, op.Get("path").Value, op.Get("value")
	if path == "" {
		return value
	}
	steps := strings.Split(path, "/")[1:]
	for i := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
	}
	in, last := root, steps[len(steps)-1]
	for _, step := range steps[:len(steps)-1] {
		if in.Kind == syntax.Sequence {
			i, _ := strconv.Atoi(step)
			in = in.Items[i]
		} else if in = in.Get(step); in == nil {
			t.Fatalf("%s leads nowhere", path)
		}
	}
	if in.Kind == syntax.Sequence {
		i, err := strconv.Atoi(last)
		if err != nil || i > len(in.Items) || kind != "add" && i == len(in.Items) {
			t.Fatalf("%s is not in the list", path)
		}
		switch kind {
		case "add":
			in.Items = slices.Insert(in.Items, i, value.Clone())
		case "remove":
			in.Items = slices.Delete(in.Items, i, i+1)
		case "replace":
			in.Items[i] = value.Clone()
		}
		return root
	}
	there := in.Get(last)
	switch {
	case (kind == "remove" || kind == "replace" || kind == "test") && there == nil:
		t.Fatalf("%s %s: there is nothing", kind, path)
	case kind == "test" && !syntax.Same(there, value):
		t.Fatalf("test %s fails", path)
	case kind == "remove":
		in.Pairs = slices.DeleteFunc(in.Pairs, func(p syntax.Pair) bool { return p.Key.Value == last })
	case kind == "add" || kind == "replace":
		foreign.Set(in, last, value.Clone(), diag.Span{})
	}
	return root
}
