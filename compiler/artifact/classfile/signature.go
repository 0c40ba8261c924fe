package classfile

import (
	"errors"
	"strings"
)

// ClassSignature is what a class says of itself in generic terms (4.7.9.1).
type ClassSignature struct {
	Params []Param
	// Super and Interfaces are the direct supertypes; Super of an interface is java.lang.Object.
	Super      Type
	Interfaces []Type
}

// Param is a type parameter with its first bound.
type Param struct {
	Name  string
	Bound Type
}

var errSignature = errors.New("a generic signature in the class file is broken")

// maxNesting bounds the depth of a type in a signature, maxParts how many types are
// in it; no compiler gets near them.
const (
	maxNesting = 64
	maxParts   = 5000
)

// Generic gives the class's signature; a class without the attribute gets one
// from its plain supertypes, as it then has neither parameters nor generic supertypes.
func (c *Class) Generic() (ClassSignature, error) {
	if c.Signature != "" {
		return ParseClassSignature(c.Signature)
	}
	s := ClassSignature{}
	if c.Super != "" {
		s.Super = Raw(c.Super)
	}
	for _, i := range c.Interfaces {
		s.Interfaces = append(s.Interfaces, Raw(i))
	}
	return s, nil
}

// ParseClassSignature reads a class signature such as
// <T:Ljava/lang/Object;>La/Base<TT;>;La/I;
func ParseClassSignature(text string) (ClassSignature, error) {
	p := &sigParser{rest: text}
	var s ClassSignature
	if p.skip('<') {
		for !p.skip('>') && !p.bad {
			s.Params = append(s.Params, p.param())
		}
	}
	s.Super = p.class()
	for p.rest != "" && !p.bad {
		s.Interfaces = append(s.Interfaces, p.class())
	}
	if p.bad {
		return ClassSignature{}, errSignature
	}
	return s, nil
}

// ParseType reads a field's descriptor or signature (4.3.2, 4.7.9.1).
func ParseType(text string) (Type, error) {
	p := &sigParser{rest: text}
	t := p.anyType()
	if p.bad || p.rest != "" {
		return Type{}, errSignature
	}
	return t, nil
}

// TypeName gives the class that a descriptor names, with dots: Lorg/A; is org.A.
// What is no descriptor is given back as it is.
func TypeName(descriptor string) string {
	t, err := ParseType(descriptor)
	if err != nil {
		return descriptor
	}
	return t.Erasure()
}

// sigParser reads signatures; once bad it reads nothing more.
type sigParser struct {
	rest  string
	bad   bool
	depth int
	parts int
}

func (p *sigParser) fail() Type {
	p.bad, p.rest = true, ""
	return Type{}
}

func (p *sigParser) skip(c byte) bool {
	if p.rest != "" && p.rest[0] == c {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

// name reads up to one of the characters that no identifier holds (4.2.2).
func (p *sigParser) name() string {
	return p.until(".;[/<>:")
}

func (p *sigParser) until(stops string) string {
	end := strings.IndexAny(p.rest, stops)
	if end <= 0 {
		p.fail()
		return ""
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	return name
}

func (p *sigParser) param() Param {
	param := Param{Name: p.name(), Bound: Raw("java.lang.Object")}
	if !p.skip(':') {
		p.fail()
		return param
	}
	first := true
	if p.rest != "" && p.rest[0] != ':' && strings.IndexByte("LT[", p.rest[0]) >= 0 {
		param.Bound, first = p.anyType(), false
	}
	for p.skip(':') {
		if t := p.anyType(); first {
			param.Bound, first = t, false
		}
	}
	return param
}

func (p *sigParser) class() Type {
	if p.rest == "" || p.rest[0] != 'L' {
		return p.fail()
	}
	return p.anyType()
}

var primitives = map[byte]string{'B': "byte", 'C': "char", 'D': "double", 'F': "float", 'I': "int", 'J': "long", 'S': "short", 'Z': "boolean", 'V': "void"}

func (p *sigParser) anyType() Type {
	p.parts++
	if p.depth++; p.depth > maxNesting || p.parts > maxParts || p.rest == "" {
		return p.fail()
	}
	defer func() { p.depth-- }()
	c := p.rest[0]
	p.rest = p.rest[1:]
	switch c {
	case 'L':
		return p.reference()
	case 'T':
		t := Type{Kind: Variable, Name: p.name()}
		if !p.skip(';') {
			return p.fail()
		}
		return t
	case '[':
		return Type{Kind: Array, Args: []Type{p.anyType()}}
	}
	if name, ok := primitives[c]; ok {
		return Type{Kind: Primitive, Name: name}
	}
	return p.fail()
}

// reference reads a class behind its L. Of a class within a generic class
// (La/Outer<TT;>.Inner;) the outer arguments are dropped: no rule needs them.
func (p *sigParser) reference() Type {
	t := Type{Kind: Reference, Name: dots(p.until(".;[<>:")), Args: p.args()}
	for n := 0; p.skip('.'); n++ {
		if n > maxNesting {
			return p.fail()
		}
		t.Name += "$" + p.name()
		t.Args = p.args()
	}
	if !p.skip(';') {
		return p.fail()
	}
	return t
}

func (p *sigParser) args() []Type {
	if !p.skip('<') {
		return nil
	}
	var args []Type
	for !p.skip('>') {
		if p.bad {
			return nil
		}
		switch {
		case p.skip('*'):
			args = append(args, Type{Kind: Wildcard})
		case p.skip('+'):
			args = append(args, Type{Kind: Wildcard, Args: []Type{p.anyType()}})
		case p.skip('-'):
			args = append(args, Type{Kind: Wildcard, Args: []Type{p.anyType()}, Lower: true})
		default:
			args = append(args, p.anyType())
		}
	}
	return args
}
