package mesh

import "github.com/meshc/meshc/schema/fields"

// Function is a Pulsar function as the mesh file describes it.
type Function struct {
	Component
	Reading
	Runtime fields.Runtime
	// Output is nil where there is none.
	Output *Edge
	// LateData is the topic of messages that come after their window; nil where there is none.
	LateData *Edge
	// OutputType is the class of what the code returns, as its class file says;
	// empty where that is not known.
	OutputType string
}

// Kind implements Node.
func (*Function) Kind() fields.Kind { return fields.Function }

// Reads implements Node.
func (f *Function) Reads() *Reading { return &f.Reading }

// Edges implements Node.
func (f *Function) Edges() []Edge {
	return f.edges(f.Inputs, f.Output, f.DeadLetter, f.LateData, f.LogTopic)
}

func (*Function) node() {}

// edges puts a node's wires together, inputs first. They are asked for again and
// again, so they are kept.
func (c *Component) edges(inputs []Edge, others ...*Edge) []Edge {
	if c.wires != nil {
		return c.wires
	}
	all := make([]Edge, len(inputs), len(inputs)+len(others))
	copy(all, inputs)
	for _, e := range others {
		if e != nil {
			all = append(all, *e)
		}
	}
	c.wires = all
	return all
}
