package kubernetes

import (
	"fmt"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/state"
)

// occupiedField is the field of a live component that stands for a FunctionMesh of
// others: the mesh that it belongs to, "" for one without a marker. All nodes of the
// mesh are to be in it, whether there are such elements or not.
const occupiedField = "occupied"

// occupied puts the FunctionMesh of the mesh's name in the place of the wanted
// components, where it belongs to others and nothing takes it over. An element of it
// that is called like a wanted one is told as what it is.
func (b *Backend) occupied(out map[state.Addr]placed, wanted map[state.Addr]bool, l *layout, all found, owner string) {
	o, there := all.meshes[l.name]
	of := ownerIn(o)
	if b.opts.Components || !there || of == owner || of == "" && l.adopts {
		return
	}
	for addr, is := range wanted {
		if p, known := out[addr]; !is || known && !p.own && p.object != nil && p.object.Name() == l.name {
			continue
		}
		c := &state.Component{
			Kind: addr.Kind(), Tenant: l.id.Tenant, Namespace: l.id.Namespace, Name: lastPart(addr.Name()), Owner: of,
			Fields: map[string]any{homeField: homeOf(kube.FunctionMeshes, l.name), occupiedField: of},
		}
		if of == "" {
			c.Owner = homeOf(kube.FunctionMeshes, l.name) // not to be adopted
		}
		out[addr] = placed{component: c}
	}
}

// Occupied implements diff.Housing.
func (Rules) Occupied(c *state.Component) (what, remedy string) {
	of, is := c.Fields[occupiedField].(string)
	if !is {
		return "", ""
	}
	name, _ := home(c)
	whose, way := "carries no marker of meshc", ", or delete the one that is there (kubectl delete "+kube.FunctionMeshes.String()+" "+name+")"
	if of != "" {
		whose, way = "belongs to mesh "+of, ""
	}
	return fmt.Sprintf("%v, which the %s %s is to be in, exists in the cluster and %s", c.Fields[homeField], c.Kind, c.FullName(), whose),
		"give the mesh's resource another name, by `kubernetes: {name: ...}` at the top of the mesh file" + way
}
