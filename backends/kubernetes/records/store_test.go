package records_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/faultproxy"
)

func TestSuite(t *testing.T) {
	srv, namespace := place(t)
	meshes := 0
	recordtest.Run(t, recordtest.Fixture{
		Open: func(t testing.TB) record.Store { return storeOf(clientOf(t, srv.Kubeconfig), namespace) },
		Mesh: func(testing.TB) mesh.ID {
			meshes++
			return mesh.ID{Tenant: "public", Namespace: "default", Name: fmt.Sprint("mesh-", meshes)}
		},
		Writers: 8, Rounds: 30,
	})
}

func named(name string) mesh.ID { return mesh.ID{Tenant: "public", Namespace: "default", Name: name} }

// write writes the version that follows h.
func write(t *testing.T, s record.Store, id mesh.ID, h record.Head, body *record.Body) record.Head {
	t.Helper()
	stored, err := s.Write(t.Context(), recordtest.Next(id, h, "a"), body)
	if err != nil {
		t.Fatalf("version %d: %v", h.Version+1, err)
	}
	return stored
}

// bodies counts the objects with bodies in a namespace.
func bodies(t *testing.T, c *kube.Client, namespace string) int {
	t.Helper()
	all, err := c.ListMetadata(t.Context(), kube.ConfigMaps, namespace, kube.Selector{Labels: "meshc/record=body"})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o["binaryData"] != nil || o.Name() == "" {
			t.Errorf("more or less than its metadata is sent: %v", o)
		}
	}
	return len(all)
}

