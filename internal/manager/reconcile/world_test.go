package reconcile_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// world is a cluster in memory with records, and a reconciler that watches it. It is
// made inside of a bubble of synctest, so that time stands still while something happens.
type world struct {
	testing.TB
	b     *memory.Backend
	store record.Store
	dir   string
	cfg   reconcile.Config
	r     *reconcile.Reconciler

	mu   sync.Mutex
	told []reconcile.Report
}

// inBubble runs a test in a bubble.
func inBubble(t *testing.T, fn func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { fn(newWorld(t)) })
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, b: memory.New(native.Rules{}), dir: t.TempDir()}
	w.b.Put(&state.Namespace{Name: "public/default"})
	w.b.Put(&state.Topic{Name: "persistent://public/default/in"})
	var err error
	if w.store, err = w.b.Records(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "f.py"), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.cfg = reconcile.Config{
		Store: w.store, Author: "manager", Holder: backend.Holder{User: "manager"},
		Open: func(context.Context, record.Head) (backend.Backend, error) { return w.b, nil },
		OnReport: func(r reconcile.Report) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, r)
		},
	}
	return w
}

// start lets the reconciler run until the returned function is called.
func (w *world) start() (stop func()) {
	w.r = reconcile.New(w.cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.r.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			w.Errorf("it ended with %v", err)
		}
	}
}

// wait lets time pass.
func (w *world) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// reports are those that were told since the last call.
func (w *world) reports() []reconcile.Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.told
	w.told = nil
	return out
}

// deploy applies a mesh of two functions, the second of which is as body says.
func (w *world) deploy(name, head, body string) record.Head {
	w.Helper()
	text := "name: " + name + "\n" + head + "topics: [{name: in, external: true}]\nfunctions:\n" +
		"- {name: " + name + "-a, py: f.py, className: f, inputs: [in], output: " + name + "-mid, parallelism: 2}\n" +
		"- {name: " + name + "-b, py: f.py, className: f, inputs: [" + name + "-mid], output: " + name + "-out, " + body + "}\n"
	compiled := compiler.Compile([]compiler.Input{{Name: filepath.Join(w.dir, "mesh.yaml"), Data: []byte(text)}},
		compiler.Options{NeedCode: true, Env: secrets})
	if compiled.Findings.HasErrors() {
		w.Fatal(compiled.Findings)
	}
	p, findings, err := planner.Make(w.Context(), w.b, "memory", compiled.Units[0], planner.Options{})
	if err != nil || p == nil {
		w.Fatal(err, findings)
	}
	report, h, err := planner.ApplyRecorded(w.Context(), w.b, w.store, p, planner.Run{Action: record.Apply, Author: "alice"},
		apply.Options{Allow: []plan.RiskKind{plan.MessageLoss}})
	if err != nil || !report.OK() {
		w.Fatalf("%v %+v", err, report.Failed)
	}
	return h
}

func secrets(name string) (string, bool) { return "s3cret", name == "TOKEN" }

func addr(name string) state.Addr {
	return state.ComponentAddr(state.KindFunction, "public", "default", name)
}

// edit changes a field of a component by hand.
func (w *world) edit(name, field string, value any) {
	w.Helper()
	c, ok := w.b.Resources()[addr(name)].(*state.Component)
	if !ok {
		w.Fatalf("%s is not there", name)
	}
	edited := *c
	edited.Fields = maps.Clone(c.Fields)
	edited.Fields[field], edited.Drifted = value, true
	w.b.Put(&edited)
}

// field is the value of a component's field; nil also where the component is not there.
func (w *world) field(name, field string) any {
	c, _ := w.b.Resources()[addr(name)].(*state.Component)
	if c == nil {
		return nil
	}
	return c.Fields[field]
}

func (w *world) head(name string) record.Head {
	w.Helper()
	h, err := w.store.Head(context.Background(), mesh.ID{Tenant: "public", Namespace: "default", Name: name})
	if err != nil {
		w.Fatal(err)
	}
	return h
}

// hold locks a mesh on record, or lets it go.
func (w *world) hold(name string, by string) {
	w.Helper()
	h := w.head(name)
	h.Revision++
	h.Action, h.Outcome, h.Author, h.Hold = record.Unhold, record.Applied, "bob", nil
	if by != "" {
		h.Action, h.Hold = record.Hold, &record.HoldInfo{By: by, Since: time.Now()}
	}
	if _, err := w.store.Write(context.Background(), h, nil); err != nil {
		w.Fatal(err)
	}
}

// blind is a backend that cannot glance.
type blind struct {
	backend.Backend
	backend.Locker
}
