package native_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// bench is a backend on a real Pulsar and a folder for mesh files.
type bench struct {
	t       testing.TB
	backend *native.Backend
	client  *admin.Client
	dir     string
	// namespace is tenant/namespace, fresh for the test.
	namespace string
	// writes counts requests other than GET.
	writes atomic.Int64
	sent   atomic.Int64
}

func newBench(t testing.TB, srv *pulsar.Server) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), namespace: pulsartest.Namespace(t, srv)}
	settings := conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL}
	client, err := admin.New(settings, admin.WithObserver(b.observe))
	if err != nil {
		t.Fatal(err)
	}
	b.client = client
	b.backend = native.New(client, settings)
	return b
}

// mesh compiles a mesh in the test's namespace; body follows the header lines.
func (b *bench) mesh(name, body string) compiler.Unit {
	b.t.Helper()
	tenant, ns, _ := strings.Cut(b.namespace, "/")
	text := fmt.Sprintf("tenant: %s\nnamespace: %s\nname: %s\n%s", tenant, ns, name, body)
	file := filepath.Join(b.dir, name+".yaml")
	result := compiler.Compile([]compiler.Input{{Name: file, Data: []byte(text)}}, compiler.Options{NeedCode: true})
	if result.Findings.HasErrors() {
		b.t.Fatalf("%+v", result.Findings)
	}
	return result.Units[0]
}

func (b *bench) plan(u compiler.Unit, o planner.Options) *plan.Plan {
	b.t.Helper()
	p, findings, err := planner.Make(context.Background(), b.backend, native.Name, u, o)
	if err != nil || findings.HasErrors() {
		b.t.Fatalf("plan: %v %+v", err, findings)
	}
	return p
}

func (b *bench) apply(p *plan.Plan, allow ...plan.RiskKind) apply.Report {
	b.t.Helper()
	report, err := planner.Apply(context.Background(), b.backend, p, apply.Options{Allow: allow, Events: b.log})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range report.Failed {
		b.t.Errorf("%s: %v", f.Step.ID, f.Err)
	}
	if !report.OK() {
		b.t.FailNow()
	}
	return report
}

func (b *bench) log(e backend.Event) {
	switch e := e.(type) {
	case backend.Waiting:
		b.t.Logf("%s: waits for %s", e.Step.ID, e.For)
	case backend.Retrying:
		b.t.Logf("%s: again after %v", e.Step.ID, e.Err)
	}
}

// empty checks that there is nothing to do, and that finding out wrote nothing.
func (b *bench) empty(u compiler.Unit) {
	b.t.Helper()
	before := b.writes.Load()
	if p := b.plan(u, planner.Options{}); !p.Empty() {
		for _, c := range p.Changes() {
			b.t.Errorf("%s %s %+v", c.Action, c.Addr, c.Fields)
		}
	}
	if n := b.writes.Load() - before; n != 0 {
		b.t.Errorf("planning made %d write requests", n)
	}
}

var buildOnce = sync.OnceValue(func() error {
	out, err := exec.Command("../../examples/build.sh").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
})

// jar copies a jar of the loss tests into the bench's folder under a new name.
func (b *bench) jar(from, to string) {
	b.t.Helper()
	if err := buildOnce(); err != nil {
		b.t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join("../../test/loss/java/target", from))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, to), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
