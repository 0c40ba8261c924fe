package memory_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/backendtest"
	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// whole is all that the memory backend can do.
type whole interface {
	backend.Backend
	backend.Lister
	backend.Asker
	backend.Locker
	backend.Unlocker
	backend.Glancer
}

// mutant is a backend with one fault.
type mutant struct {
	whole
	memory *memory.Backend
	do     func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error
	read   func(*state.State)
	health func(*backend.Health)
	list   func([]backend.Summary) []backend.Summary
	glance func([]backend.Glimpse)
	lock   bool
	evict  bool
	asks   bool
}

func (m *mutant) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if m.do == nil {
		return m.whole.Do(ctx, s, events)
	}
	return m.do(m, ctx, s, events)
}

func (m *mutant) Read(ctx context.Context, scope backend.Scope) (*state.State, error) {
	s, err := m.whole.Read(ctx, scope)
	if err == nil && m.read != nil {
		m.read(s)
	}
	return s, err
}

func (m *mutant) Health(ctx context.Context, addr state.Addr) (backend.Health, error) {
	h, err := m.whole.Health(ctx, addr)
	if m.health != nil {
		m.health(&h)
	}
	return h, err
}

func (m *mutant) List(ctx context.Context, namespace string) ([]backend.Summary, error) {
	all, err := m.whole.List(ctx, namespace)
	if m.list != nil {
		all = m.list(all)
	}
	return all, err
}

func (m *mutant) Glance(ctx context.Context, addrs []state.Addr) ([]backend.Glimpse, error) {
	all, err := m.whole.Glance(ctx, addrs)
	if m.glance != nil {
		m.glance(all)
	}
	return all, err
}

func (m *mutant) Lock(ctx context.Context, id mesh.ID, who backend.Holder) (backend.Lease, error) {
	if m.lock {
		return memory.New(nil).Lock(ctx, id, who)
	}
	return m.whole.Lock(ctx, id, who)
}

func (m *mutant) Evict(ctx context.Context, id mesh.ID, by backend.Holder) error {
	if m.evict {
		return nil
	}
	return m.whole.Evict(ctx, id, by)
}

func (m *mutant) Ask(ctx context.Context, live, want *state.State) error {
	if m.asks {
		return nil
	}
	return m.whole.Ask(ctx, live, want)
}

// overwrite does a write as if the cluster were as the plan found it.
func overwrite(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
	err := m.whole.Do(ctx, s, events)
	if errors.Is(err, backend.ErrMoved) && s.Change.After != nil && m.memory.Resources()[s.Addr] != nil {
		m.memory.Put(s.Change.After)
		return nil
	}
	return err
}

// mutants are faults, and the case that has to see each of them.
var mutants = []struct {
	name, seenBy string
	fault        mutant
}{
	{"writes over what it finds", "moved_components", mutant{do: overwrite}},
	{"writes over what others made", "components_of_others", mutant{do: overwrite}},
	{"forgets that it has done a step", "each_step_twice", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		if s.Op == plan.Create && m.memory.Resources()[s.Addr] != nil {
			return backend.ErrMoved
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"does not wait", "one_that_never_runs", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		if s.Op == plan.AwaitRunning {
			return nil
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"waits for ever", "cancelled_while_it_waits", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		if s.Op == plan.AwaitRunning {
			short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*soon)
			defer cancel()
			ctx = short
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"goes on without its context", "a_cancelled_context", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		return m.whole.Do(context.WithoutCancel(ctx), s, events)
	}}},
	{"does any step", "an_unknown_step", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		if s.Op == "polish" {
			return nil
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"takes the subscriptions along", "replacement_step_by_step", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		c, ok := s.Change.Before.(*state.Component)
		if ok && s.Op == plan.Delete {
			for _, t := range c.Inputs() {
				sub := &state.Subscription{Topic: t, Name: c.Subscription(), Owner: c.Owner}
				gone := diff.Change{Addr: sub.Addr(), Action: diff.Delete, Before: m.memory.Resources()[sub.Addr()]}
				_ = m.whole.Do(ctx, plan.Step{Op: plan.Delete, Addr: sub.Addr(), Change: &gone}, events)
			}
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"skips the end of a pause", "pause_and_resume", mutant{do: func(m *mutant, ctx context.Context, s plan.Step, events func(backend.Event)) error {
		if s.Op == plan.Resume {
			return nil
		}
		return m.whole.Do(ctx, s, events)
	}}},
	{"fills in a default", "updates", mutant{read: func(s *state.State) {
		for _, c := range s.Components() {
			more := *c
			more.Fields = map[string]any{"timeoutMs": 1.0}
			for k, v := range c.Fields {
				more.Fields[k] = v
			}
			s.Put(&more)
		}
	}}},
	{"does not see drift", "drift", mutant{read: func(s *state.State) {
		for _, c := range s.Components() {
			calm := *c
			calm.Drifted = false
			s.Put(&calm)
		}
	}}},
	{"shows all that is there", "components_of_others", mutant{read: func(s *state.State) {
		s.Put(&state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "theirs"})
	}}},
	{"forgets the subscriptions", "rename", mutant{read: func(s *state.State) {
		for addr := range s.Resources {
			if addr.Kind() == state.KindSubscription {
				delete(s.Resources, addr)
			}
		}
	}}},
	{"calls all healthy", "one_that_never_runs", mutant{health: func(h *backend.Health) { h.Running = h.Wanted }}},
	{"invents what is not there", "an_empty_place", mutant{health: func(h *backend.Health) { h.Wanted = max(1, h.Wanted) }}},
	{"lists what has no marker", "list", mutant{list: func(all []backend.Summary) []backend.Summary {
		return append(all, backend.Summary{Nodes: []string{"theirs"}})
	}}},
	{"lists in no order", "list", mutant{list: func(all []backend.Summary) []backend.Summary {
		slices.Reverse(all)
		return all
	}}},
	{"glances past drift", "glance", mutant{glance: func(all []backend.Glimpse) {
		for i := range all {
			if c := all[i].Component; c != nil {
				calm := *c
				calm.Drifted = false
				all[i].Component = &calm
			}
		}
	}}},
	{"locks nothing", "lock", mutant{lock: true}},
	{"lets nobody take a lock away", "taking_a_lock_away", mutant{evict: true}},
	{"asks nobody", "asking_beforehand", mutant{asks: true}},
}

// mutantEnv names the mutant of a child process.
const mutantEnv = "MESHC_TEST_MUTANT"

// TestMutant is the suite on a faulty backend, in a process of its own that
// TestTheSuiteSeesFaults starts.
func TestMutant(t *testing.T) {
	name := os.Getenv(mutantEnv)
	for _, m := range mutants {
		if m.name != name {
			continue
		}
		backendtest.Run(t, fixture(func(b *memory.Backend) backend.Backend {
			faulty := m.fault
			faulty.whole, faulty.memory = b, b
			return &faulty
		}))
	}
}

// A suite that no backend can fail says nothing: each fault makes its case fail.
func TestTheSuiteSeesFaults(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestMutant$/^"+m.seenBy+"$", "-test.v")
			cmd.Env = append(os.Environ(), mutantEnv+"="+m.name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestMutant/"+m.seenBy) {
				t.Errorf("%s does not fail: %v\n%s", m.seenBy, err, out)
			}
		})
	}
}
