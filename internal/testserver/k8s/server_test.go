package k8s_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/crds"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
)

const compute = "/apis/compute.functionmesh.io/v1alpha1/namespaces/"

// TestServer goes through the life of one server: what it serves, who may do what,
// crashes, and what is left at the end.
func TestServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	k8stest.Require(t)
	dir := t.TempDir()
	begin := time.Now()
	srv, err := k8s.Start(t.Context(), k8s.Options{Dir: dir, Output: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("Kubernetes %s ready after %.1f s", srv.Version, time.Since(begin).Seconds())
	t.Cleanup(func() { // after the namespace's
		begin := time.Now()
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
		t.Logf("stopped after %.1f s", time.Since(begin).Seconds())
		if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
			t.Error("left behind:", left, err)
		}
		if err := srv.Restart(context.Background()); err == nil {
			t.Error("Restart after Stop: no error")
		}
	})
	ns := k8stest.Namespace(t, srv)

	t.Run("definitions", func(t *testing.T) { definitions(t, srv, ns) })
	t.Run("users", func(t *testing.T) { users(t, srv, ns) })
	t.Run("owners and namespaces", func(t *testing.T) { owners(t, srv) })
	t.Run("crashes", func(t *testing.T) { crashes(t, srv, ns) })
	t.Run("attach", func(t *testing.T) {
		other, err := k8s.Attach(t.Context(), srv.Kubeconfig)
		if err != nil {
			t.Fatal(err)
		}
		if other.Version != srv.Version {
			t.Errorf("version %q, want %q", other.Version, srv.Version)
		}
		if err := other.Restart(t.Context()); err == nil {
			t.Error("Restart of another process's server: no error")
		}
		other.Kill()
		if err := other.Stop(); err != nil {
			t.Error(err)
		}
		k8stest.Kubectl(t, other, "", "get", "namespace", ns)
	})
}

