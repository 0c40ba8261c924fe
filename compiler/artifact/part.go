package artifact

import (
	"fmt"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// Role says what a component names a class for, beside its own class.
type Role string

// The roles. A component reads with the SerDes and schemas of its inputs and
// writes with that of its output: a function with those of `inputSpecs`,
// `customSerdeInputs` and `outputSerdeClassName`, a sink reads only, a source
// writes only.
const (
	ReadingSerDe  Role = "reading SerDe"
	WritingSerDe  Role = "writing SerDe"
	ReadingSchema Role = "reading schema"
	WritingSchema Role = "writing schema"
	// KeyReader is `cryptoKeyReaderClassName`.
	KeyReader Role = "crypto key reader"
	// Processor is `messagePayloadProcessorConfig.className` without a `config`,
	// ConfiguredProcessor the same with one that is not empty.
	Processor           Role = "payload processor"
	ConfiguredProcessor Role = "configured payload processor"
	// Triggerer is `discoveryTriggererClassName`.
	Triggerer Role = "discovery triggerer"
	// TimestampExtractor is `timestampExtractorClassName` of a window.
	TimestampExtractor Role = "timestamp extractor"
)

// defaultSerDe is passed without a look by workers (ValidatorUtils.DEFAULT_SERDE).
const defaultSerDe = "org.apache.pulsar.functions.api.utils.DefaultSerDe"

// roles tells for each role what is asked of a class.
var roles = map[Role]struct {
	target string
	// checked tells that workers look at the class when the component is created;
	// else instances fail when they start.
	checked bool
	// typed roles are for one type; reads tells which way it is compared.
	typed, reads bool
	// takesMap tells that instances call the constructor with a Map.
	takesMap bool
}{
	ReadingSerDe:        {target: SerDeInterface, checked: true, typed: true, reads: true},
	WritingSerDe:        {target: SerDeInterface, checked: true, typed: true},
	ReadingSchema:       {target: SchemaInterface, checked: true, typed: true, reads: true},
	WritingSchema:       {target: SchemaInterface, checked: true, typed: true},
	KeyReader:           {target: KeyReaderInterface, checked: true, takesMap: true},
	Processor:           {target: ProcessorInterface, checked: true},
	ConfiguredProcessor: {target: ProcessorInterface, checked: true, takesMap: true},
	Triggerer:           {target: TriggererInterface},
	TimestampExtractor:  {target: ExtractorInterface},
}

// PartFacts is what becomes of a class in a role.
type PartFacts struct {
	ClassFacts
	// Is tells whether the class implements the interface of its role.
	Is Answer
	// Type is what a SerDe or schema is for, as workers read it from the class.
	Type Type
	// Fits tells whether Type goes together with the component's type. It is
	// Unknown for the other roles.
	Fits Answer
	// Trouble says why the class cannot be used; empty where nothing is against it
	// or it is not certain. It is a part of a sentence that begins with the class.
	Trouble string
	// Refused tells that workers refuse the component for it; else they take it,
	// and its instances fail when they start.
	Refused bool
}

// Part gives the facts of a class that a component names for a role; of is the
// component's type where SerDes and schemas are asked for: its input for what
// reads, its output for what writes. The caller leaves out what workers do not
// look at: a `schemaType` that is one of Pulsar's own names. The error says in one
// sentence why a class file cannot be read. Where Exists is No nothing else is
// filled in.
//
// The rules are those of ValidatorUtils, CryptoUtils, MessagePayloadProcessorUtils,
// BatchSourceExecutor and WindowFunctionExecutor in Pulsar 4.0 and 4.2.
func (a *Archive) Part(class string, role Role, of Type) (PartFacts, error) {
	r := roles[role]
	var f PartFacts
	if class == defaultSerDe && r.target == SerDeInterface {
		f.ClassFacts = ClassFacts{Name: class, Exists: Yes, Public: true, Concrete: true, Constructor: NoConstructor, MapConstructor: NoConstructor}
		f.Is, f.Fits = Yes, Unknown
		return f, nil
	}
	var err error
	if f.ClassFacts, err = a.Class(class); err != nil || f.Exists == No {
		return f, err
	}
	w := &walk{a: a}
	self, ok := w.self(class)
	if !ok {
		return f, w.err
	}
	if _, f.Is = w.as(self, r.target); f.Is != Yes {
		if f.Is == No {
			f.Trouble, f.Refused = "does not implement "+short(r.target), r.checked
		}
		return f, w.err
	}
	if r.typed {
		f.typed(w, self, r.target, r.reads, of)
	}
	if f.Trouble == "" && f.Exists == Yes {
		f.made(role, r.takesMap)
	}
	return f, nil
}

// typed fills in what a SerDe or schema is for. Workers look at the interfaces
// that the class itself names, not at those of its superclasses.
func (f *PartFacts) typed(w *walk, self Type, target string, reads bool, of Type) {
	read, answer := w.direct(self, target)
	name := short(target)
	switch {
	case answer == Unknown:
		return
	case answer == No:
		f.Trouble, f.Refused = fmt.Sprintf("is a %s by its superclass, and workers look at the interfaces of the class itself", name), true
		return
	case len(read.Args) == 0:
		f.Trouble, f.Refused = fmt.Sprintf("implements %s without a type, so that workers cannot tell what it is for", name), true
		return
	}
	f.Type = read.Args[0]
	if reads {
		f.Fits = w.a.Assignable(f.Type, of)
	} else {
		f.Fits = w.a.Assignable(of, f.Type)
	}
	if f.Fits == No {
		f.Trouble, f.Refused = fmt.Sprintf("is a %s for `%s`, not for `%s`", name, Clean(f.Type.String()), Clean(of.String())), true
	}
}

// direct gives the first interface that the class names itself and that is the
// target or extends it.
func (w *walk) direct(t Type, target string) (Type, Answer) {
	interfaces, _ := w.supertypes(t)
	for _, i := range interfaces {
		one := &walk{a: w.a}
		switch _, answer := one.as(i, target); answer {
		case Yes:
			return i, Yes
		case Unknown:
			return Type{}, Unknown
		}
	}
	return Type{}, No
}

// made tells whether instances can make one of the class. Workers look for the
// constructor of key readers and payload processors, public or not.
func (f *PartFacts) made(role Role, takesMap bool) {
	constructor, what := f.Constructor, "a constructor without parameters"
	if takesMap {
		constructor, what = f.MapConstructor, "a constructor with a java.util.Map alone"
	}
	looked := role == KeyReader || role == Processor || role == ConfiguredProcessor
	switch {
	case constructor == NoConstructor:
		f.Trouble, f.Refused = "lacks "+what+", which instances call", looked
	case !f.Concrete:
		f.Trouble = "is abstract or an interface, so that instances cannot make one"
	case looked && (constructor != PublicConstructor || !f.Public):
		// Class.getConstructor sees public ones only, and newInstance wants the class public too.
		f.Trouble = "has to be public, with " + what + " that is public"
	}
}

// Assignable tells whether a variable of one type takes a value of another, by
// their erasures, as workers compare types (TypeDescription.isAssignableTo of Byte
// Buddy). It is Unknown where a class that is neither in the archive nor known decides.
func (a *Archive) Assignable(from, to Type) Answer {
	source, target := erased(from), erased(to)
	switch {
	case !source.Known() || !target.Known():
		return Unknown
	case source.String() == target.String():
		return Yes
	case source.Kind == classfile.Primitive || target.Kind == classfile.Primitive:
		return No
	case target.Name == object:
		return Yes
	case source.Kind == classfile.Array && target.Kind == classfile.Array:
		return a.Assignable(source.Args[0], target.Args[0])
	case source.Kind == classfile.Array:
		if target.Name == "java.lang.Cloneable" || target.Name == "java.io.Serializable" {
			return Yes
		}
		return No
	case target.Kind == classfile.Array || final(target.Name):
		return No
	}
	w := &walk{a: a, leaves: leaf(target.Name)}
	_, answer := w.as(source, target.Name)
	return answer
}

// erased gives the type's class: a raw type, an array of one, or a primitive.
func erased(t Type) Type {
	switch t.Kind {
	case classfile.Unknown, classfile.Primitive:
		return t
	case classfile.Reference:
		return classfile.Raw(t.Name)
	case classfile.Array:
		e := erased(t.Args[0])
		if !e.Known() {
			return Type{}
		}
		return Type{Kind: classfile.Array, Args: []Type{e}}
	case classfile.Wildcard:
		if len(t.Args) > 0 && !t.Lower {
			return erased(t.Args[0])
		}
	}
	return classfile.Raw(object)
}
