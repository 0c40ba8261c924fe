package kube_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/test/faultproxy"
)

// TestOwnersOfItemsOfLists: the names are those of the server's conflicts.
func TestOwnersOfItemsOfLists(t *testing.T) {
	fields := map[string]any{
		"f:metadata": map[string]any{"f:annotations": map[string]any{".": map[string]any{}, "f:a": map[string]any{}}, "f:finalizers": map[string]any{".": map[string]any{}, `v:"x"`: map[string]any{}}},
		"f:spec": map[string]any{
			"f:env":   map[string]any{`k:{"name":"A","port":80}`: map[string]any{".": map[string]any{}, "f:value": map[string]any{}}},
			"f:plain": map[string]any{"i:0": map[string]any{}},
			"f:pod":   map[string]any{".": map[string]any{}},
		},
	}
	o := kube.Object{"metadata": map[string]any{"managedFields": []any{
		"no entry",
		map[string]any{"manager": "other", "operation": "Update", "time": "2026-01-02T03:04:05Z", "fieldsV1": fields},
		map[string]any{"manager": "operator", "operation": "Update", "subresource": "status", "fieldsV1": map[string]any{"f:spec": map[string]any{"f:pod": map[string]any{}}}},
	}}}
	var got []string
	for _, f := range kube.Foreign(o, kube.Manager) {
		got = append(got, f.Manager+" "+f.Field)
	}
	want := []string{"other .metadata.annotations.a", `other .spec.env[name="A",port=80].value`, "other .spec.plain[0]", "other .spec.pod"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if all := kube.Owners(o); all[`.metadata.finalizers[="x"]`] == nil || len(all[".spec.pod"]) != 2 {
		t.Errorf("the owners are %v", all)
	}
	if len(kube.Owners(nil)) != 0 || kube.Foreign(kube.Object{}, kube.Manager) != nil {
		t.Error("an object without managedFields has owners")
	}
}

// TestAnswersAreTold gives answers that the shared server does not, and reads what
// becomes of them.
func TestAnswersAreTold(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	p, c := faulty(t, srv, 1)
	const op = "patch functions.compute.functionmesh.io "
	for _, tt := range []struct {
		fault faultproxy.Fault
		want  string
	}{
		{faultproxy.SaysStatus(403, "Forbidden", `admission webhook "vfunction.kb.io" denied the request: memory is missing`), op + `NS/f: the admission webhook "vfunction.kb.io" denies it: memory is missing`},
		{faultproxy.SaysStatus(422, "Invalid", `admission webhook "vfunction.kb.io" denied the request: Function "f" is invalid`), op + `NS/f: the admission webhook "vfunction.kb.io" denies it: Function "f" is invalid`},
		{faultproxy.SaysStatus(403, "Forbidden", `functions "f" is forbidden: exceeded quota: q, used: 1`), op + `NS/f: 403: functions "f" is forbidden: exceeded quota: q, used: 1`},
		{faultproxy.SaysText(403, "Forbidden by the office's proxy"), "the user may not " + op + "NS/f"},
		{faultproxy.SaysText(405, ""), op + "NS/f: 405: Method Not Allowed"},
		{faultproxy.SaysText(302, "elsewhere"), op + "NS/f: 302: elsewhere"},
		{faultproxy.SaysText(502, "bad\x1b[31m gateway"), op + "NS/f: 502: bad?[31m gateway"},
		{faultproxy.SaysStatus(409, "AlreadyExists", "no"), op + "NS/f: it exists already"},
		{faultproxy.SaysStatus(409, "Conflict", "the object has been modified"), op + "NS/f: it was changed meanwhile: the object has been modified"},
		{faultproxy.SaysStatus(429, "TooManyRequests", "slow down"), op + "NS/f: slow down"},
		{faultproxy.SaysText(401, "Unauthorized"), p.URL + " does not take the credentials: Unauthorized"},
	} {
		p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, tt.fault, 0, 1)
		_, err := c.Apply(t.Context(), kube.Functions, function(ns, "f", map[string]any{}), kube.Options{})
		want := strings.ReplaceAll(tt.want, "NS", ns)
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestWarningsAreHandedOn(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	p, c := faulty(t, srv, 1)
	p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, faultproxy.Fault{Name: "warns", Do: func(c *faultproxy.Call) {
		a := c.Forward()
		a.Header["Warning"] = []string{`299 - "unknown field \"spec.a\""`, `299 - "v1alpha1 is old"`}
		c.Answer(a)
	}}, 0, 1)
	w := must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, function(ns, "f", map[string]any{"className": "a.B"}), kube.Options{}))
	if diff := cmp.Diff([]string{`unknown field "spec.a"`, "v1alpha1 is old"}, w.Warnings); diff != "" || !w.Created {
		t.Error(diff)
	}
}

// TestNamespaceOnItsWayOut is no missing right.
func TestNamespaceOnItsWayOut(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	stuck := kube.ConfigMaps.New(ns, "stuck")
	stuck.Map("metadata")["finalizers"] = []any{"meshc.example/test"}
	must[kube.Written](t)(c.Create(t.Context(), kube.ConfigMaps, stuck, kube.Options{}))
	if err := c.Delete(t.Context(), kube.Ref{Resource: kube.Namespaces, Name: ns}, kube.Deletion{}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Apply(t.Context(), kube.Functions, function(ns, "f", map[string]any{}), kube.Options{})
	if e := as[*kube.Refused](t, err); e.Message != "namespace "+ns+" is being deleted" {
		t.Errorf("%v", err)
	}
	let := kube.Object{"metadata": map[string]any{"finalizers": nil}}
	must[kube.Written](t)(c.Patch(t.Context(), kube.RefOf(kube.ConfigMaps, stuck), "", let, kube.Options{}))
}

// TestServiceAccountThatIsNotThere: outside of a pod there is no token.
func TestServiceAccountThatIsNotThere(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	_, err := kube.Load(kube.Settings{Getenv: env("HOME", t.TempDir(), "KUBERNETES_SERVICE_HOST", "10.0.0.1")})
	var bad *kube.ConfigError
	if !errors.As(err, &bad) || !strings.Contains(bad.Error(), "service account cannot be used") || bad.Remedy() == "" {
		t.Errorf("%v", err)
	}
}
