// Package kubernetes drives the program against a real Kubernetes API server, with a
// stand-in for the operator and the kubelet, and without Pulsar.
package kubernetes

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

// bench is a namespace with an operator, and a folder with a mesh file.
type bench struct {
	*testing.T
	srv      *k8s.Server
	ns, dir  string
	operator *operator.Operator
	// own makes each node a resource of its own.
	own bool
	// kubeconfig is the one that meshc gets.
	kubeconfig string
}

// start makes a bench without an operator.
func start(t *testing.T, srv *k8s.Server, own bool) *bench {
	t.Helper()
	b := &bench{T: t, srv: srv, ns: k8stest.Namespace(t, srv), dir: t.TempDir(), own: own, kubeconfig: srv.Kubeconfig}
	b.kubectl("create", "configmap", "pulsar", "--from-literal=webServiceURL=http://pulsar:8080", "--from-literal=brokerServiceURL=pulsar://pulsar:6650")
	return b
}

// run starts the operator.
func (b *bench) operate() *bench {
	b.operator = operator.Run(b.T, b.srv, operator.Options{Namespace: b.ns, NeedConfig: true, Webhooks: true})
	return b
}

// forms runs a test for both forms of meshes, side by side.
func forms(t *testing.T, test func(*bench)) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := k8stest.Shared(t)
	for name, own := range map[string]bool{"FunctionMesh": false, "resources": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(start(t, srv, own).operate())
		})
	}
}

const head = `tenant: public
namespace: default
name: words
kubernetes: {pulsarConfig: pulsar, image: "example.org/runner:1", inputTypeClassName: "[B", outputTypeClassName: "[B"}
topics: [{name: in, external: true}, {name: out, external: true}]
functions:
`

// fn is a function of the mesh; more are fields of it, each with a comma in front.
func fn(name, in, out, more string) string {
	return "  - {name: " + name + ", className: x.A, jar: \"file:///pulsar/a.jar\", inputs: [" + in + "], output: " + out +
		", subscriptionPosition: Earliest, resources: {cpu: 1, ram: 1073741824}" + more + "}\n"
}

// chain is a mesh of two functions.
func chain(moreOfA, moreOfB string) string {
	return head + fn("a", "in", "mid", moreOfA) + fn("b", "mid", "out", moreOfB)
}

// mesh writes the mesh file.
func (b *bench) mesh(text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "words.yaml"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// flags are those that say where meshes are.
func (b *bench) flags() []string {
	flags := []string{"--backend", "kubernetes", "--kubeconfig", b.kubeconfig, "--kube-namespace", b.ns}
	if b.own {
		flags = append(flags, "--components")
	}
	return flags
}

// meshc runs the program to its end.
func (b *bench) meshc(args ...string) *harness.Command {
	b.Helper()
	c := harness.Run(b.T, b.dir, nil, append(args, b.flags()...)...)
	if c.Took > 5*time.Second {
		b.Logf("%v for meshc %s", c.Took.Round(100*time.Millisecond), strings.Join(args, " "))
	}
	return c
}

// apply applies the mesh file.
func (b *bench) apply(more ...string) *harness.Command {
	b.Helper()
	return b.meshc(append([]string{"apply", "words.yaml", "--yes"}, more...)...)
}

// settled fails the test unless a plan has nothing left to do.
func (b *bench) settled() {
	b.Helper()
	b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(0)
}

// converge applies until nothing is left to do, which is at once.
func (b *bench) converge(more ...string) *harness.Command {
	b.Helper()
	c := b.apply(more...).Want(0)
	b.settled()
	return c
}

func (b *bench) kubectl(args ...string) string {
	b.Helper()
	return k8stest.Kubectl(b.T, b.srv, "", append([]string{"-n", b.ns}, args...)...)
}

// create makes an object of a text.
func (b *bench) create(text string) {
	b.Helper()
	k8stest.Kubectl(b.T, b.srv, text, "-n", b.ns, "create", "-f", "-")
}

func sorted(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), " ") }

// Kinds as kubectl names them: others can have a kind of the same plural.
const (
	meshes    = "functionmeshes.compute.functionmesh.io"
	functions = "functions.compute.functionmesh.io"
)

// resourceOf is what kubectl calls the resource that meshc writes for a node.
func (b *bench) resourceOf(node string) string {
	if b.own {
		return functions + "/words-" + node
	}
	return meshes + "/words"
}

// paths are where the API server has the kinds whose names tests look at often: a
// kubectl takes longer than all else of it.
var paths = map[string]string{
	meshes: "/apis/compute.functionmesh.io/v1alpha1", functions: "/apis/compute.functionmesh.io/v1alpha1", "statefulsets": "/apis/apps/v1",
	"pods": "/api/v1", "configmaps": "/api/v1", "leases": "/apis/coordination.k8s.io/v1", "horizontalpodautoscalers": "/apis/autoscaling/v2",
}

// names lists the names of a kind, with blanks between.
func (b *bench) names(kind string) string {
	b.Helper()
	plural, _, _ := strings.Cut(kind, ".")
	text, err := b.srv.Call(b.Context(), "GET", paths[kind]+"/namespaces/"+b.ns+"/"+plural, "", nil)
	if err != nil {
		b.Fatal(err)
	}
	var found struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	if err := json.Unmarshal(text, &found); err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, item := range found.Items {
		// Not those that the cluster puts everywhere, nor meshc's records.
		if name := item.Metadata.Name; name != "kube-root-ca.crt" && !strings.HasPrefix(name, "meshc-words-") {
			names = append(names, item.Metadata.Name)
		}
	}
	return strings.Join(names, " ")
}

// want waits until the names of a kind are these: garbage is collected in its own time.
func (b *bench) want(kind, names string) {
	b.Helper()
	have := ""
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if have = b.names(kind); have == names {
			return
		}
	}
	b.Errorf("%s are %q, want %q", kind, have, names)
}

// spec reads the spec of a function as the operator has it.
func (b *bench) spec(name string) (spec map[string]any) {
	b.Helper()
	text := b.kubectl("get", functions, name, "-o", "jsonpath={.spec}")
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		b.Fatal(err)
	}
	return spec
}
