package kubernetes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/test/harness"
)

// rule is one of a role.
type rule struct {
	APIGroups []string `json:"apiGroups"`
	Resources []string `json:"resources"`
	Verbs     []string `json:"verbs"`
}

// TestMissingRights runs a mesh's life with the role that build writes, each time
// without one of its rules: the command that needs it names the right and where roles
// come from. What can be done without (docs/permissions.md) is no failure.
func TestMissingRights(t *testing.T) {
	forms(t, func(b *bench) {
		admin := b.kubeconfig
		alice, err := b.srv.KubeconfigFor("alice")
		if err != nil {
			t.Fatal(err)
		}
		in := strings.Replace(chain(", kubernetes: {maxReplicas: 5}", ""), "{pulsarConfig", "{namespace: "+b.ns+", pulsarConfig", 1)
		b.mesh(in)
		args := []string{"build", "words.yaml", "--to", "rbac"}
		if b.own {
			args = append(args, "--components")
		}
		k8stest.Kubectl(t, b.srv, harness.Run(t, b.dir, nil, args...).Want(0).Stdout(), "apply", "--server-side", "-f", "-")
		b.kubectl("create", "rolebinding", "alice", "--role=meshc", "--user=alice")
		var all []rule
		if err := json.Unmarshal([]byte(b.kubectl("get", "role", "meshc", "-o", "jsonpath={.rules}")), &all); err != nil {
			t.Fatal(err)
		}
		optional := map[string]bool{"events": true, "pods/log": true, "horizontalpodautoscalers": true, "configmaps": true}
		refused := 0
		for i, gone := range all {
			b.role(append(append([]rule{}, all[:i]...), all[i+1:]...), gone)
			b.kubeconfig = alice
			said := ""
			for _, step := range [][]string{
				{"plan", "words.yaml"},
				{"apply", "words.yaml", "--yes"},
				{"status", "words.yaml"},
				{"destroy", "words.yaml", "--yes", "--allow", "message-loss"},
			} {
				if c := b.meshc(step...); c.Code != 0 {
					said = c.Output()
					c.Want(1).Says("`meshc build --to rbac`")
					break
				}
			}
			b.kubeconfig = admin
			switch names := strings.Contains(said, `user "alice" may not `) && slices.ContainsFunc(gone.Resources, func(r string) bool { return strings.Contains(said, " "+r+".") || strings.Contains(said, " "+r+" ") }); {
			case said == "" && !optional[gone.Resources[0]]:
				t.Errorf("nothing needs %v of %v", gone.Verbs, gone.Resources)
			case said != "" && !names:
				t.Errorf("without %v of %v:\n%s", gone.Verbs, gone.Resources, said)
			case said != "":
				refused++
			}
		}
		if refused < 5 {
			t.Errorf("%d of %d rules were missed", refused, len(all))
		}
	})
}

// TestRoleOfTheOtherForm changes the form of a mesh with the role for the form that it
// is to have, which replaces all of it.
func TestRoleOfTheOtherForm(t *testing.T) {
	forms(t, func(b *bench) {
		admin := b.kubeconfig
		alice, err := b.srv.KubeconfigFor("alice")
		if err != nil {
			t.Fatal(err)
		}
		b.mesh(strings.Replace(chain("", ""), "{pulsarConfig", "{namespace: "+b.ns+", pulsarConfig", 1))
		b.converge()
		b.own = !b.own
		args := []string{"build", "words.yaml", "--to", "rbac"}
		if b.own {
			args = append(args, "--components")
		}
		k8stest.Kubectl(t, b.srv, harness.Run(t, b.dir, nil, args...).Want(0).Stdout(), "apply", "--server-side", "-f", "-")
		b.kubectl("create", "rolebinding", "alice", "--role=meshc", "--user=alice")
		b.kubeconfig = alice
		b.may("alice", "list", "statefulsets", "apps", true)
		b.meshc("plan", "words.yaml").Want(0).Says("2 to replace")
		b.apply("--allow", "message-loss").Want(0)
		b.settled()
		b.kubeconfig = admin
		b.want(functions, "words-a words-b")
		b.want(meshes, map[bool]string{true: "", false: "words"}[b.own])
	})
}

// role gives alice these rules, and returns when the API server goes by them.
func (b *bench) role(rules []rule, gone rule) {
	b.Helper()
	text, err := json.Marshal(rules)
	if err != nil {
		b.Fatal(err)
	}
	k8stest.Kubectl(b.T, b.srv, fmt.Sprintf(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"meshc","namespace":%q},"rules":%s}`, b.ns, text), "replace", "-f", "-")
	b.may("alice", gone.Verbs[0], gone.Resources[0], gone.APIGroups[0], false)
}

// may waits until the API server lets someone do something, or no longer does.
func (b *bench) may(user, verb, resource, group string, may bool) {
	b.Helper()
	resource, sub, _ := strings.Cut(resource, "/")
	body := fmt.Sprintf(`{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":%q,"resourceAttributes":{"namespace":%q,"verb":%q,"group":%q,"resource":%q,"subresource":%q}}}`,
		user, b.ns, verb, group, resource, sub)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		answer, err := b.srv.Call(b.Context(), "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", "application/json", []byte(body))
		if err != nil {
			b.Fatal(err)
		}
		if strings.Contains(string(answer), fmt.Sprintf(`"allowed":%v`, may)) {
			return
		}
	}
	b.Fatalf("that %s may %s %s is not %v", user, verb, resource, may)
}
