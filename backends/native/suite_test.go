package native_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/backendtest"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// TestSuite is the suite of all backends on a real Pulsar.
func TestSuite(t *testing.T) {
	backendtest.Run(t, backendtest.Fixture{
		Name: native.Name,
		Open: func(t testing.TB) backendtest.Place {
			b := harness.New(t, pulsartest.Shared(t))
			b.Jar("loss-a.jar", "code.jar")
			return &suitePlace{Bench: b}
		},
		Code: backendtest.Code{
			Function: "className: org.example.loss.Forward, jar: code.jar",
			Source:   "className: org.example.loss.Counter, archive: code.jar, configs: {pauseMs: 1000}",
			Sink:     "className: org.example.loss.Collector, archive: code.jar, configs: {file: /dev/null}",
			Stuck:    "className: org.example.loss.Counter, archive: code.jar, configs: {pauseMs: never}",
		},
		Patience: 20 * time.Second,
		Soon:     10 * time.Second,
		Rounds:   3,
	})
}

// suitePlace is a namespace of a real Pulsar.
type suitePlace struct {
	*harness.Bench
	writes atomic.Int64
}

func (p *suitePlace) Backend() backend.Backend {
	p.Helper()
	settings := conn.Settings{AdminURL: p.Server.AdminURL, BrokerURL: p.Server.BrokerURL}
	client, err := admin.New(settings, admin.WithObserver(p.count))
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(client.Close)
	return native.New(client, settings)
}

// count counts the requests that may have changed something: not those that were
// refused, nor the question whether a schema would be taken.
func (p *suitePlace) count(method, path string, status int, _ time.Duration) {
	if method != http.MethodGet && status/100 == 2 && !strings.HasSuffix(path, "/compatibility") {
		p.writes.Add(1)
	}
}

func (p *suitePlace) Namespace() (tenant, namespace string) { return p.Bench.Tenant, p.Bench.Namespace }
func (p *suitePlace) Dir() string                           { return p.Bench.Dir }
func (p *suitePlace) Renew()                                { p.Jar("loss-b.jar", "code.jar") }
func (p *suitePlace) Writes() int64                         { return p.writes.Load() }
func (p *suitePlace) Adoptable()                            {}

func (p *suitePlace) Edit(kind state.Kind, name string, parallelism int) {
	p.Helper()
	at := admin.Kind(kind + "s")
	live, err := p.Client.Get(context.Background(), at, p.Tenant, p.Bench.Namespace, name)
	if err != nil {
		p.Fatal(err)
	}
	var options struct {
		Meshc struct {
			URL string `json:"url"`
		} `json:"meshc"`
	}
	text, _ := live["customRuntimeOptions"].(string)
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		p.Fatal(err)
	}
	change := map[string]any{"tenant": p.Tenant, "namespace": p.Bench.Namespace, "name": name, "parallelism": parallelism}
	if err := p.Client.Update(context.Background(), at, p.Tenant, p.Bench.Namespace, name, change, admin.Package{URL: options.Meshc.URL}, nil); err != nil {
		p.Fatal(err)
	}
}

func (p *suitePlace) Foreign(name, in, out string) {
	p.Helper()
	config := map[string]any{"runtime": "JAVA", "className": "org.example.loss.Forward", "inputs": []string{in}, "output": out}
	if err := p.Client.Create(context.Background(), admin.Functions, p.Tenant, p.Bench.Namespace, name, config, admin.Package{File: filepath.Join(p.Bench.Dir, "code.jar")}); err != nil {
		p.Fatal(err)
	}
	p.Running(name)
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		stats, err := p.Client.TopicStats(context.Background(), in)
		if err == nil && len(stats.Subscriptions[p.Tenant+"/"+p.Bench.Namespace+"/"+name].Consumers) > 0 {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("%s does not subscribe: %v", name, err)
		}
	}
}
