package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// pausing is a function on a real API server that is paused and resumed.
type pausing struct {
	*testing.T
	client    *kube.Client
	namespace string
	own       bool
	// text is the mesh file that unit was made of first.
	text string
	unit compiler.Unit
}

func unitOf(text string) compiler.Unit {
	return compiler.Compile([]compiler.Input{{Name: "mesh.yaml", Data: []byte(text)}}, compiler.Options{}).Units[0]
}

// pausings runs a test for both forms of a mesh whose function has more fields.
func pausings(t *testing.T, more string, test func(*pausing)) {
	t.Helper()
	srv := k8stest.Shared(t)
	text := strings.Replace(leaving, "resources: {cpu", more+"resources: {cpu", 1)
	for name, own := range map[string]bool{"FunctionMesh": false, "resources": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := k8stest.Namespace(t, srv)
			operator.Run(t, srv, operator.Options{Namespace: namespace, Webhooks: true})
			p := &pausing{t, connect(t, srv, namespace), namespace, own, text, unitOf(text)}
			p.do(p.plan(), plan.Create, plan.AwaitRunning)
			test(p)
		})
	}
}

func (p *pausing) backend() *kubernetes.Backend {
	return kubernetes.New(p.client, kubernetes.Options{Namespace: p.namespace, Components: p.own, Force: !p.own})
}

func (p *pausing) plan() *plan.Plan {
	p.Helper()
	made, found, err := planner.Make(p.Context(), p.backend(), kubernetes.Name, p.unit, planner.Options{})
	if err != nil || made == nil {
		p.Fatal(err, found)
	}
	return made
}

// do carries out the steps with these operations, of which there have to be some.
func (p *pausing) do(made *plan.Plan, ops ...plan.Op) {
	p.Helper()
	b := p.backend()
	for _, op := range ops {
		do(p.T, b, made, op)
	}
}

// step carries out a step of a run that finds a component so.
func (p *pausing) step(op plan.Op, c *state.Component) {
	p.Helper()
	s := plan.Step{ID: string(op), Op: op, Addr: c.Addr(), Change: &diff.Change{Addr: c.Addr(), Action: diff.NoOp, Before: c, After: c, Why: diff.Same}}
	if err := p.backend().Do(p.Context(), s, nil); err != nil {
		p.Fatalf("%s: %v", op, err)
	}
}

// function is the Function that the operator has.
func (p *pausing) function() kube.Object {
	p.Helper()
	o, err := p.client.Get(p.Context(), kube.Ref{Resource: kube.Functions, Namespace: p.namespace, Name: "words-a"})
	if err != nil {
		p.Fatal(err)
	}
	return o
}

// patch changes the function's spec as someone else does.
func (p *pausing) patch(fields map[string]string) {
	p.Helper()
	ref, at := []string{kube.FunctionMeshes.String(), "words"}, "/spec/functions/0/"
	if p.own {
		ref, at = []string{kube.Functions.String(), "words-a"}, "/spec/"
	}
	var ops []string
	for name, value := range fields {
		ops = append(ops, `{"op":"add","path":"`+at+name+`","value":`+value+`}`)
	}
	k8stest.Kubectl(p.T, k8stest.Shared(p.T), "", append([]string{"-n", p.namespace, "patch", "--type=json", "--field-manager=carol", "-p", "[" + strings.Join(ops, ",") + "]"}, ref...)...)
}

// live is the function as a plan that has something to do finds it.
func (p *pausing) live() *state.Component {
	p.Helper()
	for _, s := range p.plan().Steps {
		if c, ok := s.Change.Before.(*state.Component); ok {
			return c
		}
	}
	p.Fatal("the plan finds no component")
	return nil
}

