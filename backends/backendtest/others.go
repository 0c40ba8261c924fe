package backendtest

import (
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var othersCases = []oneCase{
	{name: "components of others", run: foreign},
	{name: "two meshes in one namespace", run: neighbours},
	{name: "drift", run: drift},
	{name: "adoption", run: adoption, needs: func(_ backend.Backend, p Place) bool { _, ok := p.(Adopter); return ok }},
}

// What has no marker is told, and neither written nor deleted.
func foreign(b *bench) {
	taking := strings.Replace(one, "name: f,", "name: theirs,", 1)
	before := b.plan(b.mesh("m", taking), planner.Options{})
	b.Foreign("theirs", b.topic("in"), b.topic("elsewhere"))
	addr := b.addr(state.KindFunction, "theirs")
	had := b.component("m", addr)
	if had.Owner != "" {
		b.Errorf("it belongs to %q", had.Owner)
	}
	if _, there := b.read("m").Resources[addr]; there {
		b.Error("who does not ask for it is told of it")
	}
	d := b.refused(b.mesh("m", taking), diag.NotOurs)
	if !strings.Contains(d.Detail, "no marker") {
		b.Errorf("the finding says %q", d.Detail)
	}
	u, _ := b.deploy("m", one)
	b.wantNames("m", "f")
	// Neither a plan from before it was made, nor the end of the mesh, does anything to it.
	for _, s := range before.Steps {
		if s.Addr == addr && s.Op == plan.Create {
			b.moved(s)
		}
	}
	b.destroy(u)
	b.wantNames("m")
	if now := b.component("m", addr); state.Digest(now) != state.Digest(had) {
		b.Errorf("it is %+v, was %+v", now, had)
	}
}

// Two meshes in one namespace know nothing of each other.
func neighbours(b *bench) {
	a, _ := b.deploy("a", one)
	const second = `
topics: [{name: out, external: true}]
functions:
  - {name: g, FUNCTION, inputs: [out], output: end}
`
	z, _ := b.deploy("z", second)
	b.settled(a)
	b.wantNames("a", "f")
	b.wantNames("z", "g")
	d := b.refused(b.mesh("z", one), diag.NotOurs)
	if !strings.Contains(d.Detail, b.id("a").String()) {
		b.Errorf("the finding says %q", d.Detail)
	}
	b.apply(b.plan(a, planner.Options{Destroy: true}))
	b.wantNames("a")
	b.wantNames("z", "g")
	b.settled(z)
	b.runs(b.addr(state.KindFunction, "g"), 1)
}

// What others change is seen, told, and put back.
func drift(b *bench) {
	u, _ := b.deploy("m", chain)
	for kind, name := range map[state.Kind]string{state.KindFunction: "first", state.KindSink: "store"} {
		had := b.component("m", b.addr(kind, name))
		b.Edit(kind, name, 3)
		now := b.component("m", had.Addr())
		if !now.Drifted || now.Parallelism() != 3 || now.Owner != had.Owner {
			b.Errorf("%s was edited: drifted %v, %d instances, of %q", had.Addr(), now.Drifted, now.Parallelism(), now.Owner)
		}
	}
	p := b.plan(u, planner.Options{})
	if n := len(p.Changes()); n != 2 {
		b.Errorf("%d changes are planned:\n%s", n, said(p))
	}
	b.apply(p)
	b.settled(u)
	for kind, c := range map[state.Kind]struct {
		name      string
		instances int
	}{state.KindFunction: {"first", 1}, state.KindSink: {"store", 2}} {
		if now := b.component("m", b.addr(kind, c.name)); now.Drifted || now.Parallelism() != c.instances {
			b.Errorf("%s: drifted %v, %d instances", c.name, now.Drifted, now.Parallelism())
		}
		b.runs(b.addr(kind, c.name), c.instances)
	}
}

// What others made is taken over when the mesh says so, also by a replacement.
func adoption(b *bench) {
	for _, more := range []string{"", "retainOrdering: true, "} {
		name := "f" + strings.Repeat("g", min(1, len(more)))
		b.Foreign(name, b.topic(name+"-in"), b.topic("out"))
		body := strings.NewReplacer("name: f,", "name: "+name+", lifecycle: {adopt: true}, "+more, "[in]", "["+name+"-in]", ", userConfig: {n: 1}", "").Replace(one)
		u := b.mesh("m"+name, body)
		p := b.plan(u, planner.Options{})
		if _, err := run(b.Context(), &doubled{Backend: b.backend, b: b}, p, b.options()); err != nil {
			b.Fatal(err)
		}
		b.settled(u)
		b.wantNames("m"+name, name)
		sub := b.sub(name+"-in", name)
		if r := b.read("m"+name, sub).Resources[sub]; r == nil || r.OwnerID() != u.Mesh.ID.String() {
			b.Errorf("its subscription is %+v", r)
		}
		b.runs(b.addr(state.KindFunction, name), 1)
	}
}
