package rules

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

// maxCompared bounds how many pairs of names of a mesh are compared letter by
// letter: a mesh of thousands of nodes may have as many inputs that nothing writes.
const maxCompared = 10_000

// slips finds topics with messages that a name may be a slip for.
type slips struct {
	pass  *lint.Pass
	names []string
	byKey map[string][]*mesh.Topic
	full  map[string]*mesh.Topic
	left  int
}

func newSlips(p *lint.Pass) *slips {
	s := &slips{pass: p, byKey: map[string][]*mesh.Topic{}, full: map[string]*mesh.Topic{}, left: maxCompared}
	for _, t := range p.Mesh.Topics {
		if !t.External && len(p.World.Writers(t.Name)) == 0 {
			continue
		}
		name := p.Short(t)
		s.names = append(s.names, name)
		s.full[name] = t
		s.byKey[diag.Fold(name)] = append(s.byKey[diag.Fold(name)], t)
	}
	return s
}

// near gives the topic that a name is most likely meant to be, never one that the
// reader writes itself; nil for none.
func (s *slips) near(reader mesh.Node, t *mesh.Topic) *mesh.Topic {
	name := s.pass.Short(t)
	own := map[*mesh.Topic]bool{t: true}
	for _, e := range reader.Edges() {
		if e.Role.Writes() {
			own[e.Topic] = true
		}
	}
	for _, other := range s.byKey[diag.Fold(name)] {
		if !own[other] {
			return other
		}
	}
	if s.left -= len(s.names); s.left < 0 {
		return nil
	}
	names := make([]string, 0, len(s.names))
	for _, n := range s.names {
		if !own[s.full[n]] {
			names = append(names, n)
		}
	}
	// Topics of one mesh have names alike, so that only small slips are likely,
	// and none in a name of two letters.
	near, _ := diag.Within(name, names, min(max(1, len(name)/8), len(name)/3))
	return s.full[near]
}
