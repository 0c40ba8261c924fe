package memory_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/backendtest"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

func TestSuite(t *testing.T) {
	backendtest.Run(t, fixture(func(b *memory.Backend) backend.Backend { return b }))
}

const soon = time.Second

// fixture is the suite's for a backend that works on memory.
func fixture(wrap func(*memory.Backend) backend.Backend) backendtest.Fixture {
	return backendtest.Fixture{
		Name: "memory",
		Open: func(t testing.TB) backendtest.Place {
			p := &place{TB: t, cluster: memory.New(native.Rules{}), wrap: wrap, dir: t.TempDir()}
			p.cluster.Put(&state.Namespace{Name: "public/default"})
			p.cluster.Hold(func(c *state.Component) bool {
				configs, _ := c.Fields["configs"].(map[string]any)
				return configs["pauseMs"] == "never"
			})
			p.code("a")
			return p
		},
		Code: backendtest.Code{
			Function: "className: org.example.Forward, jar: code.jar",
			Source:   "className: org.example.Counter, archive: code.jar, configs: {pauseMs: 1000}",
			Sink:     "className: org.example.Collector, archive: code.jar",
			Stuck:    "className: org.example.Counter, archive: code.jar, configs: {pauseMs: never}",
		},
		Patience: 200 * time.Millisecond,
		Soon:     soon,
		Rounds:   40,
	}
}

// place is a cluster in memory of one test.
type place struct {
	testing.TB
	cluster *memory.Backend
	wrap    func(*memory.Backend) backend.Backend
	dir     string
}

func (p *place) Backend() backend.Backend         { return p.wrap(p.cluster) }
func (p *place) Namespace() (tenant, name string) { return "public", "default" }
func (p *place) Dir() string                      { return p.dir }
func (p *place) Renew()                           { p.code("b") }
func (p *place) Writes() int64                    { return int64(p.cluster.Writes()) }
func (p *place) Adoptable()                       {}

// code writes a jar of three classes and one that tells builds from each other.
func (p *place) code(build string) {
	p.Helper()
	const text = "java.lang.String"
	jar := artifacttest.Jar(
		artifacttest.Function("org.example.Forward", text, text),
		artifacttest.Implements("org.example.Counter", "org.apache.pulsar.io.core.Source", text),
		artifacttest.Implements("org.example.Collector", "org.apache.pulsar.io.core.Sink", text),
		artifacttest.Class{Name: "org.example.Build" + build},
	)
	if err := os.WriteFile(filepath.Join(p.dir, "code.jar"), jar, 0o600); err != nil {
		p.Fatal(err)
	}
}

func (p *place) Edit(kind state.Kind, name string, parallelism int) {
	p.Helper()
	c, ok := p.cluster.Resources()[state.ComponentAddr(kind, "public", "default", name)].(*state.Component)
	if !ok {
		p.Fatalf("%s %s is not there", kind, name)
	}
	edited := *c
	edited.Fields = maps.Clone(c.Fields)
	edited.Fields["parallelism"], edited.Drifted = float64(parallelism), true
	p.cluster.Put(&edited)
}

func (p *place) Foreign(name, in, out string) {
	p.cluster.Put(&state.Topic{Name: in})
	p.cluster.Put(&state.Topic{Name: out})
	c := &state.Component{
		Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: name,
		Fields: map[string]any{
			"className": "org.example.Forward", "inputs": []any{in}, "output": out, "parallelism": 1.0, "cleanupSubscription": true,
			"processingGuarantees": "ATLEAST_ONCE", "runtime": "JAVA",
		},
	}
	p.cluster.Put(c)
	p.cluster.Put(&state.Subscription{Topic: in, Name: c.Subscription()})
}
