package human_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
)

func span(line, from, to int) diag.Span {
	return diag.Span{File: "orders.yaml", Start: diag.Pos{Line: line, Column: from}, End: diag.Pos{Line: line, Column: to}}
}

var source = []byte("name: orders\n" +
	"functions:\n" +
	"  - name: split\n" +
	"    inputs: [order-events]\n" +
	"  - name: split\n" +
	"\t- inputs:\t[order]\n" +
	"  - {name: 分割, 'inputs': [註文]}\n" +
	"  - name: \"a\x1b[2Jb\"\n")

func TestFindings(t *testing.T) {
	cases := map[string]func(*diag.List){
		"excerpt and hints": func(l *diag.List) {
			l.Add(diag.UnwrittenInput, span(4, 14, 26), "no topic or node output has this name", "did you mean \"orders-events\", declared at orders.yaml:6:5?")
		},
		"related place": func(l *diag.List) {
			l.Add(diag.DuplicateNode, span(5, 11, 16), "a function split is there already", "Rename one of them.").
				Relate(span(3, 11, 16), "first defined here")
		},
		"tab": func(l *diag.List) { l.Add(diag.WrongType, span(6, 13, 20), "the list has no end") },
		"wide characters": func(l *diag.List) {
			l.Add(diag.BadName, span(7, 12, 14), "letters, digits and -=:._ are allowed")
			l.Add(diag.UnwrittenInput, span(7, 27, 29), "nothing writes this topic")
		},
		"control characters": func(l *diag.List) {
			*l = append(*l, diag.Diagnostic{
				Code: diag.BadName, Severity: diag.Error, Span: span(8, 11, 19),
				Detail: "\"a\x1b[2Jb\" is not a name", Hints: []string{"Take another\x07 name."},
			})
		},
		"lines to copy": func(l *diag.List) {
			l.Add(diag.NoRuntime, span(3, 11, 16), "function split names no code", "jarFile: target/functions.jar\nfunctions:\n  - name: split",
				"Or give it its own code:\n    jar: target/split.jar")
		},
		"long detail": func(l *diag.List) {
			l.Add(diag.EffectivelyOnce, span(4, 5, 11), "this function takes EFFECTIVELY_ONCE, and with broker deduplication on real function workers lose outputs at every restart under load")
		},
		"whole file": func(l *diag.List) { l.Add(diag.UnreadableFile, diag.Span{File: "gone.yaml"}, "There is no such file.") },
		"no place": func(l *diag.List) {
			l.Add(diag.NotOurs, diag.Span{}, "function public/default/split carries no marker", "Give it another name.")
		},
		"same code twice": func(l *diag.List) {
			l.Add(diag.UnknownKey, span(3, 5, 9), "`name` is not known here")
			l.Add(diag.UnknownKey, span(5, 5, 9), "`name` is not known here")
			l.Add(diag.UnwrittenInput, span(4, 14, 26), "nothing writes order-events")
		},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			var list diag.List
			cases[name](&list)
			doc := view.NewFindings(list, diag.Sources{"orders.yaml": source}, nil)
			golden(t, "testdata/findings.txtar", name, human.Findings(human.Style{}, doc))
		})
	}
}

func TestFindingsInANarrowTerminal(t *testing.T) {
	var list diag.List
	list.Add(diag.EffectivelyOnce, span(4, 5, 11), "with broker deduplication on real function workers lose outputs at every restart under load",
		"Take ATLEAST_ONCE, which is the default and loses none at all, in place of it.")
	doc := view.NewFindings(list, diag.Sources{"orders.yaml": source}, nil)
	golden(t, "testdata/findings.txtar", "60 columns", human.Findings(human.Style{Width: 60}, doc))
	golden(t, "testdata/findings.txtar", "in colour", human.Findings(human.Style{Color: true}, doc))
}

func TestCleanRun(t *testing.T) {
	doc := view.NewFindings(nil, nil, []view.MeshInfo{
		{File: "orders.yaml", Mesh: "public/default/orders", Functions: 4, Topics: 5},
		{File: "-", Mesh: "public/default/one", Functions: 1, Topics: 1},
	})
	golden(t, "testdata/findings.txtar", "clean run", human.Findings(human.Style{}, doc))
}
