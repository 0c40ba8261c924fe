package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

func TestSignalWhileAsking(t *testing.T) {
	for sig, code := range map[os.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		b := newBench(t)
		never, w := io.Pipe()
		defer w.Close()
		b.terminal, b.in = true, never
		b.out, b.err = &buffer{}, &buffer{}
		asked := b.err.await("Only 'yes' is accepted")
		go func() {
			<-asked
			b.signals <- sig
		}()
		if got := b.factory([]string{"apply"}).Run(); got != code {
			t.Errorf("exit %d, want %d: %s", got, code, b.err)
		}
		if b.cluster.Writes() != 0 {
			t.Error("something was written")
		}
	}
}

// restless is a cluster where functions never come to run.
type restless struct{ backend.Backend }

func (b restless) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if s.Op == plan.AwaitRunning {
		<-ctx.Done()
		return ctx.Err()
	}
	return b.Backend.Do(ctx, s, events)
}

// TestFirstSignalFinishesWhatIsInTheAir sends a signal while a write is on its way.
func TestFirstSignalFinishesWhatIsInTheAir(t *testing.T) {
	b := newBench(t)
	b.backend = restless{b.cluster}
	b.out, b.err = &buffer{}, &buffer{}
	softly := b.err.await("finishing what is in the air; press Ctrl-C again to stop at once")
	first := ""
	b.cluster.Fault(func(s plan.Step) error {
		if first == "" {
			first = view.ShortName(s.Addr)
			b.signals <- syscall.SIGINT
			<-softly
		}
		return nil
	})
	if got := b.factory([]string{"apply", "--yes", "mesh.yaml"}).Run(); got != 130 {
		t.Fatalf("exit %d: %s", got, b.err)
	}
	b.errHas(first+"  0.0s", "steps done, ", "  not done: check function public/default/split",
		"meshc: interrupted before public/default/word-count was done", "to go on: meshc apply --yes mesh.yaml")
	b.cluster.Fault(nil)
	b.backend = b.cluster
	b.want(0, "apply", "--yes", "mesh.yaml")
}

// blocked is a cluster whose writes take until they are called off.
type blocked struct {
	backend.Backend
	begun func()
}

func (b blocked) Do(ctx context.Context, s plan.Step, _ func(backend.Event)) error {
	b.begun()
	<-ctx.Done()
	return ctx.Err()
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	b := newBench(t)
	b.out, b.err = &buffer{}, &buffer{}
	softly := b.err.await("finishing what is in the air")
	begun := make(chan struct{}, 100)
	b.backend = blocked{b.cluster, func() { begun <- struct{}{} }}
	go func() {
		<-begun
		b.signals <- syscall.SIGTERM
		<-softly
		b.signals <- syscall.SIGTERM
	}()
	if got := b.factory([]string{"apply", "--yes", "-o", "human"}).Run(); got != 143 {
		t.Fatalf("exit %d: %s", got, b.err)
	}
	b.errHas("meshc: terminated before public/default/word-count was done")
}

// slow is a cluster that does not answer.
type slow struct{ backend.Backend }

func (slow) Traits(ctx context.Context, _ mesh.ID) (backend.Traits, error) {
	<-ctx.Done()
	return backend.Traits{}, ctx.Err()
}

