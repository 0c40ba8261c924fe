package artifact

import (
	"fmt"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// Constructor says whether a class can be made.
type Constructor string

// The kinds of constructors. Pulsar makes instances by
// org.apache.pulsar.common.util.Reflections.createInstance, which opens a
// constructor that is not public, in a class that is not public as well: only
// the absence of one stops an instance.
const (
	PublicConstructor Constructor = "public"
	HiddenConstructor Constructor = "not public"
	NoConstructor     Constructor = "none"
	UnknownConstruct  Constructor = "unknown"
)

// ClassFacts is what a class file says of the class as a whole.
type ClassFacts struct {
	Name string
	// Exists is No where neither the archive nor its jars have the class, and
	// Unknown where the class may come from the worker, or where a jar in the
	// archive cannot be looked into.
	Exists Answer
	Public bool
	// Concrete tells that it is neither abstract nor an interface.
	Concrete bool
	// Constructor is the one without parameters, MapConstructor the one with a
	// java.util.Map alone.
	Constructor, MapConstructor Constructor
	// Java is the release that the class needs, such as 17; 0 where it is unknown.
	Java int
}

// Class gives the facts of a class by its full name, nested ones with a dollar
// sign. The error says in one sentence why the class file cannot be read.
func (a *Archive) Class(name string) (ClassFacts, error) {
	f := ClassFacts{Name: name, Constructor: UnknownConstruct, MapConstructor: UnknownConstruct}
	c, err := a.load(name)
	switch {
	case err != nil:
		return f, err
	case c == nil && (a.unseen || fromWorker(name)):
		return f, nil
	case c == nil:
		f.Exists = No
		return f, nil
	}
	f.Exists = Yes
	f.Public = c.Access.Has(classfile.Public)
	f.Concrete = c.Access&(classfile.Abstract|classfile.Interface) == 0
	f.Java = c.Release()
	f.Constructor, f.MapConstructor = NoConstructor, NoConstructor
	for _, m := range c.Methods {
		found := HiddenConstructor
		if m.Access.Has(classfile.Public) {
			found = PublicConstructor
		}
		switch {
		case m.Name != "<init>":
		case m.Descriptor == classfile.NoArguments:
			f.Constructor = found
		case m.Descriptor == classfile.MapArgument:
			f.MapConstructor = found
		}
	}
	return f, nil
}

// Implements tells whether a class is a subtype of a class or interface, and as
// which type: a class that extends Base<Integer>, where Base<T> implements
// SerDe<T>, is a SerDe<java.lang.Integer>.
func (a *Archive) Implements(class, target string) (Type, Answer, error) {
	w := &walk{a: a}
	t, ok := w.self(class)
	if !ok {
		return Type{}, Unknown, w.err
	}
	as, answer := w.as(t, target)
	if answer == Unknown {
		return Type{}, Unknown, w.err
	}
	return as, answer, nil
}

// String is for tests and messages.
func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	case Unknown:
		return "unknown"
	}
	return fmt.Sprint(uint8(a))
}
