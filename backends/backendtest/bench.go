package backendtest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// bench is a place of one case, with what cases do there.
type bench struct {
	*testing.T
	Place
	fixture Fixture
	// backend is the one that the case works with.
	backend backend.Backend
}

func newBench(t *testing.T, f Fixture) *bench {
	p := f.Open(t)
	return &bench{T: t, Place: p, fixture: f, backend: p.Backend()}
}

// id is that of a mesh in the place.
func (b *bench) id(name string) mesh.ID {
	tenant, namespace := b.Namespace()
	return mesh.ID{Tenant: tenant, Namespace: namespace, Name: name}
}

// addr is the address of a component in the place.
func (b *bench) addr(kind state.Kind, name string) state.Addr {
	tenant, namespace := b.Namespace()
	return state.ComponentAddr(kind, tenant, namespace, name)
}

// topic is the full name of a topic in the place.
func (b *bench) topic(name string) string {
	tenant, namespace := b.Namespace()
	return "persistent://" + tenant + "/" + namespace + "/" + name
}

// sub is the address of the subscription of a topic through which a node reads that
// gives it no name.
func (b *bench) sub(topic, node string) state.Addr {
	tenant, namespace := b.Namespace()
	return state.SubscriptionAddr(b.topic(topic), tenant+"/"+namespace+"/"+node)
}

// mesh compiles a mesh in the place. In the body, FUNCTION, SOURCE, SINK and STUCK
// stand for the fixture's code.
func (b *bench) mesh(name, body string) compiler.Unit {
	b.Helper()
	u, err := b.compile(name, body)
	if err != nil {
		b.Fatal(err)
	}
	return u
}

func (b *bench) compile(name, body string) (compiler.Unit, error) {
	id, code := b.id(name), b.fixture.Code
	body = strings.NewReplacer("FUNCTION", code.Function, "SOURCE", code.Source, "SINK", code.Sink, "STUCK", code.Stuck).Replace(body)
	text := fmt.Sprintf("tenant: %s\nnamespace: %s\nname: %s\n%s\n%s", id.Tenant, id.Namespace, name, b.fixture.Header, body)
	file := compiler.Input{Name: filepath.Join(b.Dir(), name+".yaml"), Data: []byte(text)}
	r := compiler.Compile([]compiler.Input{file}, compiler.Options{NeedCode: true, Env: environment})
	if r.Findings.HasErrors() {
		return compiler.Unit{}, fmt.Errorf("%+v\n%s", r.Findings, text)
	}
	return r.Units[0], nil
}

// secret is the value of ${env:SECRET} in meshes.
const secret = "a-value-that-nobody-may-see"

func environment(name string) (string, bool) { return secret, name == "SECRET" }

// plan plans, and wants that it writes nothing.
func (b *bench) plan(u compiler.Unit, o planner.Options) *plan.Plan {
	b.Helper()
	before := b.Writes()
	p, findings, err := planner.Make(b.Context(), b.backend, b.fixture.Name, u, o)
	if err != nil || findings.HasErrors() {
		b.Fatalf("plan: %v %+v", err, findings)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("planning wrote %d times", n)
	}
	return p
}