func (slow) Read(ctx context.Context, _ backend.Scope) (*state.State, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTimeout(t *testing.T) {
	b := newBench(t)
	b.backend = slow{b.cluster}
	for _, args := range [][]string{{"plan"}, {"apply", "--yes"}, {"status", "public/default/x"}, {"destroy", "--yes", "--mesh", "public/default/x"}} {
		b.want(1, append(args, "--timeout", "1ms")...)
		b.errHas("gave up after 1ms (--timeout)")
	}
}

// gone is a cluster that goes away after planning.
type gone struct {
	backend.Backend
	reads int
	then  func(context.Context) error
}

func (b *gone) Read(ctx context.Context, s backend.Scope) (*state.State, error) {
	if b.reads++; b.reads > 1 {
		return nil, b.then(ctx)
	}
	return b.Backend.Read(ctx, s)
}

func TestEndBeforeTheFirstWrite(t *testing.T) {
	b := newBench(t)
	b.backend = &gone{Backend: b.cluster, then: func(context.Context) error {
		return &backend.NotReached{URL: "http://localhost:8080", Err: errors.New("connection refused")}
	}}
	b.want(1, "apply", "--yes", "mesh.yaml")
	b.errHas("meshc: public/default/word-count: cannot reach http://localhost:8080: connection refused; nothing was written\n",
		"is Pulsar running there?", "to go on: meshc apply --yes mesh.yaml\n")
	b.backend = &gone{Backend: b.cluster, then: func(ctx context.Context) error {
		b.signals <- syscall.SIGINT
		b.signals <- syscall.SIGINT
		<-ctx.Done()
		return ctx.Err()
	}}
	b.want(130, "apply", "--yes", "mesh.yaml")
	b.errHas("meshc: public/default/word-count: interrupted; nothing was written\nto go on: meshc apply --yes mesh.yaml\n")
}

func TestSignalWhilePlanning(t *testing.T) {
	b := newBench(t)
	b.backend = slow{b.cluster}
	b.signals <- syscall.SIGINT
	b.want(130, "plan")
	b.errHas("meshc: interrupted")
}

func TestBug(t *testing.T) {
	b := newBench(t)
	run := func(args ...string) int {
		b.out, b.err = &buffer{}, &buffer{}
		f := b.factory(args)
		f.Backend = func(string, backends.Settings) (backend.Backend, error) { panic("a nil map") }
		return f.Run()
	}
	if got := run("plan"); got != 70 {
		t.Errorf("exit %d", got)
	}
	b.errHas("meshc: this is a bug in meshc: a nil map\n", "please report it", "--log-level debug")
	if strings.Contains(b.err.String(), "goroutine") {
		t.Error("a stack was printed")
	}
	run("plan", "--log-level", "debug")
	b.errHas("goroutine")
}

func TestClusterThatCannotBeReached(t *testing.T) {
	b := newBench(t)
	f := func(string, backends.Settings) (backend.Backend, error) {
		return nil, &backend.NotReached{URL: "http://localhost:8080", Err: errors.New("connection refused")}
	}
	b.out, b.err = &buffer{}, &buffer{}
	factory := b.factory([]string{"list"})
	factory.Backend = f
	if got := factory.Run(); got != 1 {
		t.Errorf("exit %d", got)
	}
	b.errHas("cannot reach http://localhost:8080: connection refused\n", "--admin-url", "PULSAR_CLIENT_CONF")
}

func TestWhatRuns(t *testing.T) {
	b := newBench(t)
	b.want(0, "list")
	b.outHas("No meshes in public/default.")
	b.want(0, "status", "mesh.yaml")
	b.outHas("split", "missing")
	b.want(1, "status", "mesh.yaml", "--exit-code")
	b.want(0, "create", "-f", "mesh.yaml", "--yes")
	b.want(0, "list")
	b.outHas("public/default/word-count  count, split  1")
	b.want(0, "list", "-o", "json", "--namespace", "other")
	b.outHas(`"namespace": "public/other"`, `"meshes": []`)
	for _, args := range [][]string{{"mesh.yaml"}, {"public/default/word-count"}, {"--mesh", "public/default/word-count"}, {}} {
		b.want(0, append([]string{"get"}, args...)...)
		b.outHas("function public/default/split", "className: org.example.Split", "topic public/default/words")
		b.want(0, append([]string{"status", "--exit-code"}, args...)...)
		b.outHas("public/default/count  1/1")
	}
	b.want(1, "status", "--exit-code", "public/default/other")
	b.outHas("No node of public/default/other is in the cluster.")
	b.errHas("meshc: no mesh other was found in namespace public/default\nto see which meshes are there: meshc list --tenant public --namespace default\n")
	b.want(1, "get", "public/default/other")
	b.errHas("no mesh other was found in namespace public/default\n")
	b.want(1, "status", "public/default/word-count", "public/default/other")
	b.outHas("Mesh public/default/word-count\nNODE", "\nMesh public/default/other\nNo node of")
	b.want(0, "destroy", "--yes", "--mesh", "public/other/none")
	b.errHas("no mesh none was found in namespace public/other, so there is nothing to take down\n")
	b.want(64, "get", "--mesh", "nonsense")
	b.want(3, "get", "nothing.yaml")
	b.want(0, "status", "-o", "json")
	b.outHas(`"format": "meshc.status/1"`, `"running": true`)
	b.want(0, "delete", "--name", "word-count", "--yes")
	b.outHas("Kept: topics public/default/counts and public/default/words; --delete-topics deletes them", "Took down public/default/word-count")
	b.want(0, "destroy", "--mesh", "public/default/word-count", "--yes")
	b.outHas("No changes. Nothing that the mesh made is left to delete.")
}

func TestDestroyNeedsNoCode(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	if err := os.Remove("functions.jar"); err != nil {
		t.Fatal(err)
	}
	b.want(3, "plan")
	b.outHas("error[MC3007]")
	b.want(0, "plan", "--destroy")
	b.want(0, "destroy", "--yes")
	if strings.Contains(b.out.String(), "MC3007") {
		t.Error("it complains about code that it does not need")
	}
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestResultThatCannotBeWritten(t *testing.T) {
	b := newBench(t)
	b.out, b.err = &buffer{}, &buffer{}
	f := b.factory([]string{"validate"})
	f.Out = full{}
	if got := f.Run(); got != 1 {
		t.Errorf("exit %d", got)
	}
	b.errHas("meshc: writing the result: no space left on device")
}

// head is a reader that goes away after what it wanted to see.
type head struct{ left int }

func (w *head) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, syscall.EPIPE
	}
	return len(p), nil
}

