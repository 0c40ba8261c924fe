package functionmesh

import (
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/meshc/meshc/compiler/mesh"
)

// perPart is how many nodes are worth a goroutine.
const perPart = 100

// part is what a writer makes of some of the nodes, without knowing of the others.
type part struct {
	*writer
	elements []Element
}

// parts lets several writers write the nodes, on all cores where there are many, and
// takes together what they found: it is what one writer would have found.
func (w *writer) parts(nodes []mesh.Node, write func(w *writer, n mesh.Node) Element) []Element {
	cores := runtime.GOMAXPROCS(0)
	var all []*part
	var writing sync.WaitGroup
	broken := make(chan any, cores)
	for some := range slices.Chunk(nodes, max(perPart, (len(nodes)+cores-1)/cores)) {
		p := &part{writer: w.fork()}
		all = append(all, p)
		writing.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					broken <- v
				}
			}()
			for _, n := range some {
				p.elements = append(p.elements, write(p.writer, n))
			}
		})
	}
	writing.Wait()
	select {
	case v := <-broken:
		panic(v) // the caller's, who can tell of it
	default:
	}
	out := make([]Element, 0, len(nodes))
	for _, p := range all {
		w.join(p.writer)
		out = append(out, p.elements...)
	}
	return out
}

// fork gives a writer for some of the nodes, that knows what was said of the mesh.
func (w *writer) fork() *writer {
	own := *w
	own.List, own.noImage, own.noPulsar = nil, nil, nil
	own.said, own.told, own.values = maps.Clone(w.said), map[int]bool{}, maps.Clone(w.values)
	return &own
}

// join adds what a fork found, but for what another fork has told at the same place.
func (w *writer) join(own *writer) {
	for i, d := range own.List {
		if !own.told[i] || !w.said[told{d.Code, d.Span}] {
			w.List = append(w.List, d)
		}
	}
	maps.Copy(w.said, own.said)
	w.noImage, w.noPulsar = append(w.noImage, own.noImage...), append(w.noPulsar, own.noPulsar...)
}
