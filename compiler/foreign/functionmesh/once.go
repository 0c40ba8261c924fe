package functionmesh

import (
	"slices"
	"sync"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/compiler/mesh"
)

// converted is the last conversion of a mesh. The compiler converts a mesh to check
// it, and the deployer to write it; nearly always to the same.
type converted struct {
	mu   sync.Mutex
	done bool

	components bool
	features   operator.Features
	// located are the answers of Options.Location.
	located []located

	elements Elements
	findings diag.List
}

type located struct {
	node mesh.Node
	at   string
}

type convertedKey struct{}

// last gives the last conversion of a mesh.
func last(m *mesh.Mesh) *converted {
	return mesh.Once(m, convertedKey{}, func() *converted { return &converted{} })
}

// convert gives the conversion, made anew where the last one was made for others.
func (c *converted) convert(m *mesh.Mesh, opts Options) (Elements, diag.List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fits(opts) {
		c.done, c.components, c.features, c.located = false, opts.Components, opts.Features, nil
		asked := opts
		var asking sync.Mutex // by several writers
		asked.Location = func(n mesh.Node) string {
			asking.Lock()
			defer asking.Unlock()
			at := opts.locate(n)
			c.located = append(c.located, located{n, at})
			return at
		}
		c.elements, c.findings = convert(m, asked)
		c.done = true
	}
	out := c.elements
	out.Nodes = slices.Clone(out.Nodes)
	return out, slices.Clone(c.findings)
}

// fits tells whether a conversion with these options would give the same.
func (c *converted) fits(opts Options) bool {
	return c.done && c.components == opts.Components && c.features.Same(opts.Features) &&
		!slices.ContainsFunc(c.located, func(l located) bool { return opts.locate(l.node) != l.at })
}

// locate asks Location.
func (o Options) locate(n mesh.Node) string {
	if o.Location == nil {
		return ""
	}
	return o.Location(n)
}
