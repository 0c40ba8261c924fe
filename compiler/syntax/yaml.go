package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/meshc/meshc/compiler/diag"
)

// Bounds for hostile files: a mesh of ten thousand nodes stays below them.
const (
	maxDepth    = 64
	maxNodes    = 250_000
	maxRepeated = 200_000 // values that aliases repeat, counted in full
	maxMarks    = 800_000 // characters that may begin a value
	maxTexts    = 10_000
)

// documents are decoded documents before they are copied.
type documents []*yaml.Node

// decode reads all documents. After an error the documents before it are
// returned, and how many bytes the library had asked for.
func decode(data []byte) (docs documents, read int, err error) {
	r := &lineReader{data: data}
	defer func() {
		read = r.at
		// The library panics on some texts that it should refuse.
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	d := yaml.NewDecoder(r)
	for {
		var n yaml.Node
		if err := d.Decode(&n); err != nil {
			if errors.Is(err, io.EOF) {
				return docs, r.at, nil
			}
			return docs, r.at, err
		}
		docs = append(docs, &n)
	}
}

// lineReader hands out one line at a time, so that it shows how far the library
// had to read before it gave up: what comes after cannot be the culprit.
type lineReader struct {
	data []byte
	at   int
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.at == len(r.data) {
		return 0, io.EOF
	}
	rest := r.data[r.at:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	n := copy(p, rest)
	r.at += n
	return n, nil
}

// converter copies the library's nodes into ours.
type converter struct {
	t        *text
	list     *diag.List
	done     map[*yaml.Node]*Node
	open     map[*yaml.Node]bool
	passed   []string
	nodes    int  // nodes so far, those that aliases repeat apart
	repeated int  // nodes that aliases repeat, counted in full
	deep     bool // a value nested too deep was reported
	many     bool // too many nodes were reported
}

func (c *converter) document(n *yaml.Node) *Node {
	if n.Kind != yaml.DocumentNode || len(n.Content) == 0 {
		return nil
	}
	return c.node(n.Content[0], nil, 0)
}

// node converts one node; key is the key whose value it is, where it is one.
func (c *converter) node(n *yaml.Node, key *Node, depth int) *Node {
	if n.Kind == yaml.AliasNode {
		return c.alias(n, depth)
	}
	first := c.t.offset(n.Line, n.Column)
	start := c.t.skipProperties(first)
	out := &Node{start: first, from: start, to: start, size: 1}
	out.Anchor, out.tagged = n.Anchor, n.Style&yaml.TaggedStyle != 0
	out.Span = c.t.span(start, start+1)
	if depth > maxDepth {
		c.tooDeep(out.Span)
		return out
	}
	if c.tooMany(&c.nodes, 1, maxNodes, out.Span) {
		return out
	}
	if n.Anchor != "" {
		c.open[n] = true
	}
	switch n.Kind {
	case yaml.ScalarNode:
		c.scalar(n, out, key)
	case yaml.MappingNode:
		c.mapping(n, out, depth)
	case yaml.SequenceNode:
		c.sequence(n, out, depth)
	}
	out.Span = c.t.span(out.from, out.to)
	c.tag(n, out)
	if n.Anchor != "" {
		delete(c.open, n)
		c.done[n] = out
	}
	return out
}

func (c *converter) tooDeep(span diag.Span) {
	if !c.deep {
		c.list.Add(diag.YAMLFeature, span, fmt.Sprintf("The value is nested deeper than %d levels.", maxDepth))
	}
	c.deep = true
}

// tooMany counts nodes and tells whether a bound is passed.
func (c *converter) tooMany(count *int, more, most int, span diag.Span) bool {
	if *count += more; *count <= most {
		return false
	}
	if !c.many {
		c.list.Add(diag.YAMLFeature, span, fmt.Sprintf("The file holds more than %d values, counting what aliases repeat.", most))
	}
	c.many = true
	return true
}

func (c *converter) scalar(n *yaml.Node, out, key *Node) {
	out.Kind, out.Value, out.Flow = Scalar, n.Value, true
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		out.to = c.t.blockEnd(out.from, n.Value)
		return
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		out.to = c.t.quotedEnd(out.from)
		return
	}
	switch n.ShortTag() {
	case "!!null":
		out.Type = Null
	case "!!bool":
		out.Type = Bool
	case "!!int":
		out.Type = Int
	case "!!float":
		out.Type = Float
	case "!!timestamp":
		out.Type = Date
	}
	switch {
	case n.Value != "":
		out.to = c.t.matchEnd(out.from, n.Value)
	case key != nil:
		out.from, out.to = key.from, key.to
	default:
		out.from, out.to = c.t.dashBefore(out.from)
	}
}

func (c *converter) sequence(n *yaml.Node, out *Node, depth int) {
	out.Kind, out.Flow = Sequence, n.Style&yaml.FlowStyle != 0
	out.Items = make([]*Node, 0, len(n.Content))
	for _, item := range n.Content {
		out.Items = append(out.Items, c.child(out, c.node(item, nil, depth+1)))
	}
	c.close(out, ']')
}

func (c *converter) mapping(n *yaml.Node, out *Node, depth int) {
	out.Kind, out.Flow = Mapping, n.Style&yaml.FlowStyle != 0
	out.Pairs = make([]Pair, 0, len(n.Content)/2)
	first := keys{pairs: out}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := c.child(out, c.key(n.Content[i], depth+1))
		value := c.child(out, c.node(n.Content[i+1], key, depth+1))
		if key.Kind == Hole {
			continue
		}
		if before := first.find(key.Value); before != nil {
			c.list.Add(diag.DuplicateKey, key.Span, fmt.Sprintf("The key `%s` stands twice in the same mapping.", key.Value),
				"Keep one of the two.").Relate(before.Span, "first given here")
			if value.size < maxTexts {
				c.passed = append(c.passed, value.Texts()...)
			}
			continue
		}
		out.Pairs = append(out.Pairs, Pair{key, value})
	}
	c.close(out, '}')
}

