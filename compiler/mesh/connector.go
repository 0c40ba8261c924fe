package mesh

import "github.com/meshc/meshc/schema/fields"

// Source is a Pulsar source: a connector that writes a topic. It is always Java.
type Source struct {
	Component
	// Output is nil only where the file's is missing or could not be read.
	Output *Edge
	// OutputType is the class of what the code gives, as its class file says;
	// empty where that is not known.
	OutputType string
}

// Kind implements Node.
func (*Source) Kind() fields.Kind { return fields.Source }

// Reads implements Node: a source reads nothing.
func (*Source) Reads() *Reading { return nil }

// Edges implements Node.
func (s *Source) Edges() []Edge { return s.edges(nil, s.Output, s.LogTopic) }

func (*Source) node() {}

// Sink is a Pulsar sink: a connector that reads topics. It is always Java.
type Sink struct {
	Component
	Reading
	// Transform is the code of the function that messages pass on their way into the
	// sink; the zero value for none.
	Transform Code
}

// Kind implements Node.
func (*Sink) Kind() fields.Kind { return fields.Sink }

// Reads implements Node.
func (s *Sink) Reads() *Reading { return &s.Reading }

// Edges implements Node.
func (s *Sink) Edges() []Edge { return s.edges(s.Inputs, s.DeadLetter, s.LogTopic) }

func (*Sink) node() {}
