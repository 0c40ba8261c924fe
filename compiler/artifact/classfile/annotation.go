package classfile

// Annotation is one annotation of a class or member (4.7.16).
type Annotation struct {
	// Type is the annotation's class, with dots.
	Type   string
	Values map[string]Value
}

// Value is the value of an annotation's element. Kind is the tag of 4.7.16.1:
// Z B S C I J F D for primitives, s a string, e an enum constant, c a class,
// @ an annotation, [ an array.
type Value struct {
	Kind byte
	// Text is a string, the name of an enum's constant, or of a class (with dots).
	Text string
	// Int is the value of a boolean, byte, short, char or int.
	Int int32
	// List is what an array holds.
	List []Value
}

// maxDepth bounds what may lie within another: arrays of annotations of arrays.
const maxDepth = 32

func annotation(r *reader, p pool, depth int) Annotation {
	r.keep()
	a := Annotation{Type: p.form(r, r.u2(), typed)}
	if depth > maxDepth {
		r.fail("annotations lie too deep in each other")
	}
	for range r.u2() {
		name := p.text(r, r.u2())
		v := value(r, p, depth)
		if r.err != nil {
			return a
		}
		if a.Values == nil {
			a.Values = map[string]Value{}
		}
		a.Values[name] = v
	}
	return a
}

func value(r *reader, p pool, depth int) Value {
	r.keep()
	v := Value{Kind: byte(r.u1())}
	if depth > maxDepth {
		r.fail("annotations lie too deep in each other")
	}
	if r.err != nil {
		return v
	}
	switch v.Kind {
	case 'Z', 'B', 'S', 'C', 'I':
		v.Int = p.integer(r, r.u2())
	case 'J', 'F', 'D':
		r.u2()
	case 's':
		v.Text = p.text(r, r.u2())
	case 'e':
		r.u2()
		v.Text = p.text(r, r.u2())
	case 'c':
		v.Text = p.form(r, r.u2(), typed)
	case '@':
		annotation(r, p, depth+1)
	case '[':
		for range r.u2() {
			item := value(r, p, depth+1)
			if r.err != nil {
				return v
			}
			v.List = append(v.List, item)
		}
	default:
		r.fail("an annotation has a value of the unknown kind %q", v.Kind)
	}
	return v
}