// TestPausedAsItIs pauses and resumes a function of which others have set one field
// and changed another: neither becomes meshc's, nor what the mesh wants.
func TestPausedAsItIs(t *testing.T) {
	pausings(t, `runtimeFlags: "-Dx=1", `, func(p *pausing) {
		theirs := map[string]string{"runtimeFlags": `"-Dx=2"`}
		if p.own {
			theirs["pod"] = `{"nodeSelector":{"kubernetes.io/os":"linux"}}`
		}
		p.patch(theirs)
		c := p.live()
		if !c.Drifted {
			p.Fatalf("it has not drifted: %+v", c)
		}
		for _, op := range []plan.Op{plan.Pause, plan.Resume} {
			p.step(op, c)
			o := p.function()
			if flags := o.Text("spec", "runtimeFlags"); flags != "-Dx=2" {
				p.Errorf("after %s runtimeFlags are %q", op, flags)
			}
			if p.own {
				if o.Field("spec", "pod", "nodeSelector", "kubernetes.io/os") == nil {
					p.Errorf("after %s the field of others is gone", op)
				}
				for _, owner := range kube.Owners(o)[".spec.pod.nodeSelector.kubernetes.io/os"] {
					if owner.Manager == kube.Manager {
						p.Errorf("after %s it is meshc's as well", op)
					}
				}
			}
			now := p.live()
			if !now.Drifted {
				p.Errorf("after %s it is no drift any more", op)
			}
		}
	})
}

// TestPausedAutoscaler pauses and resumes a function that an autoscaler has given more
// instances: none may be asked for beside an autoscaler, and it goes on where it was.
func TestPausedAutoscaler(t *testing.T) {
	pausings(t, "kubernetes: {minReplicas: 2, maxReplicas: 5}, parallelism: 2, ", func(p *pausing) {
		p.scale("4")
		it := p.component()
		p.step(plan.Pause, it)
		p.scaled("2 0 <nil>")
		if now := p.component(); now.Drifted || !cmp.Equal(now, it) {
			p.Errorf("paused it is told as another one: %s", cmp.Diff(it, now))
		}
		p.step(plan.Resume, it)
		p.scaled("2 4 5")
		if c := p.plan().Changes(); len(c) != 0 {
			p.Errorf("there are changes: %+v", c)
		}

		// One that changes while it stands starts with as many as well.
		p.scale("3")
		p.step(plan.Pause, p.component())
		p.unit = unitOf(strings.Replace(p.text, "parallelism: 2", "parallelism: 2, timeoutMs: 5000", 1))
		p.do(p.plan(), plan.Update, plan.AwaitRunning)
		p.scaled("2 3 5")
	})
}

// TestAutoscaledLater turns autoscaling on for a function that runs: it goes on with
// the instances that it has.
func TestAutoscaledLater(t *testing.T) {
	pausings(t, "parallelism: 3, ", func(p *pausing) {
		p.unit = unitOf(strings.Replace(p.text, "parallelism: 3", "parallelism: 3, kubernetes: {minReplicas: 1, maxReplicas: 5}", 1))
		p.do(p.plan(), plan.Update, plan.AwaitRunning)
		p.scaled("1 3 5")
		p.unit = unitOf(strings.Replace(p.text, "parallelism: 3", "parallelism: 3, timeoutMs: 5000, kubernetes: {minReplicas: 1, maxReplicas: 5}", 1))
		p.do(p.plan(), plan.Update, plan.AwaitRunning)
		p.scaled("1 3 5")
		p.scale("4")
		p.unit = unitOf(strings.Replace(p.text, "parallelism: 3", "parallelism: 3, timeoutMs: 6000, kubernetes: {minReplicas: 1, maxReplicas: 5}", 1))
		p.do(p.plan(), plan.Update, plan.AwaitRunning)
		p.scaled("1 4 5")
	})
}

// scale sets the number of instances as an autoscaler does.
func (p *pausing) scale(n string) {
	p.Helper()
	k8stest.Kubectl(p.T, k8stest.Shared(p.T), "", "-n", p.namespace, "scale", kube.Functions.String(), "words-a", "--replicas="+n)
}

// scaled checks minReplicas, replicas and maxReplicas that the operator has.
func (p *pausing) scaled(want string) {
	p.Helper()
	o := p.function()
	have := fmt.Sprint(o.Field("spec", "minReplicas"), " ", o.Field("spec", "replicas"), " ", o.Field("spec", "maxReplicas"))
	if have != want {
		p.Errorf("minReplicas, replicas and maxReplicas are %s, want %s", have, want)
	}
}

// component is the function as it is read.
func (p *pausing) component() *state.Component {
	p.Helper()
	read, err := p.backend().Read(p.Context(), backend.Scope{Mesh: p.unit.Mesh.ID})
	if err != nil || len(read.Components()) != 1 {
		p.Fatal(err, read)
	}
	return read.Components()[0]
}
