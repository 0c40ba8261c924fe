package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var secret = lint.Rule{
	Code: diag.PlainSecret,
	Doc:  "Finds secrets that are no references: workers store the text itself, and those on Kubernetes refuse it.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			for _, e := range known(n.Base().Fields.Get("secrets")) {
				if e.Value.Shape == mesh.Mapping || !given(e.Value) {
					continue
				}
				p.Report(e.KeySpan, fmt.Sprintf("The secret `%s` is no reference: workers store what stands here as it is, readable to all who may read the %s, and workers on Kubernetes refuse it.", e.Key, n.Kind()),
					fmt.Sprintf("Say where it is: `%s: {path: NAME, key: KEY}`.", e.Key))
			}
		}
	},
}

// known gives the entries of a mapping that could be read.
func known(v *mesh.Value) []mesh.Entry {
	var out []mesh.Entry
	if v != nil {
		for _, e := range v.Entries {
			if e.Value.Known() {
				out = append(out, e)
			}
		}
	}
	return out
}
