package kube_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/test/faultproxy"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNotFoundTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	newer := kube.Functions
	newer.Version = "v1"
	_, object := c.Get(t.Context(), kube.Ref{Resource: kube.Functions, Namespace: ns, Name: "f"})
	_, kind := c.Get(t.Context(), kube.Ref{Resource: newer, Namespace: ns, Name: "f"})
	_, listed := c.List(t.Context(), newer, ns, kube.Selector{})
	_, namespace := c.Apply(t.Context(), kube.Functions, function("none-"+ns, "f", map[string]any{}), kube.Options{})
	got := map[string][2]bool{}
	for what, err := range map[string]error{"object": object, "kind": kind, "kind, listed": listed, "namespace": namespace} {
		e := as[*kube.NotFound](t, err)
		got[what] = [2]bool{e.NoKind, e.NoNamespace}
		if what != "object" && e.Remedy() == "" {
			t.Errorf("%v has no remedy", e)
		}
	}
	want := map[string][2]bool{"object": {}, "kind": {true, false}, "kind, listed": {true, false}, "namespace": {false, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if l, err := c.List(t.Context(), kube.Functions, "none-"+ns, kube.Selector{}); err != nil || len(l.Items) != 0 {
		t.Errorf("a namespace that is not there has %v, %v", l.Items, err)
	}
	if crd := must[kube.Object](t)(c.CRD(t.Context(), kube.Functions.String())); crd.Text("spec", "names", "kind") != "Function" {
		t.Errorf("the definition is %v", crd.Map("spec", "names"))
	}
	if crd, err := c.CRD(t.Context(), "none.example.org"); crd != nil || err != nil {
		t.Errorf("a definition that is not there is %v, %v", crd, err)
	}
}

func TestRightsAreNamed(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	dave := clientOfUser(t, srv, "dave")
	_, list := dave.List(t.Context(), kube.Functions, ns, kube.Selector{})
	_, apply := dave.Apply(t.Context(), kube.Functions, function(ns, "f", map[string]any{}), kube.Options{})
	for err, want := range map[error]string{
		list:  `user "dave" may not list functions.compute.functionmesh.io in namespace ` + ns,
		apply: `user "dave" may not patch functions.compute.functionmesh.io ` + ns + `/f`,
	} {
		e := as[*kube.Forbidden](t, err)
		if e.Error() != want || !strings.Contains(e.Remedy(), "meshc build --to rbac") || e.User != "dave" {
			t.Errorf("%q with the remedy %q", e, e.Remedy())
		}
	}
	rights := []kube.Right{
		{Verb: "get", Resource: kube.Functions, Namespace: ns}, {Verb: "patch", Resource: kube.Functions, Namespace: ns},
		{Verb: "get", Resource: kube.Pods, Sub: "log", Namespace: ns}, {Verb: "list", Resource: kube.CRDs},
	}
	role := kube.Resource{Group: "rbac.authorization.k8s.io", Version: "v1", Plural: "roles", Kind: "Role"}
	binding := kube.Resource{Group: role.Group, Version: "v1", Plural: "rolebindings", Kind: "RoleBinding"}
	must[kube.Written](t)(c.Create(t.Context(), role, role.New(ns, "r").With("rules", []any{
		map[string]any{"apiGroups": []any{kube.MeshGroup}, "resources": []any{"functions"}, "verbs": []any{"get"}}}), kube.Options{}))
	must[kube.Written](t)(c.Create(t.Context(), binding, binding.New(ns, "r").
		With("roleRef", map[string]any{"apiGroup": role.Group, "kind": "Role", "name": "r"}).
		With("subjects", []any{map[string]any{"apiGroup": role.Group, "kind": "User", "name": "dave"}}), kube.Options{}))
	var missing []string
	for _, r := range must[[]kube.Right](t)(dave.Missing(t.Context(), rights...)) {
		missing = append(missing, r.String())
	}
	want := []string{"patch functions.compute.functionmesh.io in namespace " + ns, "get pods/log in namespace " + ns, "list customresourcedefinitions.apiextensions.k8s.io"}
	if diff := cmp.Diff(want, missing); diff != "" {
		t.Error(diff)
	}
	if missing := must[[]kube.Right](t)(c.Missing(t.Context(), rights...)); missing != nil {
		t.Errorf("the administrator lacks %v", missing)
	}
	if crd, err := dave.CRD(t.Context(), kube.Functions.String()); crd != nil || err != nil {
		t.Errorf("a definition that must not be read is %v, %v", crd, err)
	}
	if id, err := dave.ClusterID(t.Context()); id != "" || err != nil {
		t.Errorf("the cluster is %q, %v", id, err)
	}
	if id := must[string](t)(c.ClusterID(t.Context())); id == "" {
		t.Error("the cluster has no ID")
	}
	if v := must[kube.Version](t)(dave.Version(t.Context())); v.Git != srv.Version {
		t.Errorf("the version is %+v, not %s", v, srv.Version)
	}
}

func TestListReadsPageByPage(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	const n = pageSize + 2 // a page and a bit
	var all sync.WaitGroup
	todo := make(chan int)
	for range 8 {
		all.Go(func() {
			for i := range todo {
				o := kube.ConfigMaps.New(ns, fmt.Sprintf("c%04d", i))
				o.Map("metadata")["labels"] = map[string]any{"part": fmt.Sprint(i % 2)}
				if _, err := c.Create(t.Context(), kube.ConfigMaps, o, kube.Options{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range n {
		todo <- i
	}
	close(todo)
	all.Wait()
	p, far := faulty(t, srv, 0)
	names := func(c *kube.Client, labels string) (names []string) {
		t.Helper()
		for _, o := range must[kube.Listed](t)(c.List(t.Context(), kube.ConfigMaps, ns, kube.Selector{Labels: labels})).Items {
			if o.Text("kind") != "ConfigMap" || o.Text("apiVersion") != "v1" {
				t.Errorf("%s is of kind %q, %q", o.Name(), o.Text("kind"), o.Text("apiVersion"))
			}
			if strings.HasPrefix(o.Name(), "c") {
				names = append(names, o.Name())
			}
		}
		return names
	}
	want := make([]string, n)
	var odd []string
	for i := range n {
		want[i] = fmt.Sprintf("c%04d", i)
		if i%2 == 1 {
			odd = append(odd, want[i])
		}
	}
	if diff := cmp.Diff(want, names(far, "")); diff != "" || len(p.Log()) != 2 {
		t.Errorf("not two pages, or %s", diff)
	}
	if diff := cmp.Diff(odd, names(far, "part=1")); diff != "" || len(p.Log()) != 1 {
		t.Errorf("not one page, or %s", diff)
	}
	// The server forgets what the second page goes on from.
	p.InjectWhere(func(r *http.Request, _ faultproxy.Kind) bool { return r.URL.Query().Has("continue") },
		faultproxy.SaysStatus(http.StatusGone, "Expired", "The provided continue parameter is too old"), 0, 1)
	if diff := cmp.Diff(want, names(far, "")); diff != "" || p.Heal() != 0 {
		t.Error("the list was not begun again: " + diff)
	}
}

func TestEventsAreSorted(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	f := must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, function(ns, "f", map[string]any{"className": "a.B"}), kube.Options{})).Object
	event := kube.Resource{Version: "v1", Plural: "events", Kind: "Event"}
	tell := func(name, uid, reason string, more map[string]any) {
		t.Helper()
		o := event.New(ns, name).With("reason", reason).With("message", "a\x1b[2Jb").With("type", "Warning").
			With("involvedObject", map[string]any{"kind": "Function", "namespace": ns, "name": "f", "uid": uid})
		for k, v := range more {
			o[k] = v
		}
		must[kube.Written](t)(c.Create(t.Context(), event, o, kube.Options{}))
	}
	tell("b", f.UID(), "Later", map[string]any{"lastTimestamp": "2026-01-02T03:04:06Z", "count": 3})
	tell("a", f.UID(), "Sooner", map[string]any{"lastTimestamp": "2026-01-02T03:04:05Z"})
	tell("c", "another", "Foreign", map[string]any{"lastTimestamp": "2026-01-02T03:04:05Z"})
	var got []string
	for _, e := range must[[]kube.Event](t)(c.Events(t.Context(), f)) {
		got = append(got, fmt.Sprint(e.Last.UTC().Format("05"), " ", e.Type, " ", e.Reason, " ", e.Count, " ", e.Message))
	}
	if diff := cmp.Diff([]string{"05 Warning Sooner 1 a?[2Jb", "06 Warning Later 3 a?[2Jb"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestLogTail: a server without nodes has no logs, so that the answers are told in its place.
func TestLogTail(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	p, c := faulty(t, srv, 0)
	path := "/api/v1/namespaces/" + ns + "/pods/p/log"
	of := func(previous bool) func(*http.Request, faultproxy.Kind) bool {
		return func(r *http.Request, _ faultproxy.Kind) bool {
			q := r.URL.Query()
			return r.URL.Path == path && q.Get("container") == "main" && q.Get("tailLines") == "5" && q.Has("previous") == previous
		}
	}
	nothing := faultproxy.SaysStatus(http.StatusBadRequest, "BadRequest", `previous terminated container "main" in pod "p" not found`)
	waiting := faultproxy.SaysStatus(http.StatusBadRequest, "BadRequest", `container "main" in pod "p" is waiting to start: CrashLoopBackOff`)
	for name, tt := range map[string]struct {
		now, before faultproxy.Fault
		want, fails string
	}{
		"it says something":           {now: faultproxy.SaysText(200, "now\n"), want: "now\n"},
		"the one before has said it":  {faultproxy.SaysText(200, ""), faultproxy.SaysText(200, "before\n"), "before\n", ""},
		"it waits after a crash":      {waiting, faultproxy.SaysText(200, "before\n"), "before\n", ""},
		"it is new":                   {faultproxy.SaysText(200, ""), nothing, "", ""},
		"it waits for the first time": {waiting, nothing, "", "is waiting to start"},
	} {
		p.InjectWhere(of(false), tt.now, 0, 1)
		if tt.before.Do != nil {
			p.InjectWhere(of(true), tt.before, 0, 1)
		}
		got, err := c.LogTail(t.Context(), ns, "p", "main", 5)
		if got != tt.want || (err != nil) != (tt.fails != "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if p.Heal() != 0 {
			t.Errorf("%s: not all was asked", name)
		}
	}
}

// TestTogetherAsksOnce: the answers of many questions are those of single reads.
func TestTogetherAsksOnce(t *testing.T) {
	t.Parallel()
	srv, direct, ns := place(t)
	for i := range 3 {
		must[kube.Written](t)(direct.Apply(t.Context(), kube.Functions, function(ns, fmt.Sprint("f", i), map[string]any{"className": "a.B"}), kube.Options{}))
	}
	p, c := faulty(t, srv, 0)
	together := kube.NewTogether(c)
	// The first ones are held until all have asked.
	release := make(chan struct{})
	asked := make(chan struct{}, 100)
	p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, faultproxy.Fault{Name: "held", Do: func(c *faultproxy.Call) {
		asked <- struct{}{}
		<-release
		c.Answer(c.Forward())
	}}, 0, faultproxy.Repeats)
	var all sync.WaitGroup
	const n = 100
	for i := range n {
		all.Go(func() {
			ref := kube.Ref{Resource: kube.Functions, Namespace: ns, Name: fmt.Sprint("f", i%4)}
			o, err := together.Get(t.Context(), ref)
			if kube.IsNotFound(err) != (i%4 == 3) || err == nil && (o.Name() != ref.Name || o.Text("spec", "className") != "a.B") {
				t.Errorf("%s: %v, %v", ref, o, err)
			}
		})
	}
	for range 9 { // eight single reads and a list
		<-asked
	}
	close(release)
	all.Wait()
	if n := len(p.Log()); n < 9 || n > 11 {
		t.Errorf("the server was asked %d times", n)
	}
}

// TestTogetherByLabel: what each gets is what it asked for.
func TestTogetherByLabel(t *testing.T) {
	t.Parallel()
	srv, direct, ns := place(t)
	for i := range 6 {
		o := kube.ConfigMaps.New(ns, fmt.Sprint("c", i))
		o.Map("metadata")["labels"] = map[string]any{"of": fmt.Sprint(i % 3)}
		must[kube.Written](t)(direct.Create(t.Context(), kube.ConfigMaps, o, kube.Options{}))
	}
	p, c := faulty(t, srv, 0)
	together := kube.NewTogether(c)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			var names []string
			for _, o := range must[[]kube.Object](t)(together.Labelled(t.Context(), kube.ConfigMaps, ns, "of", fmt.Sprint(i%4))) {
				names = append(names, o.Name())
			}
			var want []string
			if i%4 < 3 {
				want = []string{fmt.Sprint("c", i%4), fmt.Sprint("c", i%4+3)}
			}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Error(diff)
			}
		})
	}
	all.Wait()
	if n := len(p.Log()); n > 100 {
		t.Errorf("200 questions are %d requests", n)
	}
}
