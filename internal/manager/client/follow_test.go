package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/client"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// pair are two managers of one cluster behind an address, at which one answers.
type pair struct {
	testing.TB
	b      *memory.Backend
	first  http.Handler
	second http.Handler
	c      *client.Client
	job    *client.Job
	plan   *plan.Plan
	// front answers all requests.
	front atomic.Pointer[http.HandlerFunc]
}

func newPair(t testing.TB, functions int) *pair {
	p := &pair{TB: t, b: memory.New(native.Rules{})}
	p.b.Put(&state.Namespace{Name: "public/default"})
	p.b.Put(&state.Topic{Name: "persistent://public/default/in"})
	p.first, p.second = p.manager(), p.manager()
	p.let(p.first.ServeHTTP)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*p.front.Load())(w, r) }))
	t.Cleanup(server.Close)
	p.c = client.New(server.URL, server.Client())
	dir := t.TempDir()
	text := "name: m\ntopics: [{name: in, external: true}]\nfunctions:\n"
	for i := range functions {
		text += fmt.Sprintf("- {name: f%d, py: f.py, className: f, inputs: [in], output: out%[1]d}\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "f.py"), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle := &client.Bundle{Meshes: []compiler.Input{{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte(text)}}}
	compiled := bundle.Collect(compiler.Options{NeedCode: true})
	if compiled.Findings.HasErrors() {
		t.Fatal(compiled.Findings)
	}
	p.job = &client.Job{Mesh: compiled.Units[0].Mesh.ID, Bundle: bundle, Parallelism: 1, Allow: []plan.RiskKind{plan.MessageLoss}}
	planned, findings, err := p.c.Plan(t.Context(), p.job)
	if err != nil || planned == nil {
		t.Fatal(err, findings)
	}
	p.plan = planned
	return p
}

func (p *pair) let(h http.HandlerFunc) { p.front.Store(&h) }

func (p *pair) manager() http.Handler {
	p.Helper()
	s, err := p.b.Records(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	m, err := manager.New(manager.Options{Records: s.(manager.Records), Gate: manager.Open{Who: "alice", Backend: p.b}, Backend: "memory"})
	if err != nil {
		p.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.Context()))
	p.Cleanup(cancel)
	go func() { _ = m.Run(ctx) }()
	for end := time.Now().Add(10 * time.Second); !m.Ready(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.Fatal("the manager does not get ready")
		}
	}
	return m.Handler()
}

// run has the plan carried out within a time.
func (p *pair) run() (apply.Report, int64) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 50*time.Second)
	defer cancel()
	report, version, err := p.c.Run(ctx, p.job, p.plan, func(backend.Event) {})
	if err != nil {
		p.Fatal(err)
	}
	return report, version
}

// die has the first manager carry the run out to its end, and takes it away before its
// caller has the answer.
func (p *pair) die(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		p.first.ServeHTTP(w, r)
		return
	}
	r.URL.RawQuery += "&wait=10s"
	p.first.ServeHTTP(httptest.NewRecorder(), r)
	p.let(p.second.ServeHTTP)
	panic(http.ErrAbortHandler)
}

// TestTheAnswerIsLost: the leader ends the run and dies before it answers. The next one
// knows the run from the record, and so does the caller how it ended.
func TestTheAnswerIsLost(t *testing.T) {
	for name, change := range map[string]struct {
		fault func(plan.Step) error
		want  func(apply.Report, int64, *plan.Plan) bool
	}{
		"applied": {nil, func(r apply.Report, v int64, p *plan.Plan) bool {
			return r.OK() && v == 1 && len(r.Done) == len(p.Steps)
		}},
		"failed": {func(s plan.Step) error {
			if s.Op == plan.Create && strings.HasSuffix(string(s.Addr), "f1") {
				return errors.New("no space left")
			}
			return nil
		}, func(r apply.Report, _ int64, p *plan.Plan) bool {
			return len(r.Failed) == 1 && strings.Contains(r.Failed[0].Err.Error(), "no space left") && strings.HasSuffix(string(r.Failed[0].Step.Addr), "f1") &&
				r.Unlocked == nil && len(r.Skipped)+1 == len(p.Steps)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, 2)
			p.b.Fault(change.fault)
			p.let(p.die)
			if r, version := p.run(); !change.want(r, version, p.plan) {
				t.Errorf("version %d: %+v", version, r)
			}
		})
	}
}

// TestTheOldLeaderFinishes: the lead is handed over in the middle of a run, which the old
// leader finishes where nobody can ask it any more.
func TestTheOldLeaderFinishes(t *testing.T) {
	p := newPair(t, 2)
	finish := make(chan bool)
	p.b.Fault(func(s plan.Step) error {
		if s.Op == plan.Create && strings.HasSuffix(string(s.Addr), "f1") {
			<-finish
		}
		return nil
	})
	asked := make(chan bool, 100)
	p.let(func(w http.ResponseWriter, r *http.Request) {
		p.first.ServeHTTP(w, r)
		if r.Method != http.MethodPut {
			return
		}
		p.let(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/history") {
				select {
				case asked <- true:
				default:
				}
			}
			p.second.ServeHTTP(w, r)
		})
	})
	go func() {
		<-asked
		<-asked
		close(finish)
	}()
	if r, version := p.run(); !r.OK() || version != 1 || len(r.Done) != len(p.plan.Steps) {
		t.Errorf("version %d: %+v", version, r)
	}
}

// TestStreamsAreCut: a proxy that ends streams after an event is no reason to give a long run up.
func TestStreamsAreCut(t *testing.T) {
	p := newPair(t, 12)
	cuts := 0
	p.let(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, api.Operations) {
			cuts++
			w = &cutter{ResponseWriter: w}
		}
		p.first.ServeHTTP(w, r)
	})
	r, version := p.run()
	if !r.OK() || version != 1 || len(r.Done) != len(p.plan.Steps) {
		t.Errorf("version %d after %d streams: %+v", version, cuts, r)
	}
	if cuts < 25 {
		t.Errorf("%d streams only, so nothing was tried", cuts)
	}
}

// cutter ends a stream after its first step, but not before its last event.
type cutter struct {
	http.ResponseWriter
	steps int
}

func (c *cutter) Write(data []byte) (int, error) {
	if strings.Contains(string(data), "event: "+api.EventStep+"\n") {
		if c.steps++; c.steps > 1 {
			panic(http.ErrAbortHandler)
		}
	}
	return c.ResponseWriter.Write(data)
}

func (c *cutter) Flush() { c.ResponseWriter.(http.Flusher).Flush() }
