package kubernetes

import (
	"fmt"
	"strings"
	"testing"
)

// TestRunsAreRecorded in the mesh's namespace: each run that changes something is a
// version, told apart from what others did, and a role without the right to it goes
// without.
func TestRunsAreRecorded(t *testing.T) {
	forms(t, func(b *bench) {
		newest := func() string {
			b.Helper()
			return b.kubectl("get", "configmaps", "-l", "meshc/record=head", "-o", "jsonpath={range .items[*]}{.data.mesh} {.data.version} {.data.action} {.data.outcome};{end}")
		}
		bodies := func() int {
			b.Helper()
			return strings.Count(b.kubectl("get", "configmaps", "-l", "meshc/record=body", "-o", "name"), "configmap/")
		}
		want := func(head string, n int) {
			b.Helper()
			if got := newest(); got != head {
				b.Errorf("the newest record is %q, want %q", got, head)
			}
			if got := bodies(); got != n {
				b.Errorf("%d bodies are there, want %d", got, n)
			}
		}
		b.mesh(chain("", ""))
		b.meshc("plan", "words.yaml").Want(0)
		want("", 0)
		b.converge()
		want("public/default/words 1 apply applied;", 1)
		b.apply().Want(0)
		want("public/default/words 1 apply applied;", 1)
		b.mesh(chain(", parallelism: 2", ""))
		b.converge()
		want("public/default/words 2 apply applied;", 2)
		b.apply("--record", "off").Want(0)
		want("public/default/words 2 apply applied;", 2)

		// What was is known, and brought back.
		b.meshc("history", "words.yaml").Want(0).Says("applied")
		b.meshc("rollback", "words.yaml", "--to", "1", "--yes", "--allow", "message-loss").Want(0)
		want("public/default/words 3 rollback applied;", 3)
		b.mesh(chain("", ""))
		b.settled()
		b.meshc("lock", "words.yaml", "--reason", "audit").Want(0)
		b.meshc("unlock", "public/default/words").Want(0)
		want("public/default/words 3 unlock applied;", 3)
		b.mesh(chain(", parallelism: 2", ""))
		b.converge()
		want("public/default/words 4 apply applied;", 4)

		// One who may do all but that.
		alice, err := b.srv.KubeconfigFor("alice")
		if err != nil {
			t.Fatal(err)
		}
		rules := `[{"apiGroups":["compute.functionmesh.io","apps","autoscaling","coordination.k8s.io"],"resources":["*"],"verbs":["*"]},
			{"apiGroups":[""],"resources":["pods","pods/log","events"],"verbs":["*"]}]`
		b.create(fmt.Sprintf(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"all-but-records","namespace":%q},"rules":%s}`, b.ns, rules))
		b.kubectl("create", "rolebinding", "alice", "--role=all-but-records", "--user=alice")
		admin := b.kubeconfig
		b.kubeconfig = alice
		b.mesh(chain(", parallelism: 1", ""))
		b.apply().Want(0).Says("this run is not recorded", "configmaps")
		b.apply("--record", "on").Want(1).Says("configmaps")
		b.kubeconfig = admin
		want("public/default/words 4 apply applied;", 4)

		b.meshc("destroy", "words.yaml", "--yes", "--allow", "message-loss").Want(0)
		want("public/default/words 5 destroy applied;", 5)
	})
}
