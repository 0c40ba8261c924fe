package operator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schemas are kept as text, a line a field, indented by one space a level:
//
//	name[!] type [=VALUE,VALUE] [>=0]
//
// where ! says that the field has to be there. A name "*" is for the values of a
// map and "[]" for the items of a list. What stands in several places is defined
// once: a line "@name type" without indentation, and "@name" in the place of a type.

// parseShapes reads schemas by their names from text.
func parseShapes(text string) (map[string]*Schema, error) {
	all := map[string]*Schema{}
	type level struct {
		indent int
		schema *Schema
	}
	var stack []level
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
			return nil, fmt.Errorf("no name and type in %q", line)
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		name, required := strings.CutSuffix(words[0], "!")
		s := &Schema{Type: Type(words[1])}
		if strings.HasPrefix(words[1], "@") {
			if s = all[words[1]]; s == nil {
				return nil, fmt.Errorf("%s is not defined before it is used", words[1])
			}
		}
		for _, more := range words[2:] {
			if values, ok := strings.CutPrefix(more, "="); ok {
				s.Enum = strings.Split(values, ",")
			} else {
				s.NotNegative = true
			}
		}
		if len(stack) == 0 {
			all[name] = s
		} else {
			stack[len(stack)-1].schema.put(name, required, s)
		}
		stack = append(stack, level{indent, s})
	}
	return all, nil
}

func (s *Schema) put(name string, required bool, below *Schema) {
	switch name {
	case "*":
		s.Values = below
		return
	case "[]":
		s.Items = below
		return
	}
	if s.Properties == nil {
		s.Properties = map[string]*Schema{}
	}
	s.Properties[name] = below
	if required {
		s.Required = append(s.Required, name)
	}
}

// shapes writes schemas as parseShapes reads them.
func shapes(all map[string]*Schema) string {
	w := shapeWriter{count: map[string]int{}, names: map[string]string{}, taken: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.seen(all[name])
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.define(name, all[name])
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.line(&w.out, 0, name, all[name], true)
	}
	return w.out.String()
}

type shapeWriter struct {
	out   strings.Builder
	count map[string]int
	names map[string]string
	taken map[string]bool
}

// plain is a schema in full, by which equal ones are found.
func (w *shapeWriter) plain(s *Schema) string {
	var b strings.Builder
	(&shapeWriter{}).line(&b, 0, "x", s, false)
	return b.String()
}

func (w *shapeWriter) seen(s *Schema) {
	s.Walk(func(_ string, below *Schema) { w.count[w.plain(below)]++ })
}

// define writes what stands in several places, the innermost first.
func (w *shapeWriter) define(name string, s *Schema) {
	for _, below := range s.names() {
		w.define(below, s.Properties[below])
	}
	if s.Values != nil {
		w.define(name, s.Values)
	}
	if s.Items != nil {
		w.define(name, s.Items)
	}
	text := w.plain(s)
	if w.count[text] < 2 || strings.Count(text, "\n") < 4 || w.names[text] != "" {
		return
	}
	id := "@" + name
	for i := 2; w.taken[id]; i++ {
		id = fmt.Sprintf("@%s%d", name, i)
	}
	w.taken[id] = true
	w.line(&w.out, 0, id, s, true)
	w.names[text] = id
}

func (w *shapeWriter) line(b *strings.Builder, indent int, name string, s *Schema, root bool) {
	typ := string(s.Type)
	var id string
	if w.names != nil && !root {
		id = w.names[w.plain(s)]
	}
	if id != "" {
		typ = id
	}
	fmt.Fprintf(b, "%s%s %s", strings.Repeat(" ", indent), name, typ)
	if id == "" && len(s.Enum) > 0 {
		b.WriteString(" =" + strings.Join(s.Enum, ","))
	}
	if id == "" && s.NotNegative {
		b.WriteString(" >=0")
	}
	b.WriteString("\n")
	if id != "" {
		return
	}
	for _, below := range s.names() {
		mark := ""
		if slices.Contains(s.Required, below) {
			mark = "!"
		}
		w.line(b, indent+1, below+mark, s.Properties[below], false)
	}
	if s.Values != nil {
		w.line(b, indent+1, "*", s.Values, false)
	}
	if s.Items != nil {
		w.line(b, indent+1, "[]", s.Items, false)
	}
}