func TestReaderThatGoesAwayDoesNotEndAnApply(t *testing.T) {
	for _, more := range [][]string{nil, {"-o", "json"}} {
		b := newBench(t)
		f := b.factory(append([]string{"apply", "--yes"}, more...))
		f.Out, f.Err = &head{left: 1}, &head{}
		if got := f.Run(); got != 1 {
			t.Errorf("exit %d", got)
		}
		b.want(0, "plan", "--detailed-exitcode")
	}
}

// moving is a cluster that changes after each of the first plans.
type moving struct {
	backend.Backend
	cluster interface{ Put(state.Resource) }
	left    int
	reads   int
}

func (b *moving) Read(ctx context.Context, s backend.Scope) (*state.State, error) {
	b.reads++
	if b.reads%2 == 0 && b.left > 0 { // the first read plans, the second looks again
		b.left--
		b.cluster.Put(&state.Topic{Name: "persistent://public/default/words", Partitions: 1 + b.left})
	}
	return b.Backend.Read(ctx, s)
}

func TestClusterThatMovesAfterPlanning(t *testing.T) {
	for times, code := range map[int]int{1: 0, 3: 0, 4: 5} {
		b := newBench(t)
		b.backend = &moving{Backend: b.cluster, cluster: b.cluster, left: times}
		b.want(code, "apply", "--yes")
		b.errHas("the cluster has changed since the plan was made; nothing was written (topic public/default/words); planning again")
		if got := strings.Count(b.out.String(), "Mesh public/default/word-count on"); got != min(times, 3)+1 {
			t.Errorf("%d plans shown after %d changes", got, times)
		}
	}
	b := newBench(t)
	b.backend = &moving{Backend: b.cluster, cluster: b.cluster, left: 1}
	b.terminal, b.in = true, strings.NewReader("yes\n")
	b.want(5, "apply")
	b.terminal = false
	b.backend = b.cluster
	b.want(0, "plan", "--out", "p.json")
	b.backend = &moving{Backend: b.cluster, cluster: b.cluster, left: 2, reads: 1}
	b.want(5, "apply", "--yes", "p.json")
}

// undrained is a cluster where no backlog ever ends.
type undrained struct{ backend.Backend }

func (b undrained) Do(ctx context.Context, s plan.Step, events func(backend.Event)) error {
	if s.Op == plan.Drain {
		<-ctx.Done()
		return errors.New("7 messages are left")
	}
	return b.Backend.Do(ctx, s, events)
}

func TestAdviceForABacklog(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	b.want(0, "plan", "--destroy", "--out", "p.json")
	b.backend = undrained{b.cluster}
	b.want(1, "apply", "--yes", "--timeout", "50ms", "p.json")
	b.errHas("7 messages are left", "a plan made with --allow message-loss gives the rest up", "to go on, make a new plan")
	b.want(1, "destroy", "--yes", "--timeout", "50ms")
	b.errHas("a plan made with --allow message-loss gives the rest up")
}

func TestMeshWithoutFunctions(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes")
	for _, functions := range []string{"", "functions:\n", "functions: []\n", "functions: null\n"} {
		b.write("mesh.yaml", "name: word-count\n"+functions)
		b.want(0, "validate")
		b.outHas("warning[MC3015]")
		writes := b.cluster.Writes()
		b.want(3, "plan")
		b.outHas("error[MC3015]", "meshc destroy")
		b.want(3, "apply", "--yes")
		if b.cluster.Writes() != writes {
			t.Error("something was written")
		}
		b.want(64, "apply", "--yes", "--severity", "MC3015=warning")
		b.want(0, "plan", "--destroy")
	}
	b.want(0, "destroy", "--yes")
	b.outHas("Took down public/default/word-count")
}