// definitions looks at what of the operator's definitions decides how writes behave.
func definitions(t *testing.T, srv *k8s.Server, ns string) {
	apply := func(plural, name, object string) ([]byte, error) {
		path := compute + ns + "/" + plural + "/" + name + "?fieldManager=me"
		return srv.Call(t.Context(), http.MethodPatch, path, "application/apply-patch+yaml", []byte(object))
	}
	const head = `{"apiVersion":"compute.functionmesh.io/v1alpha1","metadata":{"name":"m"},`

	body, err := apply("functionmeshes", "m", head+`"kind":"FunctionMesh","spec":{"functions":[{"name":"a"}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	var mesh struct {
		Metadata struct {
			ManagedFields []struct{ FieldsV1 map[string]any }
		}
		Spec map[string]any
	}
	decode(t, body, &mesh)
	if diff := cmp.Diff(map[string]any{"functions": []any{map[string]any{"name": "a", "minReplicas": 1.0}}}, mesh.Spec); diff != "" {
		t.Error("stored mesh (-want +got)\n" + diff)
	}
	want := map[string]any{"f:spec": map[string]any{"f:functions": map[string]any{}}}
	if diff := cmp.Diff(want, mesh.Metadata.ManagedFields[0].FieldsV1); diff != "" {
		t.Error("the list is not atomic (-want +got)\n" + diff)
	}

	// A misspelt field: dropped on the kinds that keep unknown fields at their root.
	body, err = apply("functions", "m", head+`"kind":"Function","spec":{"clasName":"X","replicas":1}}`)
	if err != nil || bytes.Contains(body, []byte("clasName\":\"X")) {
		t.Errorf("apply of an unknown field to a Function: %v, want it dropped: %s", err, body)
	}
	_, err = apply("functionmeshes", "m", head+`"kind":"FunctionMesh","spec":{"functoins":[]}}`)
	if code(err) != http.StatusInternalServerError {
		t.Errorf("apply of an unknown field to a FunctionMesh: %v, want 500", err)
	}
	if _, err := srv.Call(t.Context(), http.MethodGet, compute+ns+"/functions/m/scale", "", nil); err != nil {
		t.Error("scale subresource:", err)
	}
}

func users(t *testing.T, srv *k8s.Server, ns string) {
	if _, err := srv.KubeconfigFor("nobody"); err == nil {
		t.Error("a kubeconfig for a user that does not exist")
	}
	alice, err := srv.KubeconfigFor("alice")
	if err != nil {
		t.Fatal(err)
	}
	get := []string{"--kubeconfig=" + alice, "-n", ns, "get", "functionmeshes"}
	if _, _, err := srv.Kubectl(t.Context(), nil, get...); err == nil || !strings.Contains(err.Error(), "forbidden") {
		t.Errorf("alice reads what nobody granted: %v", err)
	}
	k8stest.Kubectl(t, srv, "", "-n", ns, "create", "role", "reader", "--verb=list,get", "--resource=functionmeshes.compute.functionmesh.io")
	k8stest.Kubectl(t, srv, "", "-n", ns, "create", "rolebinding", "alice", "--role=reader", "--user=alice")
	k8stest.Kubectl(t, srv, "", get...)
}

// owners: what an owner leaves is collected, and a deleted namespace ends.
func owners(t *testing.T, srv *k8s.Server) {
	var ns string
	t.Run("namespace", func(t *testing.T) {
		ns = k8stest.Namespace(t, srv)
		at := compute + ns
		body := create(t, srv, at+"/functionmeshes", `{"kind":"FunctionMesh","apiVersion":"compute.functionmesh.io/v1alpha1","metadata":{"name":"m"}}`)
		var mesh struct{ Metadata struct{ UID string } }
		decode(t, body, &mesh)
		create(t, srv, at+"/functions", `{"kind":"Function","apiVersion":"compute.functionmesh.io/v1alpha1","metadata":{"name":"m-a",
			"ownerReferences":[{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"FunctionMesh","name":"m","uid":"`+mesh.Metadata.UID+`"}]}}`)
		if _, err := srv.Call(t.Context(), http.MethodDelete, at+"/functionmeshes/m", "", nil); err != nil {
			t.Fatal(err)
		}
		awaitGone(t, srv, at+"/functions/m-a")
		create(t, srv, at+"/sinks", `{"kind":"Sink","apiVersion":"compute.functionmesh.io/v1alpha1","metadata":{"name":"s","finalizers":["example.org/held"]}}`)
	})
	awaitGone(t, srv, "/api/v1/namespaces/"+ns)
}

func crashes(t *testing.T, srv *k8s.Server, ns string) {
	srv.KillAPI()
	if _, err := srv.Call(t.Context(), http.MethodGet, "/readyz", "", nil); err == nil {
		t.Error("a killed API server answers")
	}
	for _, kill := range []func(){func() {}, srv.Kill, func() {}} {
		kill()
		begin := time.Now()
		if err := srv.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("back after %.1f s", time.Since(begin).Seconds())
		k8stest.Kubectl(t, srv, "", "-n", ns, "get", "functionmesh", "m")
	}
}

// TestAttachRefusesNonsense: each refusal says what to do.
func TestAttachRefusesNonsense(t *testing.T) {
	file := t.TempDir() + "/config"
	if err := os.WriteFile(file, []byte("apiVersion: v1\nkind: Config\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + "-not-there"} {
		if _, err := k8s.Attach(t.Context(), path); err == nil || !strings.Contains(err.Error(), "unset "+k8s.AttachEnv) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestInstallNeedsDefinitions(t *testing.T) {
	var srv k8s.Server
	if err := srv.InstallCRDs(t.Context(), os.DirFS(t.TempDir())); err == nil {
		t.Error("an empty folder: no error")
	}
	if files, err := fs.Glob(crds.Files, "*.yaml"); len(files) != 5 || err != nil {
		t.Error(files, err)
	}
}

func create(t *testing.T, srv *k8s.Server, path, object string) []byte {
	t.Helper()
	body, err := srv.Call(t.Context(), http.MethodPost, path, "", []byte(object))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func awaitGone(t *testing.T, srv *k8s.Server, path string) {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if _, err = srv.Call(t.Context(), http.MethodGet, path, "", nil); code(err) == http.StatusNotFound {
			return
		}
	}
	t.Fatalf("%s is still there: %v", path, err)
}

// code returns the status of an answer that was an error, else 0.
func code(err error) int {
	var status *k8s.StatusError
	if errors.As(err, &status) {
		return status.Code
	}
	return 0
}

func decode(t *testing.T, body []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(err)
	}
}
