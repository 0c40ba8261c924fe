package gitops_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/meshc/meshc/internal/cli"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

// TestRoles: a real API server takes the roles, and what they allow is what they say.
func TestRoles(t *testing.T) {
	srv := server(t)
	dir := t.TempDir()
	writeAll(t, dir, txtar.Parse([]byte(overlaid)))
	kubectl := func(stdin []byte, args ...string) string {
		t.Helper()
		out, stderr, err := srv.Kubectl(t.Context(), stdin, args...)
		if err != nil && len(bytes.TrimSpace(out)) == 0 {
			t.Fatalf("%v: %s", err, stderr)
		}
		return strings.TrimSpace(string(out))
	}
	for _, tt := range []struct {
		namespace string
		flags     []string
		yes, no   []string
	}{
		{"roles-mesh", nil, []string{"create functionmeshes", "patch functionmeshes", "list functions", "patch sinks", "delete sources", "delete leases", "get pods/log", "list events", "update configmaps"},
			[]string{"create functions", "create sinks", "get secrets", "create pods", "delete statefulsets"}},
		{"roles-components", []string{"--components"}, []string{"create functions", "patch sinks", "delete sources", "list functionmeshes", "get functionmeshes", "patch functionmeshes", "delete functionmeshes", "update configmaps"},
			[]string{"create functionmeshes", "get secrets"}},
	} {
		set := "kubernetes.namespace=" + tt.namespace
		roles := build(t, append([]string{"build", "--to", "rbac", filepath.Join(dir, "mesh.yaml"), "--set", set}, tt.flags...)...)
		kubectl(nil, "create", "namespace", tt.namespace)
		kubectl(roles, "apply", "--server-side", "--validate=strict", "-f", "-")
		can := func(right string) string {
			verb, resource, _ := strings.Cut(right, " ")
			resource, sub, _ := strings.Cut(resource, "/")
			if strings.Contains("functionmeshes functions sources sinks", resource) {
				resource += ".compute.functionmesh.io"
			}
			return kubectl(nil, "auth", "can-i", verb, resource, "--subresource="+sub, "-n", tt.namespace, "--as=system:serviceaccount:"+tt.namespace+":meshc")
		}
		for _, right := range tt.yes {
			if got := can(right); got != "yes" {
				t.Errorf("%s: %s: %s", tt.namespace, right, got)
			}
		}
		for _, right := range tt.no {
			if got := can(right); got != "no" {
				t.Errorf("%s: %s: %s", tt.namespace, right, got)
			}
		}
	}
}

const plain = `
name: words
kubernetes: {image: example.org/runner:1, pulsarConfig: pulsar}
topics: [{name: in, external: true}]
functions:
  - {name: a, py: file:///pulsar/x.py, className: x.Y, inputs: [in], output: mid, kubernetes: {maxReplicas: 3}}
  - {name: b, py: file:///pulsar/x.py, className: x.Y, inputs: [mid]}
`

// TestTheRoleIsEnough runs a mesh's life as a user who has the role that build writes,
// and nothing else; without the right to write, nothing is written.
func TestTheRoleIsEnough(t *testing.T) {
	srv := server(t)
	kubeconfig, err := srv.KubeconfigFor("alice")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range [][]string{nil, {"--components"}} {
		t.Run(strings.Join(append([]string{"form"}, form...), ""), func(t *testing.T) {
			ns := k8stest.Namespace(t, srv)
			operator.Run(t, srv, operator.Options{Namespace: ns})
			file := filepath.Join(t.TempDir(), "mesh.yaml")
			write := func(text string) {
				t.Helper()
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write(plain)
			run := func(args ...string) (int, string) {
				var out bytes.Buffer
				args = append(args, "--backend", "kubernetes", "--kubeconfig", kubeconfig, "--kube-namespace", ns, "--timeout", "1m")
				f := cli.NewFactory(append(args, form...), strings.NewReader(""), &out, &out, func(string) string { return "" })
				return f.Run(), out.String()
			}
			if exit, out := run("apply", "--yes", file); exit != 1 || !strings.Contains(out, "may not get leases") {
				t.Fatalf("without rights: exit code %d\n%s", exit, out)
			}
			roles := build(t, append([]string{"build", "--to", "rbac", file, "--set", "kubernetes.namespace=" + ns}, form...)...)
			k8stest.Kubectl(t, srv, string(roles), "apply", "--server-side", "-f", "-")
			k8stest.Kubectl(t, srv, "", "-n", ns, "create", "rolebinding", "alice", "--role=meshc", "--user=alice")
			for _, step := range []struct{ text, command string }{
				{plain, "apply"},
				{plain, "status"},
				{strings.Replace(plain, "{maxReplicas: 3}", "{maxReplicas: 3, image: example.org/runner:2}", 1), "apply"},
				{strings.Replace(plain, "name: b", "name: c", 1), "apply"},
				{plain, "destroy"},
			} {
				write(step.text)
				args := []string{step.command, file}
				if step.command != "status" {
					args = append(args, "--yes", "--allow", "message-loss")
				}
				if exit, out := run(args...); exit != 0 || strings.Contains(out, "may not") {
					t.Fatalf("%s: exit code %d\n%s", step.command, exit, out)
				}
			}
			left := k8stest.Kubectl(t, srv, "", "-n", ns, "get", "functionmeshes.compute.functionmesh.io,functions.compute.functionmesh.io,leases,hpa", "-o", "name")
			if strings.TrimSpace(string(left)) != "" {
				t.Errorf("left: %s", left)
			}
		})
	}
}
