// Package harness lets tests run meshes on a real Pulsar: it compiles, plans and
// applies in a fresh namespace, counts what is sent, and produces and reads
// messages with the official client.
package harness

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// Bench is a backend on a real Pulsar, a fresh namespace, and a folder for mesh files.
type Bench struct {
	testing.TB
	Server  *pulsar.Server
	Backend *native.Backend
	Client  *admin.Client
	// Dir is where mesh files and their code lie.
	Dir string
	// workerURL is where dedicated function workers are, "" for those of the brokers.
	workerURL string
	// Tenant and Name of the namespace.
	Tenant, Namespace string
	// Writes counts requests that change something.
	Writes atomic.Int64
}

// New makes a bench on a server; the namespace goes when the test ends.
func New(t testing.TB, srv *pulsar.Server, opts ...native.Option) *Bench {
	t.Helper()
	return NewAt(t, srv, strings.ReplaceAll(strings.Join(srv.WorkerURLs, ","), ",http://", ","), opts...)
}

// NewAt is New where function workers are asked at another address; "" is that of
// the brokers.
func NewAt(t testing.TB, srv *pulsar.Server, workerURL string, opts ...native.Option) *Bench {
	t.Helper()
	b := &Bench{TB: t, Server: srv, Dir: t.TempDir(), workerURL: workerURL}
	b.Tenant, b.Namespace, _ = strings.Cut(pulsartest.Namespace(t, srv), "/")
	settings := conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL, WorkerURL: workerURL}
	client, err := admin.New(settings, admin.WithObserver(b.observe))
	if err != nil {
		t.Fatal(err)
	}
	b.Client = client
	b.Backend = native.New(client, settings, opts...)
	return b
}

// Through is a backend on the bench's server that is reached through another address,
// such as that of a proxy; redirects may lead to the allowed hosts.
func (b *Bench) Through(adminURL string, allowed ...string) *native.Backend {
	b.Helper()
	settings := conn.Settings{AdminURL: adminURL, BrokerURL: b.Server.BrokerURL, AllowedHosts: allowed}
	client, err := admin.New(settings)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	return native.New(client, settings)
}

// Mesh compiles a mesh in the bench's namespace; body follows the header lines.
func (b *Bench) Mesh(name, body string) compiler.Unit {
	b.Helper()
	text := fmt.Sprintf("tenant: %s\nnamespace: %s\nname: %s\n%s", b.Tenant, b.Namespace, name, body)
	file := filepath.Join(b.Dir, name+".yaml")
	result := compiler.Compile([]compiler.Input{{Name: file, Data: []byte(text)}}, compiler.Options{NeedCode: true})
	if result.Findings.HasErrors() {
		b.Fatalf("%+v", result.Findings)
	}
	return result.Units[0]
}

// Plan plans; findings of severity error end the test.
func (b *Bench) Plan(u compiler.Unit, o planner.Options) *plan.Plan {
	b.Helper()
	p, findings, err := planner.Make(context.Background(), b.Backend, native.Name, u, o)
	if err != nil || findings.HasErrors() {
		b.Fatalf("plan: %v %+v", err, findings)
	}
	return p
}

// Apply carries a plan out; anything that fails ends the test.
func (b *Bench) Apply(p *plan.Plan, allow ...plan.RiskKind) apply.Report {
	b.Helper()
	report, err := planner.Apply(context.Background(), b.Backend, p, apply.Options{Allow: allow, Events: b.log})
	if stale := new(apply.StaleError); errors.As(err, &stale) {
		b.Fatalf("%v: %v", err, stale.Moved)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range report.Failed {
		b.Errorf("%s: %v", f.Step.ID, f.Err)
	}
	if !report.OK() {
		b.FailNow()
	}
	return report
}

func (b *Bench) log(e backend.Event) {
	switch e := e.(type) {
	case backend.Waiting:
		b.Logf("%v %s: waits for %s", time.Now().Format("05.000"), e.Step.ID, e.For)
	case backend.Retrying:
		b.Logf("%s: again after %v", e.Step.ID, e.Err)
	}
}

// Empty checks that there is nothing to do, and that finding out wrote nothing.
func (b *Bench) Empty(u compiler.Unit) {
	b.Helper()
	before := b.Writes.Load()
	if p := b.Plan(u, planner.Options{}); !p.Empty() {
		for _, c := range p.Changes() {
			b.Errorf("%s %s %+v", c.Action, c.Addr, c.Fields)
		}
	}
	if n := b.Writes.Load() - before; n != 0 {
		b.Errorf("planning made %d write requests", n)
	}
}

var buildOnce = sync.OnceValue(func() error {
	out, err := exec.Command(filepath.Join(root(), "examples", "build.sh")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
})

// Built builds the Java classes of examples and tests if they are out of date,
// and returns the path of a file that this makes, given from the module's folder.
func Built(t testing.TB, file string) string {
	t.Helper()
	if err := buildOnce(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root(), filepath.FromSlash(file))
}

// Jar copies a jar of the loss tests into the bench's folder under a new name.
func (b *Bench) Jar(from, to string) {
	b.Helper()
	if err := buildOnce(); err != nil {
		b.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root(), "test", "loss", "java", "target", from))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Dir, to), data, 0o600); err != nil {
		b.Fatal(err)
	}
}

// HashOf returns the SHA-256 of a file in hexadecimal.
func HashOf(t testing.TB, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// root is the top folder of the module. Tests run in the folder of their package,
// below it; the path of this file would not do, since -trimpath cuts it.
var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || dir == filepath.Dir(dir) {
			break
		}
	}
	return dir
})

// observe counts writes. The question whether a schema would be taken is a POST
// that changes nothing.
func (b *Bench) observe(method, path string, _ int, _ time.Duration) {
	if method != http.MethodGet && !strings.HasSuffix(path, "/compatibility") {
		b.Writes.Add(1)
	}
}

// FullTopic returns the full name of a topic in the bench's namespace.
func (b *Bench) FullTopic(name string) string {
	return "persistent://" + b.Tenant + "/" + b.Namespace + "/" + name
}

// Topic makes a topic as someone else would: without the mesh's mark.
func (b *Bench) Topic(name string, partitions int) {
	b.Helper()
	if err := b.Client.CreateTopic(context.Background(), b.FullTopic(name), partitions, nil); err != nil {
		b.Fatal(err)
	}
}
