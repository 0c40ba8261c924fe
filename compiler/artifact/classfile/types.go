package classfile

import "strings"

// Kind says what a [Type] is.
type Kind uint8

// The kinds of types.
const (
	// Unknown is the zero type: nothing can be said.
	Unknown Kind = iota
	// Primitive is int, boolean and so on, and void.
	Primitive
	// Reference is a class or an interface.
	Reference
	// Array is an array of its first argument.
	Array
	// Variable is a type parameter, such as T.
	Variable
	// Wildcard is `?`, with an upper bound in Args where it has one, or a lower bound.
	Wildcard
)

// Type is a Java type as a generic signature writes it.
type Type struct {
	Kind Kind
	// Name is a class (a.b.C$D), a primitive or a type variable.
	Name string
	// Args are the type arguments of a class, the element of an array, or the
	// bound of a wildcard. A class without them is not generic or raw.
	Args []Type
	// Lower tells that a wildcard's bound is the lower one: `? super T`.
	Lower bool
}

// Raw gives the type of a class that is named without type arguments.
func Raw(name string) Type { return Type{Kind: Reference, Name: name} }

// Known tells whether anything is known of the type.
func (t Type) Known() bool { return t.Kind != Unknown }

// String writes the type as Java source does, with full names; an unknown type is "?".
func (t Type) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t Type) write(b *strings.Builder) {
	switch t.Kind {
	case Unknown:
		b.WriteByte('?')
	case Array:
		t.Args[0].write(b)
		b.WriteString("[]")
	case Wildcard:
		b.WriteByte('?')
		if len(t.Args) > 0 {
			if t.Lower {
				b.WriteString(" super ")
			} else {
				b.WriteString(" extends ")
			}
			t.Args[0].write(b)
		}
	default:
		b.WriteString(t.Name)
		for i, a := range t.Args {
			if i == 0 {
				b.WriteByte('<')
			} else {
				b.WriteString(", ")
			}
			a.write(b)
		}
		if len(t.Args) > 0 {
			b.WriteByte('>')
		}
	}
}

// Erasure gives the name of the type's class as Class.getName does, which function
// workers store and compare: java.util.List, [B for byte[], [Ljava.lang.String;.
// Unknown types give "". A variable counts as java.lang.Object: give it its bound first.
func (t Type) Erasure() string {
	switch t.Kind {
	case Primitive, Reference:
		return t.Name
	case Array:
		switch e := t.Args[0].Erasure(); {
		case e == "":
			return ""
		case t.Args[0].Kind == Primitive:
			return "[" + codes[e]
		case e[0] == '[':
			return "[" + e
		default:
			return "[L" + e + ";"
		}
	case Variable:
		return "java.lang.Object"
	case Wildcard:
		if len(t.Args) > 0 && !t.Lower {
			return t.Args[0].Erasure()
		}
		return "java.lang.Object"
	}
	return ""
}

// codes are the letters of descriptors for primitives (table 4.3-A).
var codes = func() map[string]string {
	m := map[string]string{}
	for c, name := range primitives {
		m[name] = string(c)
	}
	return m
}()

// Size counts the types in a type, to bound what substitution may build.
func (t Type) Size() int {
	n := 1
	for _, a := range t.Args {
		n += a.Size()
	}
	return n
}

// Substitute puts types in the place of type variables. A variable that is not
// in the map stays. It gives the unknown type when the result would hold more
// than limit types: a chain of classes can double the size at each step.
func (t Type) Substitute(vars map[string]Type, limit int) Type {
	left := limit
	out := t.substitute(vars, &left)
	if left < 0 {
		return Type{}
	}
	return out
}

func (t Type) substitute(vars map[string]Type, left *int) Type {
	if *left--; *left < 0 {
		return Type{}
	}
	if t.Kind == Variable {
		if v, ok := vars[t.Name]; ok {
			*left -= v.Size()
			return v
		}
		return t
	}
	if len(t.Args) == 0 {
		return t
	}
	args := make([]Type, len(t.Args))
	for i, a := range t.Args {
		args[i] = a.substitute(vars, left)
	}
	t.Args = args
	return t
}