// TestOldBodiesGo and those that never got a head; what is told of versions stays.
func TestOldBodiesGo(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	c := clientOf(t, srv.Kubeconfig)
	s, id := storeOf(c, namespace), named("m")
	other := write(t, s, named("other"), record.Head{}, recordtest.BodyOf("name: other"))
	// A writer that was killed between its body and its head.
	killed := kube.ConfigMaps.New(namespace, "killed")
	killed.Map("metadata")["labels"] = map[string]any{"meshc/record": "body", "meshc/of": headOf(t, c, namespace, id, s), "meshc/body": "killed", "meshc/revision": "1"}
	if _, err := c.Create(t.Context(), kube.ConfigMaps, killed, kube.Options{}); err != nil {
		t.Fatal(err)
	}
	h, err := s.Head(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	const versions = record.DefaultKeep + 5
	for h.Version < versions {
		h = write(t, s, id, h, recordtest.BodyOf(fmt.Sprint("name: v", h.Version+1)))
	}
	if n := bodies(t, c, namespace); n != record.DefaultKeep+1 {
		t.Errorf("%d bodies of %d versions are there, and one of another mesh", n, versions)
	}
	all, err := s.History(t.Context(), id, 0, 100)
	if err != nil || len(all) != versions {
		t.Fatalf("%d versions are remembered, %v", len(all), err)
	}
	for i, h := range all {
		b, err := s.Body(t.Context(), h)
		switch {
		case i < record.DefaultKeep && (err != nil || b.Sources[0].Text != fmt.Sprint("name: v", h.Version)):
			t.Errorf("version %d: %+v, %v", h.Version, b, err)
		case i >= record.DefaultKeep && !errors.Is(err, record.ErrGone):
			t.Errorf("version %d: %v", h.Version, err)
		}
	}
	if _, err := s.Body(t.Context(), other); err != nil {
		t.Errorf("the other mesh: %v", err)
	}
}

// headOf writes the first version of a mesh, and gives its key.
func headOf(t *testing.T, c *kube.Client, namespace string, id mesh.ID, s record.Store) string {
	t.Helper()
	write(t, s, id, record.Head{}, recordtest.BodyOf("name: v1"))
	l, err := c.List(t.Context(), kube.ConfigMaps, namespace, kube.Selector{Labels: "meshc/record=head"})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range l.Items {
		if o.Text("data", "mesh") == id.String() {
			return o.Label("meshc/of")
		}
	}
	t.Fatal("no object has the mesh's heads")
	return ""
}

// TestLongHistoriesEnd: heads go when there are very many, and that is told.
func TestLongHistoriesEnd(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	s, id := storeOf(clientOf(t, srv.Kubeconfig), namespace), named("m")
	var h record.Head
	for h.Version < 205 {
		h = write(t, s, id, h, nil)
	}
	all, err := s.History(t.Context(), id, 0, 1000)
	if err != nil || len(all) != 200 || all[0].Version != 205 {
		t.Fatalf("%d heads, %v", len(all), err)
	}
	if last := all[len(all)-1]; last.Before == "" || last.Version != 6 {
		t.Errorf("the last one does not tell that there were more: %+v", last)
	}
}

// TestLargeHeadsKeepTheirHistory: where heads are large, older ones lose what nobody needs
// of them, and no version and no body is lost.
func TestLargeHeadsKeepTheirHistory(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	s, id := storeOf(clientOf(t, srv.Kubeconfig), namespace), named("m")
	random := rand.New(rand.NewPCG(1, 2))
	var h record.Head
	for h.Version < record.DefaultKeep {
		next := recordtest.Next(id, h, "a")
		next.Packages = map[string]int64{}
		for range 900 {
			next.Packages[fmt.Sprintf("function://public/default/m@%016x%016x", random.Uint64(), random.Uint64())] = next.Version
		}
		for range 900 {
			next.Nodes = append(next.Nodes, state.Addr(fmt.Sprintf("function/public/default/%016x", random.Uint64())))
		}
		var err error
		if h, err = s.Write(t.Context(), next, recordtest.BodyOf(fmt.Sprint("name: v", next.Version))); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.History(t.Context(), id, 0, 100)
	if err != nil || len(all) != record.DefaultKeep {
		t.Fatalf("%d heads, %v", len(all), err)
	}
	for _, h := range all {
		if b, err := s.Body(t.Context(), h); err != nil || b.Sources[0].Text != fmt.Sprint("name: v", h.Version) {
			t.Errorf("body of version %d: %v", h.Version, err)
		}
	}
	if len(all[0].Packages) != 900 || len(all[0].Nodes) != 900 {
		t.Error("the newest head has lost something")
	}
}

// Names of meshes are of Pulsar, and those of ConfigMaps of Kubernetes.
func TestNames(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	c := clientOf(t, srv.Kubeconfig)
	s := storeOf(c, namespace)
	ids := []mesh.ID{
		named("m"), {Tenant: "acme", Namespace: "default", Name: "m"}, {Tenant: "public", Namespace: "other", Name: "m"},
		named("M"), named("m_"), named("m-"), named("-.=:"), named(strings.Repeat("long-", 60)), named(strings.Repeat("long-", 60) + "er"), named("Größe"),
	}
	for _, id := range ids {
		write(t, s, id, record.Head{}, recordtest.BodyOf("name: "+id.Name))
	}
	heads, err := s.Heads(t.Context())
	if err != nil || len(heads) != len(ids) || !slices.IsSortedFunc(heads, func(a, b record.Head) int { return strings.Compare(a.Mesh, b.Mesh) }) {
		t.Fatalf("%d heads of %d meshes, %v", len(heads), len(ids), err)
	}
	for _, id := range ids {
		h, err := s.Head(t.Context(), id)
		if err != nil || h.Mesh != id.String() {
			t.Errorf("%s: %+v, %v", id, h, err)
			continue
		}
		if b, err := s.Body(t.Context(), h); err != nil || b.Sources[0].Text != "name: "+id.Name {
			t.Errorf("%s: %+v, %v", id, b, err)
		}
	}
}

// TestRights: what may not be done is told as that, and writes nothing.
func TestRights(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	file, err := srv.KubeconfigFor("bob")
	if err != nil {
		t.Fatal(err)
	}
	s, id := storeOf(clientOf(t, file), namespace), named("m")
	forbidden := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, record.ErrForbidden) || !strings.Contains(err.Error(), "configmaps") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = s.Head(t.Context(), id)
	forbidden("head", err)
	_, err = s.Heads(t.Context())
	forbidden("heads", err)
	_, err = s.Write(t.Context(), recordtest.Next(id, record.Head{}, "bob"), recordtest.BodyOf("name: m"))
	forbidden("write", err)
	k8stest.Kubectl(t, srv, "", "-n", namespace, "create", "role", "reader", "--verb=get,list", "--resource=configmaps")
	k8stest.Kubectl(t, srv, "", "-n", namespace, "create", "rolebinding", "bob", "--role=reader", "--user=bob")
	for range 100 {
		if _, err = s.Head(t.Context(), id); errors.Is(err, record.ErrNone) {
			break // roles take a moment
		}
	}
	if !errors.Is(err, record.ErrNone) {
		t.Fatalf("head with the right to read: %v", err)
	}
	_, err = s.Write(t.Context(), recordtest.Next(id, record.Head{}, "bob"), nil)
	forbidden("write with the right to read", err)
}

// TestAnswersThatAreLost: a write that got through is known as such, and one that did
// not leaves no body.
func TestAnswersThatAreLost(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	p, c := faulty(t, srv)
	s, id := storeOf(c, namespace), named("m")
	writes := func(r *http.Request, _ faultproxy.Kind) bool { return r.Method != http.MethodGet }
	var h record.Head
	for skip := range 2 { // the body's, and the head's
		for _, fault := range []faultproxy.Fault{faultproxy.CutAfter(), faultproxy.CutBefore(), faultproxy.SaysStatus(http.StatusServiceUnavailable, "ServiceUnavailable", "later")} {
			before := h
			p.InjectWhere(writes, fault, skip, 1)
			stored, err := s.Write(t.Context(), recordtest.Next(id, h, "a"), recordtest.BodyOf("name: x"))
			if p.Heal() != 0 {
				t.Fatalf("%s at write %d was not met", fault.Name, skip)
			}
			newest, readErr := s.Head(t.Context(), id)
			if readErr != nil && !errors.Is(readErr, record.ErrNone) {
				t.Fatal(readErr)
			}
			switch {
			case err == nil && newest.Revision == before.Revision+1 && newest.Body == stored.Body:
				h = stored
			case err != nil && newest.Revision == before.Revision:
			default:
				t.Errorf("%s at write %d: %v, and the newest revision is %d after %d", fault.Name, skip, err, newest.Revision, before.Revision)
				h = newest
			}
			if err != nil && fault.Name == faultproxy.CutAfter().Name {
				t.Errorf("%s at write %d is not known to have got through: %v", fault.Name, skip, err)
			}
		}
	}
	// The next version clears up.
	h = write(t, s, id, h, recordtest.BodyOf("name: last"))
	if n := bodies(t, c, namespace); int64(n) != h.Version {
		t.Errorf("%d bodies of %d versions", n, h.Version)
	}
}

// An object that someone has broken is named.
func TestBrokenRecords(t *testing.T) {
	t.Parallel()
	srv, namespace := place(t)
	s, id := storeOf(clientOf(t, srv.Kubeconfig), namespace), named("m")
	write(t, s, id, record.Head{}, nil)
	name := strings.TrimSpace(k8stest.Kubectl(t, srv, "", "-n", namespace, "get", "configmaps", "-l", "meshc/record=head", "-o", "jsonpath={.items[0].metadata.name}"))
	// A touch is none: the next write gets through.
	k8stest.Kubectl(t, srv, "", "-n", namespace, "label", "configmap", name, "touched=yes")
	h, err := s.Head(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, id, h, nil)
	k8stest.Kubectl(t, srv, "", "-n", namespace, "patch", "configmap", name, "-p", `{"binaryData":{"heads":"bm9uZQ=="}}`)
	for what, err := range map[string]error{
		"head":  second(s.Head(t.Context(), id)),
		"heads": second(s.Heads(t.Context())),
		"write": second(s.Write(t.Context(), recordtest.Next(id, h, "a"), nil)),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
