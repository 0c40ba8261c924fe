// Package classfile reads Java class files as the JVM specification (Java SE 21,
// chapter 4) lays them out: what a class is called, what it extends and
// implements with which types, its fields, methods and annotations. Code is
// passed over. No class is ever loaded or run, and no input makes it panic or
// take more memory than a small multiple of the input.
package classfile

import "errors"

// Access is the flags of a class, field or method (tables 4.1-B, 4.5-A, 4.6-A).
type Access uint16

// The flags that matter to meshc.
const (
	Public     Access = 0x0001
	Private    Access = 0x0002
	Static     Access = 0x0008
	Synthetic  Access = 0x1000
	Interface  Access = 0x0200
	Abstract   Access = 0x0400
	Annotated  Access = 0x2000 // an annotation type
	Transient  Access = 0x0080 // of a field
	moduleInfo Access = 0x8000
)

// Has tells whether all the flags are set.
func (a Access) Has(flags Access) bool { return a&flags == flags }

// Class is one class file. Names of classes have dots, nested ones a dollar sign.
type Class struct {
	// Major is the format's version: 52 is Java 8, each release one more.
	Major  int
	Access Access
	Name   string
	// Super is empty for java.lang.Object only.
	Super      string
	Interfaces []string
	Fields     []Member
	Methods    []Member
	// Signature is the generic signature (4.7.9), or empty where the class has none.
	Signature   string
	Annotations []Annotation
}

// Member is a field or a method.
type Member struct {
	Access     Access
	Name       string
	Descriptor string
	// Signature is the generic signature, or empty.
	Signature   string
	Annotations []Annotation
}

// maxInterfaces bounds what a class implements itself; real ones have tens.
const maxInterfaces = 1000

// Release is the Java release that can run the class, 8 for Java 8.
func (c *Class) Release() int { return c.Major - 44 }

// Parse reads a class file. It fails on what the specification forbids in the
// parts that it looks at, in one sentence that names the trouble.
func Parse(data []byte) (*Class, error) { return parse(data, members) }

// Outline is Parse without fields, methods and annotations, but for constructors
// without parameters and with a Map: all that questions about types need. A class
// may have a hundred thousand members, and a hierarchy a thousand classes.
func Outline(data []byte) (*Class, error) {
	c, err := parse(data, constructors)
	if err == nil {
		c.Annotations = nil
	}
	return c, err
}

// memberReader reads a table of fields or methods and keeps what it wants.
type memberReader func(*reader, pool) []Member

func parse(data []byte, members memberReader) (*Class, error) {
	left := maxKept
	r := &reader{data: data, left: &left}
	if r.u4() != 0xCAFEBABE {
		return nil, errors.New("it does not begin as a class file does")
	}
	r.u2() // the minor version
	c := &Class{Major: r.u2()}
	p := readPool(r)
	c.Access = Access(r.u2())
	if r.err == nil && c.Access.Has(moduleInfo) {
		r.fail("it describes a module, not a class")
	}
	c.Name = p.class(r, r.u2())
	if super := r.u2(); super != 0 {
		c.Super = p.class(r, super)
	}
	interfaces := r.u2()
	if interfaces > maxInterfaces {
		r.fail("it implements %d interfaces, more than the %d that are read", interfaces, maxInterfaces)
	}
	for range interfaces {
		if c.Interfaces = append(c.Interfaces, p.class(r, r.u2())); r.err != nil {
			return nil, r.err
		}
	}
	c.Fields = members(r, p)
	c.Methods = members(r, p)
	a := attributes(r, p)
	c.Signature, c.Annotations = a.signature, a.annotations
	if r.err == nil && len(r.data) > 0 {
		r.fail("%d bytes follow the end of the class", len(r.data))
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

func members(r *reader, p pool) []Member {
	var list []Member
	for range r.u2() {
		m := Member{Access: Access(r.u2()), Name: p.text(r, r.u2()), Descriptor: p.text(r, r.u2())}
		a := attributes(r, p)
		if r.err != nil {
			return nil
		}
		m.Signature, m.Annotations = a.signature, a.annotations
		list = append(list, m)
	}
	return list
}

// The descriptors of the constructors that Pulsar calls.
const (
	NoArguments = "()V"
	MapArgument = "(Ljava/util/Map;)V"
)

// constructors keeps those that Pulsar calls, each once.
func constructors(r *reader, p pool) []Member {
	var list []Member
	for range r.u2() {
		access, name, descriptor := r.u2(), r.u2(), r.u2()
		for range r.u2() {
			r.u2()
			r.part(r.u4())
		}
		if r.err != nil {
			return nil
		}
		if len(list) > 1 || !p.is(name, "<init>") {
			continue
		}
		for _, d := range []string{NoArguments, MapArgument} {
			if p.is(descriptor, d) && (len(list) == 0 || list[0].Descriptor != d) {
				list = append(list, Member{Access: Access(access), Name: "<init>", Descriptor: d})
			}
		}
	}
	return list
}

type found struct {
	signature   string
	annotations []Annotation
}

// attributes reads a table of attributes (4.7) and keeps those it knows.
func attributes(r *reader, p pool) found {
	var f found
	for range r.u2() {
		name := p.text(r, r.u2())
		body := r.part(r.u4())
		if r.err != nil {
			return found{}
		}
		switch name {
		case "Signature":
			f.signature = p.text(body, body.u2())
		case "RuntimeVisibleAnnotations", "RuntimeInvisibleAnnotations":
			for range body.u2() {
				a := annotation(body, p, 0)
				if body.err != nil {
					break
				}
				f.annotations = append(f.annotations, a)
			}
		default:
			continue
		}
		if body.err == nil && len(body.data) > 0 {
			body.fail("the attribute %s is shorter than its length says", name)
		}
		if body.err != nil {
			r.fail("%w", body.err)
			return found{}
		}
	}
	return f
}
