package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/meshc/meshc/planner/state"
)

// keptPackages is how many versions of its code a mesh keeps beside those in use,
// of each kind of component: a way back.
const keptPackages = 3

// collected finds the packages of earlier plans that are to go: what neither runs
// now nor will, and is older than those that are kept for a way back.
func (d *differ) collected() map[state.Addr]bool {
	used := map[string]bool{}
	for _, s := range []*state.State{d.live, d.want} {
		for _, c := range s.Components() {
			used[c.Code.URL] = true
		}
	}
	// kept counts what a mesh keeps of a kind; what runs now is a way back as well.
	kept, spare := map[string]int{}, map[string][]*state.Package{}
	for _, addr := range d.live.Addrs() {
		p, ok := d.live.Resources[addr].(*state.Package)
		if _, wanted := d.want.Resources[addr]; !ok || wanted || p.Owner != d.live.Mesh.String() {
			continue
		}
		name, _, _ := strings.Cut(p.URL, "@")
		if used[p.URL] || d.opts.Keep[p.URL] {
			kept[name]++
		} else {
			spare[name] = append(spare[name], p)
		}
	}
	out := map[state.Addr]bool{}
	for name, list := range spare {
		slices.SortFunc(list, func(p, q *state.Package) int {
			return cmp.Or(cmp.Compare(q.Created, p.Created), cmp.Compare(p.URL, q.URL))
		})
		for _, p := range list[min(len(list), max(0, keptPackages-kept[name])):] {
			out[p.Addr()] = true
		}
	}
	return out
}
