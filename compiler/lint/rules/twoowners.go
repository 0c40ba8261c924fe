package rules

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

var twoOwners = lint.Rule{
	Code: diag.TwoOwners,
	Doc:  "Finds topics that two meshes of the run both take for their own: both write it, or one writes it and the other declares it, none with `external: true`.",
	Run: func(p *lint.Pass) {
		if len(p.World.Meshes()) == 1 {
			return
		}
		for _, t := range p.Mesh.Topics {
			own := claims(p.World)[claim{p.Mesh, t.Name}]
			owner := owners(p.World)[t.Name]
			if own == nil || owner == nil || owner.mesh.ID == p.Mesh.ID {
				continue
			}
			name := p.Short(t)
			detail := fmt.Sprintf("`%s` is declared as a topic of this mesh, and the mesh `%s` %s.", name, owner.mesh.Name, owner.does())
			if own.writes {
				detail = fmt.Sprintf("This mesh writes `%s`, and the mesh `%s` %s.", name, owner.mesh.Name, owner.does())
			}
			p.Report(own.span, detail, fmt.Sprintf("A topic belongs to one mesh, which makes and deletes it. Declare it in the other: `- {name: %s, external: true}`.", name)).
				Relate(owner.span, "named here")
		}
	},
}

// claim says that a mesh takes a topic for its own.
type claim struct {
	mesh  *mesh.Mesh
	topic string
}

type owner struct {
	mesh   *mesh.Mesh
	span   diag.Span
	writes bool
}

func (o *owner) does() string {
	if o.writes {
		return "writes it"
	}
	return "declares it"
}

func claims(w *lint.World) map[claim]*owner {
	return lint.Once(w, claim{}, func() map[claim]*owner {
		all := map[claim]*owner{}
		for _, m := range w.Meshes() {
			for _, t := range m.Topics {
				if t.Declared && !t.External && !t.Doubt {
					all[claim{m, t.Name}] = &owner{mesh: m, span: t.Span}
				}
			}
		}
		for end := range w.All() {
			t := end.Edge.Topic
			if end.Edge.Role != mesh.Output || t.External || t.Doubt {
				continue
			}
			c := claim{end.Mesh, t.Name}
			if all[c] == nil {
				all[c] = &owner{mesh: end.Mesh, span: end.Edge.Span}
			}
			all[c].writes = true
		}
		return all
	})
}

// owners gives the mesh that each topic belongs to: the first that writes it, or
// else the first that declares it.
func owners(w *lint.World) map[string]*owner {
	return lint.Once(w, owner{}, func() map[string]*owner {
		out := map[string]*owner{}
		for _, m := range w.Meshes() {
			for _, t := range m.Topics {
				c := claims(w)[claim{m, t.Name}]
				if before := out[t.Name]; c != nil && (before == nil || c.writes && !before.writes) {
					out[t.Name] = c
				}
			}
		}
		return out
	})
}
