package artifact

import "strings"

// pyBinder follows the blocks of a module and notes what its top level binds.
// Bodies of if, try, with and loops count as the level that they stand in.
type pyBinder struct {
	m      *PythonModule
	blocks []pyBlock
	// decorated tells that the line before was a decorator.
	decorated bool
}

type pyBlock struct {
	indent int
	// class is set in the body of a class of the module, hidden where names are
	// bound that the module does not see: in functions, and in classes within them.
	class  *pyName
	hidden bool
}

func (b *pyBinder) line(l pyLine) {
	for len(b.blocks) > 0 && b.blocks[len(b.blocks)-1].indent >= l.indent {
		b.blocks = b.blocks[:len(b.blocks)-1]
	}
	var in pyBlock
	if len(b.blocks) > 0 {
		in = b.blocks[len(b.blocks)-1]
	}
	if strings.HasPrefix(l.text, "@") {
		b.decorated = true
		return
	}
	block := in
	block.indent = l.indent
	text := l.text
	for range 8 { // if a: class B: def c(): x = 1, all on one line
		head, rest := word(text)
		if head == "async" {
			head, rest = word(rest)
		}
		if head == "match" || head == "case" {
			if _, _, block := cutTop(text, ':'); !block {
				head = "" // only a name here
			}
		}
		switch head {
		case "class", "def":
			block = b.define(head, rest, block)
			block.indent = l.indent
			b.decorated = false
		case "if", "elif", "else", "try", "except", "finally", "for", "while", "with", "match", "case":
			b.targets(head, rest, block)
		default:
			b.simple(text, block)
			text = ""
		}
		if text == "" {
			break
		}
		if _, text, _ = cutTop(text, ':'); strings.TrimSpace(text) == "" {
			break
		}
	}
	b.blocks = append(b.blocks, block)
}

func (b *pyBinder) bind(name string, n *pyName, in pyBlock) {
	switch {
	case name == "" || in.hidden:
	case in.class != nil:
		in.class.members[name] = true
		if name == "__init__" {
			in.class.required = n.required
			if len(n.required) > 0 {
				in.class.required = n.required[1:]
			}
		}
	default:
		before := b.m.names[name]
		if before == nil {
			b.m.order = append(b.m.order, name)
		} else if before.kind != n.kind || n.kind == PythonClass {
			n.dynamic = true // bound twice: which of them counts depends on the way
		}
		b.m.names[name] = n
		if name == "__getattr__" {
			b.m.open = true
		}
	}
}

// define notes a class or a function and gives the block of its body.
func (b *pyBinder) define(head, rest string, in pyBlock) pyBlock {
	name, rest := word(rest)
	if strings.HasPrefix(rest, "[") { // type parameters
		if i := strings.Index(rest, "]"); i > 0 {
			rest = rest[i+1:]
		}
	}
	n := &pyName{kind: PythonFunction, dynamic: b.decorated}
	args := arguments(rest)
	if head == "def" {
		n.required = required(args)
		b.bind(name, n, in)
		return pyBlock{hidden: true}
	}
	n.kind, n.members = PythonClass, map[string]bool{}
	for _, a := range args {
		a = strings.TrimSpace(a)
		switch {
		case a == "":
		case strings.HasPrefix(a, "*") || strings.Contains(a, "="):
			n.dynamic = true
		default:
			base, _, _ := strings.Cut(a, "[") // Base[int]
			n.bases = append(n.bases, strings.ReplaceAll(base, " ", ""))
		}
	}
	b.bind(name, n, in)
	return pyBlock{class: n, hidden: in.hidden || in.class != nil}
}

// arguments splits what stands in the first brackets.
func arguments(s string) []string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "(") {
		return nil
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return splitTop(s[1:i], ',')
			}
		}
	}
	return nil
}

func required(params []string) []string {
	var out []string
	for _, p := range params {
		p = strings.TrimSpace(p)
		name, _ := word(p)
		if name != "" && len(splitTop(p, '=')) == 1 {
			out = append(out, name)
		}
	}
	return out
}

// targets notes what for, with and except bind.
func (b *pyBinder) targets(head, rest string, in pyBlock) {
	clause, _, _ := cutTop(rest, ':')
	if head == "for" {
		if i := strings.Index(clause, " in "); i > 0 {
			b.assign(clause[:i], in)
		}
	}
	for _, part := range strings.Split(clause, " as ")[1:] {
		name, _ := word(strings.TrimLeft(part, "( "))
		b.bind(name, &pyName{kind: PythonValue}, in)
	}
}

// simple notes what a line of simple statements binds.
func (b *pyBinder) simple(text string, in pyBlock) {
	for _, s := range splitTop(text, ';') {
		s = strings.TrimSpace(s)
		for _, call := range []string{"globals(", "vars(", "locals(", "exec(", "eval(", "setattr(", "sys.modules", "__dict__"} {
			if strings.Contains(s, call) {
				b.m.open = true
				if in.class != nil {
					in.class.dynamic = true
				}
			}
		}
		switch head, rest := word(s); head {
		case "import":
			for _, part := range splitTop(rest, ',') {
				full, alias, renamed := strings.Cut(strings.TrimSpace(part), " as ")
				if !renamed {
					full, _, _ = strings.Cut(full, ".")
					alias = full
				}
				b.bind(strings.TrimSpace(alias), &pyName{kind: PythonValue, origin: strings.TrimSpace(full)}, in)
			}
		case "from":
			b.from(rest, in)
		case "global":
			for _, part := range strings.Split(rest, ",") {
				b.bind(strings.TrimSpace(part), &pyName{kind: PythonValue}, pyBlock{})
			}
		default:
			parts := assignment(s)
			for _, target := range parts[:len(parts)-1] {
				b.assign(target, in)
			}
		}
	}
}

func (b *pyBinder) from(rest string, in pyBlock) {
	module, names, ok := strings.Cut(rest, " import")
	if !ok {
		return
	}
	module = strings.TrimSpace(module)
	names = strings.Trim(strings.TrimSpace(names), "()")
	if !strings.HasSuffix(module, ".") { // from . import a
		module += "."
	}
	for _, part := range strings.Split(names, ",") {
		name, alias, renamed := strings.Cut(strings.TrimSpace(part), " as ")
		name = strings.TrimSpace(name)
		if name == "*" {
			b.m.open = true
			continue
		}
		if !renamed {
			alias = name
		}
		b.bind(strings.TrimSpace(alias), &pyName{kind: PythonValue, origin: module + name}, in)
	}
}

// assignment splits a statement at its plain equals signs, a value last. A
// comparison or an augmented assignment is one part.
func assignment(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '=':
			double := i+1 < len(s) && s[i+1] == '='
			if depth == 0 && !double && (i == 0 || !strings.ContainsRune("=!<>+-*/%&|^@:", rune(s[i-1]))) {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

var unbracket = strings.NewReplacer("(", "", ")", "", "[", "", "]", "", "*", "")

// assign binds the names of a target: X, (a, b), X: int. Attributes and elements bind none.
func (b *pyBinder) assign(target string, in pyBlock) {
	target, _, _ = cutTop(target, ':')
	for _, part := range strings.Split(unbracket.Replace(target), ",") {
		part = strings.TrimSpace(part)
		if name, rest := word(part); rest == "" {
			b.bind(name, &pyName{kind: PythonValue}, in)
		} else if in.class == nil && strings.Contains(rest, ".process") || rest == ".process" {
			// X.process = f gives a class its method from outside.
			if n := b.m.names[name]; n != nil {
				n.dynamic = true
			}
		}
	}
}