// refused wants that a mesh cannot be planned, with one finding of severity error, of that code.
func (b *bench) refused(u compiler.Unit, code diag.Code) diag.Diagnostic {
	b.Helper()
	before := b.Writes()
	p, findings, err := planner.Make(b.Context(), b.backend, b.fixture.Name, u, planner.Options{})
	findings = slices.DeleteFunc(findings, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if err != nil || p != nil || len(findings) != 1 || findings[0].Code != code {
		b.Fatalf("plan %v, error %v, errors %+v, want one of %s", p, err, findings, code)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("planning wrote %d times", n)
	}
	return findings[0]
}

// everything are the risks that cases allow.
var everything = []plan.RiskKind{plan.MessageLoss, plan.StateLoss, plan.TopicData}

// options are those that all runs have, with a limit for what waits.
func (b *bench) options() apply.Options {
	return apply.Options{Allow: everything, WaitLimit: 4 * b.fixture.Patience, Events: b.tell}
}

// tell logs what a run waits for.
func (b *bench) tell(e backend.Event) {
	at := time.Now().Format("05.000")
	switch e := e.(type) {
	case backend.Waiting:
		b.Logf("%s %s: waits for %s", at, e.Step.ID, e.For)
	case backend.Retrying:
		b.Logf("%s %s: again after %v", at, e.Step.ID, e.Err)
	case backend.Failed:
		b.Logf("%s %s: %v", at, e.Step.ID, e.Err)
	}
}

// apply carries a plan out, all of it.
func (b *bench) apply(p *plan.Plan) apply.Report {
	b.Helper()
	r, err := run(b.Context(), b.backend, p, b.options())
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// run is planner.Apply where anything that fails is the error.
func run(ctx context.Context, on backend.Backend, p *plan.Plan, o apply.Options) (apply.Report, error) {
	r, err := planner.Apply(ctx, on, p, o)
	if stale := new(apply.StaleError); errors.As(err, &stale) {
		return r, fmt.Errorf("%w: %v", err, stale.Moved)
	}
	for _, f := range r.Failed {
		err = errors.Join(err, fmt.Errorf("%s: %w", f.Step.ID, f.Err))
	}
	if err == nil && !r.OK() {
		err = fmt.Errorf("the run was cut short: %v, %d steps skipped", r.Unlocked, len(r.Skipped))
	}
	return r, err
}

// deploy plans and applies, and wants that nothing is left to do then.
func (b *bench) deploy(name, body string) (compiler.Unit, *plan.Plan) {
	b.Helper()
	u := b.mesh(name, body)
	p := b.plan(u, planner.Options{})
	b.apply(p)
	b.settled(u)
	return u, p
}

// settled wants that there is nothing to do for a mesh, neither for the backend
// that has done it nor for one that was just opened.
func (b *bench) settled(u compiler.Unit) {
	b.Helper()
	for _, on := range []backend.Backend{b.backend, b.Backend()} {
		p, findings, err := planner.Make(b.Context(), on, b.fixture.Name, u, planner.Options{})
		if err != nil || findings.HasErrors() {
			b.Fatalf("plan: %v %+v", err, findings)
		}
		if !p.Empty() {
			b.Errorf("there is something left to do:\n%s", said(p))
		}
	}
}

// destroy takes a mesh down together with its topics.
func (b *bench) destroy(u compiler.Unit) *plan.Plan {
	b.Helper()
	p := b.plan(u, planner.Options{Destroy: true, DeleteTopics: true})
	b.apply(p)
	return p
}

// read reads what there is of a mesh and of these addresses.
func (b *bench) read(name string, addrs ...state.Addr) *state.State {
	b.Helper()
	before := b.Writes()
	s, err := b.Backend().Read(b.Context(), backend.Scope{Mesh: b.id(name), Addrs: addrs})
	if err != nil {
		b.Fatal(err)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("reading wrote %d times", n)
	}
	return s
}

// component reads a component that has to be there, whosever it is.
func (b *bench) component(mesh string, addr state.Addr) *state.Component {
	b.Helper()
	c, ok := b.read(mesh, addr).Resources[addr].(*state.Component)
	if !ok {
		b.Fatalf("%s is not there", addr)
	}
	return c
}

// names are the short names of the components that carry a mesh's mark, sorted.
func (b *bench) names(mesh string) []string {
	b.Helper()
	var out []string
	for _, c := range b.read(mesh).Components() {
		if c.Owner == b.id(mesh).String() {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return out
}

// wantNames wants that these components carry a mesh's mark, and no others.
func (b *bench) wantNames(mesh string, names ...string) {
	b.Helper()
	slices.Sort(names)
	if have := b.names(mesh); !slices.Equal(have, names) {
		b.Errorf("mesh %s has %v, want %v", mesh, have, names)
	}
}

// health asks how a component is doing.
func (b *bench) health(addr state.Addr) backend.Health {
	b.Helper()
	h, err := b.Backend().Health(b.Context(), addr)
	if err != nil {
		b.Fatal(err)
	}
	return h
}

// runs wants that a component runs with all its instances.
func (b *bench) runs(addr state.Addr, instances int) {
	b.Helper()
	if h := b.health(addr); h.Wanted != instances || h.Running != instances || h.Addr != addr {
		b.Errorf("%s: %d of %d instances run, want %d", h.Addr, h.Running, h.Wanted, instances)
	}
}

// said is a plan in words.
func said(p *plan.Plan) string {
	var out []string
	for _, s := range p.Steps {
		line := s.ID
		if s.Op.Writes() {
			line += fmt.Sprintf(" (%s: %s) %+v", s.Change.Action, s.Change.Why, s.Change.Fields)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
