package artifact

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// FunctionKind says which of the interfaces of functions a class implements.
type FunctionKind string

// The kinds of functions. NotFunction is certain; UnknownKind means that a
// supertype which is not in the archive decides.
const (
	PulsarFunction FunctionKind = "function"
	WindowFunction FunctionKind = "window"
	JavaFunction   FunctionKind = "java-function"
	NotFunction    FunctionKind = "none"
	UnknownKind    FunctionKind = "unknown"
)

// FunctionFacts is what a function worker will find out about a function's class.
type FunctionFacts struct {
	ClassFacts
	Kind FunctionKind
	// Input and Output are the types of messages: what a WindowFunction gets is
	// the element, and Record and CompletableFuture around an output are taken off.
	Input, Output Type
	// Trouble says why workers refuse the class though it is a function: its types
	// cannot be read from it. It is a part of a sentence that begins with the class.
	Trouble string
	// Misread says, in the same form, why workers take Input and Output for the
	// types though the class has others: they look at the wrong interface.
	Misread string
	// Fails says, in the same form, why instances never run though workers take the
	// class (WindowFunctionExecutor).
	Fails string
}

// Function gives the facts of a function's class; windowed tells that the function
// has a window configuration, which decides what a class with several interfaces
// is (FunctionCommon.getFunctionTypes in Pulsar 4.0 and 4.2). The error says in
// one sentence why a class file cannot be read.
func (a *Archive) Function(class string, windowed bool) (FunctionFacts, error) {
	f := FunctionFacts{Kind: UnknownKind}
	var err error
	if f.ClassFacts, err = a.Class(class); err != nil || f.Exists == No {
		return f, err
	}
	w := &walk{a: a}
	self, ok := w.self(class)
	if !ok {
		return f, w.err
	}
	order := []struct {
		kind FunctionKind
		name string
	}{{PulsarFunction, FunctionInterface}, {JavaFunction, JavaFunctionInterface}, {WindowFunction, WindowInterface}}
	if windowed {
		order[0], order[2] = order[2], order[0]
	}
	f.Kind = NotFunction
	for _, o := range order {
		as, answer := w.as(self, o.name)
		if answer == Yes {
			f.Kind = o.kind
			f.types(w, self, as, windowed)
			return f, nil
		}
		if answer == Unknown {
			// Another interface may come before the one that is looked for next.
			f.Kind = UnknownKind
			return f, w.err
		}
	}
	return f, nil
}

// types fills in input and output, or the trouble with them.
func (f *FunctionFacts) types(w *walk, self, as Type, windowed bool) {
	if len(as.Args) != 2 {
		f.Trouble = "implements " + short(as.Name) + " without types, so that workers cannot tell what it takes and gives"
		return
	}
	read, misread := w.read(self, as)
	if len(read.Args) < 2 {
		f.Trouble = misread
		return
	}
	as, f.Misread = read, misread
	f.Input, f.Output = as.Args[0], as.Args[1]
	if windowed && f.Kind == JavaFunction {
		if _, answer := w.as(f.Input, collection); answer == No {
			f.Trouble = "takes no collection, as a java.util.function.Function with a window has to"
			return
		}
		if f.Input.Kind == classfile.Reference && f.Input.Name != collection {
			f.Fails = fmt.Sprintf("takes a `%s`, and with a window instances give a java.util.Collection", Clean(f.Input.Name))
		}
		f.Input = f.content(f.Input)
	}
	for _, wrapper := range []string{record, future} {
		if f.Output.Kind != classfile.Reference {
			return
		}
		switch _, answer := w.as(f.Output, wrapper); answer {
		case Yes:
			f.Output = f.content(f.Output)
		case Unknown:
			f.Output = Type{}
		}
	}
}

// content takes a wrapper off a type. Workers take the first type argument of the
// type itself, also where that is a subclass of the wrapper.
func (f *FunctionFacts) content(t Type) Type {
	if len(t.Args) == 0 {
		f.Trouble = fmt.Sprintf("takes or gives a `%s` of which workers cannot tell what is in it", Clean(t.Name))
		return Type{}
	}
	if t.Args[0].Kind == classfile.Wildcard {
		f.Trouble = fmt.Sprintf("takes or gives a `%s`; workers need a type in place of the `?`", Clean(t.String()))
		return Type{}
	}
	return t.Args[0]
}

func sameArgs(a, b Type) bool {
	a.Name = b.Name
	return a.String() == b.String()
}

// read gives the type whose arguments workers take for those of as, and says why
// where they differ.
func (w *walk) read(self, as Type) (read Type, misread string) {
	read, ok := w.asWorkersRead(self, as.Name)
	if !ok || sameArgs(read, as) {
		return as, ""
	}
	return read, fmt.Sprintf("implements %s through `%s`, whose own types workers take for the class's", short(as.Name), Clean(read.Name))
}

// asWorkersRead follows FunctionCommon.resolveInterfaceTypeArguments: the first
// direct interface that is a subtype of the target, else the same of the superclass.
func (w *walk) asWorkersRead(t Type, target string) (Type, bool) {
	for range maxSupertypes {
		interfaces, super := w.supertypes(t)
		for _, i := range interfaces {
			if _, answer := w.as(i, target); answer == Yes {
				return i, true
			}
		}
		if !super.Known() {
			return Type{}, false
		}
		t = super
	}
	return Type{}, false
}

// short is the name of an interface without its package, unless that is Java's own.
func short(name string) string {
	if rest, ok := strings.CutPrefix(name, "org.apache.pulsar."); ok {
		return rest[strings.LastIndexByte(rest, '.')+1:]
	}
	return name
}

// Functions lists the classes of the archive itself that workers can run as
// functions without a window, to choose from. An archive with more classes than
// a few hundred gives none: reading them all would take too long.
func (a *Archive) Functions() []string {
	classes := a.Classes()
	if len(classes) > maxListed {
		return nil
	}
	size := uint64(0)
	for _, c := range classes {
		if size += a.entries[entryOf(c)].UncompressedSize64; size > maxListedSize {
			return nil
		}
	}
	var out []string
	for _, c := range classes {
		f, err := a.Function(c, false)
		if err == nil && f.Concrete && f.Constructor != NoConstructor && f.Trouble == "" && (f.Kind == PulsarFunction || f.Kind == JavaFunction) {
			out = append(out, c)
		}
	}
	return out
}