// keys finds the keys of a mapping that were read; most mappings are small.
type keys struct {
	pairs *Node
	index map[string]*Node
}

func (k *keys) find(key string) *Node {
	if len(k.pairs.Pairs) < 24 {
		if p := k.pairs.Pair(key); p != nil {
			return p.Key
		}
		return nil
	}
	if k.index == nil {
		k.index = map[string]*Node{}
	}
	for _, p := range k.pairs.Pairs[len(k.index):] {
		k.index[p.Key.Value] = p.Key
	}
	return k.index[key]
}

// child accounts for a node below out.
func (c *converter) child(out, n *Node) *Node {
	out.size += n.size
	out.height = max(out.height, n.height+1)
	out.to = max(out.to, n.to)
	return n
}

func (c *converter) close(out *Node, bracket rune) {
	if out.Flow {
		out.to = c.t.closeEnd(max(out.to, out.from+1), bracket)
	}
}

// key converts a key, which has to be plain text.
func (c *converter) key(n *yaml.Node, depth int) *Node {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!merge" {
		at := c.t.offset(n.Line, n.Column)
		out := &Node{from: at, to: at + len("<<"), size: 1, Span: c.t.span(at, at+len("<<"))}
		c.list.Add(diag.YAMLFeature, out.Span, "Merge keys (`<<`) are not part of the mesh language.",
			"Write the keys out, or give a whole value by an alias (`userConfig: *shared`).")
		return out
	}
	out := c.node(n, nil, depth)
	if n.Kind != yaml.AliasNode && (out.Kind == Hole || out.IsText()) {
		return out
	}
	hint := ""
	if out.Kind == Scalar {
		hint = fmt.Sprintf("Put the key in quotes: \"%s\".", out.Value)
	}
	c.list.Add(diag.YAMLFeature, out.Span, "Keys have to be text.", hints(hint)...)
	return &Node{Span: out.Span, from: out.from, to: out.to, size: 1}
}

func hints(h string) []string {
	if h == "" {
		return nil
	}
	return []string{h}
}

// alias gives a copy of what the alias stands for, under the place of the alias itself.
func (c *converter) alias(n *yaml.Node, depth int) *Node {
	at := c.t.offset(n.Line, n.Column)
	to := min(at+1+len([]rune(n.Value)), len(c.t.runes))
	span := c.t.span(at, to)
	hole := &Node{Span: span, from: at, to: to, size: 1}
	if n.Alias == nil || c.open[n.Alias] {
		c.list.Add(diag.YAMLFeature, span, fmt.Sprintf("The alias `*%s` stands inside of the value that it repeats.", n.Value))
		return hole
	}
	target := c.done[n.Alias]
	if target == nil {
		return hole
	}
	if depth+target.height > maxDepth {
		c.tooDeep(span)
		return hole
	}
	if c.tooMany(&c.repeated, target.size, maxRepeated, span) {
		return hole
	}
	out := target.Clone()
	out.Span, out.start, out.from, out.to = span, at, at, to
	out.Anchor, out.Alias, out.tagged = "", n.Value, false
	return out
}

// tag refuses explicit tags but for those that change nothing a mesh could notice.
func (c *converter) tag(n *yaml.Node, out *Node) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	switch n.ShortTag() {
	case "!!str":
		out.Type = Text
		return
	case "!!map", "!!seq":
		return
	}
	c.list.Add(diag.YAMLFeature, out.Span, fmt.Sprintf("The tag `%s` is not part of the mesh language.", n.Tag), "Remove the tag.")
	*out = Node{Span: out.Span, from: out.from, to: out.to, size: 1}
}

// convert copies decoded documents into our own.
func convert(t *text, docs documents, list *diag.List) []*Document {
	var out []*Document
	for _, n := range docs {
		c := &converter{t: t, list: list, done: map[*yaml.Node]*Node{}, open: map[*yaml.Node]bool{}}
		root := c.document(n)
		out = append(out, &Document{Root: root, Passed: c.passed})
	}
	return out
}

// encode writes a node in the library's block form, with two columns for each level.
func encode(n *yaml.Node) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	var buf bytes.Buffer
	e := yaml.NewEncoder(&buf)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, err
	}
	err = e.Close()
	return buf.Bytes(), err
}

// library turns a node into the library's own, which decides nothing any more:
// how each scalar is written is said by written.
func library(n *Node) *yaml.Node {
	out := &yaml.Node{}
	switch n.Kind {
	case Mapping:
		out.Kind, out.Tag = yaml.MappingNode, "!!map"
		for _, p := range n.Pairs {
			out.Content = append(out.Content, library(p.Key), library(p.Value))
		}
		if len(n.Pairs) == 0 {
			out.Style = yaml.FlowStyle
		}
	case Sequence:
		out.Kind, out.Tag = yaml.SequenceNode, "!!seq"
		for _, item := range n.Items {
			out.Content = append(out.Content, library(item))
		}
		if len(n.Items) == 0 {
			out.Style = yaml.FlowStyle
		}
	case Scalar, Hole:
		out.Kind, out.Value = yaml.ScalarNode, n.Value
		switch writtenAs(n) {
		case quoted:
			out.Tag, out.Style = "!!str", yaml.DoubleQuotedStyle
		case inBlock:
			out.Tag, out.Style = "!!str", yaml.LiteralStyle
		case nothing:
			out.Tag, out.Value = "!!null", "null"
		}
	}
	return out
}
