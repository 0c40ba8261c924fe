package artifact

import "github.com/meshc/meshc/compiler/artifact/classfile"

// Type is a Java type. The zero Type is the unknown one.
type Type = classfile.Type

// Answer is yes, no, or unknown where a class that is not in the archive decides.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// walk is one question about the supertypes of a class. The first trouble with a
// class file on the way stays.
type walk struct {
	a       *Archive
	visited int
	// open tells that a supertype is in no archive and in no table.
	open bool
	// leaves tells that a class outside of archives may lead to the target, so that
	// what the table does not say of it is open.
	leaves bool
	err    error
}

// supertypes gives the direct supertypes of a type, interfaces first, with its
// type arguments put in. A generic class without arguments is raw, and so are its
// supertypes (Java language specification 4.8).
func (w *walk) supertypes(t Type) (interfaces []Type, super Type) {
	s, ok := knownSignature(t.Name)
	if w.leaves && leaf(t.Name) {
		for _, i := range values[t.Name] {
			interfaces = append(interfaces, classfile.Raw(i))
		}
		w.open = w.open || values[t.Name] == nil
		return append(interfaces, s.Interfaces...), s.Super
	}
	if !ok {
		c, err := w.a.load(t.Name)
		if err == nil && c != nil {
			s, err = c.Generic()
		}
		if err != nil && w.err == nil {
			w.err = err
		}
		if c == nil || err != nil {
			w.open = true
			return nil, Type{}
		}
	}
	if len(s.Params) == 0 {
		return s.Interfaces, s.Super
	}
	put := func(u Type) Type { return Type{Kind: u.Kind, Name: u.Name} }
	if len(t.Args) == len(s.Params) {
		vars := make(map[string]Type, len(s.Params))
		for i, p := range s.Params {
			vars[p.Name] = t.Args[i]
		}
		put = func(u Type) Type { return u.Substitute(vars, maxType) }
	}
	for _, i := range s.Interfaces {
		interfaces = append(interfaces, put(i))
	}
	if s.Super.Known() {
		super = put(s.Super)
		w.open = w.open || !super.Known() // grown beyond what is followed
	}
	return interfaces, super
}

// as gives a type as one of its supertypes: X extends Base<Integer> as
// Function<Integer, String>. The type is unknown when the answer is not yes.
func (w *walk) as(t Type, target string) (Type, Answer) {
	seen := map[string]bool{}
	found, ok := w.search(t, target, seen)
	switch {
	case ok:
		return found, Yes
	case w.open:
		return Type{}, Unknown
	}
	return Type{}, No
}

func (w *walk) search(t Type, target string, seen map[string]bool) (Type, bool) {
	if t.Kind != classfile.Reference {
		w.open = w.open || !t.Known()
		return Type{}, false
	}
	if t.Name == target {
		return t, true
	}
	if seen[t.Name] {
		return Type{}, false
	}
	if w.visited++; w.visited > maxSupertypes {
		w.open = true
		return Type{}, false
	}
	seen[t.Name] = true
	interfaces, super := w.supertypes(t)
	for _, i := range interfaces {
		if found, ok := w.search(i, target, seen); ok {
			return found, true
		}
	}
	if super.Known() {
		return w.search(super, target, seen)
	}
	return Type{}, false
}

// self gives the type of a class within itself, its parameters replaced by their
// bounds: what is left of T when nobody says what it is.
func (w *walk) self(class string) (Type, bool) {
	s, ok := knownSignature(class)
	if !ok {
		c, err := w.a.load(class)
		if err == nil && c != nil {
			s, err = c.Generic()
		}
		if err != nil && w.err == nil {
			w.err = err
		}
		if c == nil || err != nil {
			return Type{}, false
		}
	}
	t := classfile.Raw(class)
	vars := map[string]Type{}
	for _, p := range s.Params {
		vars[p.Name] = classfile.Raw(p.Bound.Substitute(vars, maxType).Erasure())
	}
	for _, p := range s.Params {
		t.Args = append(t.Args, vars[p.Name])
	}
	return t, true
}
