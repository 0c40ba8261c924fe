package kubernetes

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// TestTheMeshNamesItsNamespace: what a mesh file says of the namespace counts for all
// commands, for the mesh's lock, and for a saved plan, which names it. A plan that
// adopts is carried out by another process beside new nodes of the same FunctionMesh.
func TestTheMeshNamesItsNamespace(t *testing.T) {
	forms(t, func(b *bench) {
		meshc := func(args ...string) *harness.Command {
			b.Helper()
			args = append(args, "--backend", "kubernetes", "--kubeconfig", b.kubeconfig)
			if b.own {
				args = append(args, "--components")
			}
			return harness.Run(b.T, b.dir, nil, args...)
		}
		spec := `{"name":"b","tenant":"public","namespace":"default","className":"x.A","image":"i","java":{"jar":"/pulsar/x.jar"},"input":{"topics":["public/default/mid"]},
			"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},"pulsar":{"pulsarConfig":"pulsar"}}`
		if b.own {
			b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"words-b"},"spec":` + spec + `}`)
		} else {
			b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"FunctionMesh","metadata":{"name":"words"},"spec":{"functions":[` + spec + `]}}`)
		}
		text := strings.Replace(chain("", ", lifecycle: {adopt: true}")+fn("c", "mid", "out", ""), "{pulsarConfig", "{namespace: "+b.ns+", pulsarConfig", 1)
		b.mesh(text)
		meshc("plan", "words.yaml", "--out", "words.plan").Want(0).Says("adopt", "2 to create")
		meshc("apply", "words.plan", "--yes", "--kube-namespace", "elsewhere", "--allow", "message-loss").Want(5).Says("nothing was written")
		meshc("apply", "words.plan", "--yes", "--allow", "message-loss").Want(0)
		b.want(functions, "words-a words-b words-c")
		meshc("plan", "words.yaml", "--detailed-exitcode").Want(0)
		meshc("status", "words.yaml").Want(0).Says("1/1")

		// The lock is where the mesh is.
		b.mesh(strings.Replace(text, "example.org/runner:1", "example.org/runner:2", 1))
		if err := b.operator.Stop(); err != nil {
			b.Fatal(err)
		}
		args := []string{"apply", "words.yaml", "--yes", "--allow", "message-loss", "--backend", "kubernetes", "--kubeconfig", b.kubeconfig}
		if b.own {
			args = append(args, "--components")
		}
		c := harness.Start(b.T, b.dir, nil, args...)
		locks := ""
		for end := time.Now().Add(30 * time.Second); locks == "" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			locks = b.names("leases")
		}
		if locks == "" {
			b.Error("no lock is held in the mesh's namespace")
		}
		c.Signal(os.Interrupt)
		c.Signal(os.Interrupt)
		c.Wait().Want(130)
		b.want("leases", "")
	})
}
