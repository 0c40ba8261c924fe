package fields

// Kind is what a field belongs to.
type Kind string

// The kinds that have fields. Those after Sink are the kinds of values that
// fields of others take.
const (
	Mesh      Kind = "mesh"
	Namespace Kind = "namespace"
	Topic     Kind = "topic"
	Function  Kind = "function"
	Source    Kind = "source"
	Sink      Kind = "sink"

	Schema      Kind = "schema"            // of a topic
	Retention   Kind = "retention"         // of a topic
	Defaults    Kind = "defaults"          // of a mesh
	Lifecycle   Kind = "lifecycle"         // of a node
	Kubernetes  Kind = "kubernetes"        // of a mesh or node
	Consumer    Kind = "consumerConfig"    // of an input, Pulsar's ConsumerConfig
	Producer    Kind = "producerConfig"    // Pulsar's ProducerConfig
	Batching    Kind = "batchingConfig"    // Pulsar's BatchingConfig (PIP-401)
	Crypto      Kind = "cryptoConfig"      // Pulsar's CryptoConfig
	Processor   Kind = "payloadProcessor"  // Pulsar's MessagePayloadProcessorConfig (PIP-412)
	Window      Kind = "windowConfig"      // Pulsar's WindowConfig
	BatchSource Kind = "batchSourceConfig" // Pulsar's BatchSourceConfig
	Resource    Kind = "resources"         // Pulsar's Resources
)

// within tells of the kinds of values that fields of components hold.
func (k Kind) within() bool {
	switch k {
	case Consumer, Producer, Batching, Crypto, Processor, Window, BatchSource, Resource:
		return true
	}
	return false
}

// Kinds lists all kinds in the order of the reference page.
func Kinds() []Kind {
	return []Kind{
		Mesh, Namespace, Topic, Schema, Retention, Function, Source, Sink, Consumer, Producer, Batching, Crypto,
		Processor, Window, BatchSource, Resource, Lifecycle, Defaults, Kubernetes,
	}
}

// Type is the shape of a field's value in a mesh file.
type Type string

// The types of values.
const (
	Text      Type = "text"
	Count     Type = "count"   // a whole number from 1
	Whole     Type = "whole"   // a whole number from 0
	Integer   Type = "integer" // any whole number
	Number    Type = "number"  // any number above 0
	Bool      Type = "bool"
	Enum      Type = "enum"
	TopicName Type = "topic"
	OneTopic  Type = "one-topic" // text, or a list of one as PIP-66 writes an output
	TopicList Type = "topic-list"
	TextList  Type = "text-list"
	List      Type = "list"       // of values of any shape
	Map       Type = "map"        // keys and values are the user's
	TextMap   Type = "text-map"   // keys are the user's, values are text
	Object    Type = "object"     // a mapping of the fields of Below
	Objects   Type = "objects"    // a list of mappings of the fields of Below
	ObjectMap Type = "object-map" // keys are the user's, values mappings of the fields of Below
	Place     Type = "place"      // a namespace: its name, or a mapping of the fields of Below
)

// Update says what a function worker does with a changed value on update
// ({Function,Source,Sink}ConfigUtils.validateUpdate; measured on 4.0.8 and 4.2.4).
type Update string

// The update classes.
const (
	// Updatable values are taken over; all instances restart.
	Updatable Update = "updatable"
	// Fixed values are rejected ("... cannot be altered"): the component has to be replaced.
	Fixed Update = "fixed"
	// WriteOnce values are ignored without a word on update: it takes a replacement.
	WriteOnce Update = "write-once"
	// Lossy values are lost by any update, since reading back omits them: a component
	// that has one can only be replaced.
	Lossy Update = "lossy"
	// Local fields never reach a component: they steer meshc.
	Local Update = "local"
)

// Clear says how an update takes a value away again.
type Clear string

// The ways to clear a value.
const (
	// ByDefault: the value read back when unset is sent.
	ByDefault Clear = "by-default"
	// ByEmptyMap: `{}` is sent.
	ByEmptyMap Clear = "by-empty-map"
	// ByZero: 0 is sent, which workers do not keep.
	ByZero Clear = "by-zero"
	// ByOmission: it is a part of a value that updates replace whole, and is left out of that.
	ByOmission Clear = "by-omission"
	// NotPossible: an update cannot clear it; taking it away is a replacement.
	NotPossible Clear = "not-possible"
)

// Runtime is the language of a function, spelled as function workers spell it.
type Runtime string

// The runtimes.
const (
	Java   Runtime = "JAVA"
	Python Runtime = "PYTHON"
	Go     Runtime = "GO"
)

// Language is the runtime as people write it: Java, Python or Go. What is none of
// the runtimes stays as it is.
func (r Runtime) Language() string {
	switch r {
	case Java:
		return "Java"
	case Python:
		return "Python"
	case Go:
		return "Go"
	}
	return string(r)
}
