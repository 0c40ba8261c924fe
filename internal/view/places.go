package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// target is what a finding is drawn onto: the edge or the vertex of that index.
type target struct {
	edge  bool
	index int
}

// places knows which stretch of the files belongs to what.
type places struct {
	// spots are the spans of names and values, by file and first line.
	spots map[string]map[int][]spot
	// entries are the list entries that describe vertices, by file, in their order.
	entries map[string][]entry
	// text are the lines of the files.
	text map[string][]string
}

type spot struct {
	span diag.Span
	target
}

// entry is an entry of a list: the lines from its first key to its last value.
type entry struct {
	target
	first, last int
}

func newPlaces(sources diag.Sources) places {
	p := places{spots: map[string]map[int][]spot{}, entries: map[string][]entry{}, text: map[string][]string{}}
	for file, text := range sources {
		p.text[file] = strings.Split(string(text), "\n")
	}
	return p
}

// add tells what vertex is described where, by the place of its name.
func (p *places) add(t target, name diag.Span) {
	p.spot(t, name)
	if name.Start == (diag.Pos{}) {
		return
	}
	first, last := around(p.text[name.File], name.Start.Line)
	p.entries[name.File] = append(p.entries[name.File], entry{t, first, last})
}

// spot tells that a span is about something.
func (p *places) spot(t target, s diag.Span) {
	if s.Start == (diag.Pos{}) {
		return
	}
	if p.spots[s.File] == nil {
		p.spots[s.File] = map[int][]spot{}
	}
	p.spots[s.File][s.Start.Line] = append(p.spots[s.File][s.Start.Line], spot{s, t})
}

// sort is called once, before find.
func (p *places) sort() {
	for _, list := range p.entries {
		slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(a.first, b.first) })
	}
}

// find gives what a finding is about: the innermost span that it starts in, else
// the entry whose lines it stands in. A span that several share, as what
// `defaults:` says, is about none of them.
func (p *places) find(s diag.Span) (target, bool) {
	if s.Start == (diag.Pos{}) {
		return target{}, false
	}
	var best []spot
	for _, x := range p.spots[s.File][s.Start.Line] {
		if before(s.Start, x.span.Start) || !before(s.Start, x.span.End) && s.Start != x.span.Start {
			continue
		}
		c := -1
		if len(best) > 0 {
			c = compareSpots(x, best[0])
		}
		switch {
		case c < 0:
			best = []spot{x}
		case c == 0 && x.target != best[0].target:
			best = append(best, x)
		}
	}
	switch len(best) {
	case 0:
		return p.entryAt(s.File, s.Start.Line)
	case 1:
		return best[0].target, true
	}
	return target{}, false
}

// compareSpots puts the better answer first: it starts later, ends earlier, or is an edge.
func compareSpots(a, b spot) int {
	rank := func(s spot) int {
		if s.edge {
			return 0
		}
		return 1
	}
	return cmp.Or(compare(b.span.Start, a.span.Start), compare(a.span.End, b.span.End), cmp.Compare(rank(a), rank(b)))
}

func (p *places) entryAt(file string, line int) (target, bool) {
	list := p.entries[file]
	i, _ := slices.BinarySearchFunc(list, line, func(e entry, line int) int {
		if e.first <= line {
			return -1
		}
		return 1
	})
	if i == 0 || list[i-1].last < line {
		return target{}, false
	}
	return list[i-1].target, true
}

// around finds the lines of a list entry by their indentation, from one of them
// that holds a key of the entry. Keys that nobody knows are found that way too.
func around(text []string, line int) (first, last int) {
	column, opens := keyColumn(text, line)
	first, last = line, line
	for n := line - 1; !opens && n > 0; n-- {
		at, opening := keyColumn(text, n)
		if at == 0 {
			continue
		}
		if at < column {
			break
		}
		if at == column {
			first, opens = n, opening
		}
	}
	for n := line + 1; n <= len(text); n++ {
		at, opening := keyColumn(text, n)
		if at == 0 {
			continue
		}
		if at < column || at == column && opening {
			break
		}
		last = n
	}
	return first, last
}

// keyColumn tells where the keys of a line begin, behind the dash of a list entry
// if there is one; opens tells that there is. It is 0 for blank lines and comments.
func keyColumn(text []string, line int) (column int, opens bool) {
	if line < 1 || line > len(text) {
		return 0, false
	}
	rest := strings.TrimLeft(text[line-1], " ")
	for strings.HasPrefix(rest, "- ") {
		opens = true
		rest = strings.TrimLeft(rest[1:], " ")
	}
	if strings.TrimSpace(rest) == "" || rest[0] == '#' {
		return 0, false
	}
	return len(text[line-1]) - len(rest) + 1, opens
}

func before(a, b diag.Pos) bool { return compare(a, b) < 0 }

func compare(a, b diag.Pos) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
