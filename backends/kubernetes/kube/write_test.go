package kube_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/internal/testserver/k8s"
)

func TestApplySaysOnlyWhatItSets(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	apply := func(spec map[string]any, o kube.Options) kube.Written {
		t.Helper()
		return must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, function(ns, "f", spec), o))
	}
	w := apply(map[string]any{"className": "a.B", "replicas": 2, "logTopic": "log"}, kube.Options{DryRun: true})
	if _, err := c.Get(t.Context(), kube.Ref{Resource: kube.Functions, Namespace: ns, Name: "f"}); !w.Created || !kube.IsNotFound(err) {
		t.Errorf("a dry run says created %v, and then there is %v", w.Created, err)
	}
	first := apply(map[string]any{"className": "a.B", "replicas": 2, "logTopic": "log"}, kube.Options{})
	again := apply(map[string]any{"className": "a.B", "replicas": 2, "logTopic": "log"}, kube.Options{})
	if !first.Created || again.Created || first.Object.Version() != again.Object.Version() || first.Object.UID() == "" {
		t.Errorf("created %v, then %v; %s, then %s", first.Created, again.Created, first.Object.Version(), again.Object.Version())
	}
	// Another one sets a field of its own; the mesh does not say logTopic any more.
	byOther(t, srv, ns, "f", "other", "", map[string]any{"timeout": 5})
	got := apply(map[string]any{"className": "a.B", "replicas": 3}, kube.Options{}).Object
	want := map[string]any{"className": "a.B", "replicas": int64(3), "minReplicas": int64(1), "timeout": int64(5)}
	if diff := cmp.Diff(want, got.Map("spec")); diff != "" {
		t.Error(diff)
	}
	if got.Generation() < 2 || got.Created().IsZero() || got.Deleting() {
		t.Errorf("generation %d, created %v, deleting %v", got.Generation(), got.Created(), got.Deleting())
	}
}

// byOther applies a spec under another manager's name.
func byOther(t *testing.T, srv *k8s.Server, ns, name, manager, sub string, spec map[string]any) {
	t.Helper()
	body := `{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"` + name + `"},"spec":` + asJSON(t, spec) + `}`
	path, contentType := "/apis/compute.functionmesh.io/v1alpha1/namespaces/"+ns+"/functions/"+name+sub+"?fieldManager="+manager, "application/apply-patch+yaml"
	if sub != "" {
		body, contentType = `{"spec":`+asJSON(t, spec)+`}`, "application/merge-patch+json"
	} else {
		path += "&force=true"
	}
	if _, err := srv.Call(t.Context(), http.MethodPatch, path, contentType, []byte(body)); err != nil {
		t.Fatal(err)
	}
}

func TestConflictNamesAllFieldsAndManagers(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	mine := function(ns, "f", map[string]any{"className": "a.B", "replicas": 2, "timeout": 1, "output": map[string]any{"topic": "t"}})
	must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, mine, kube.Options{}))
	byOther(t, srv, ns, "f", "hand", "", map[string]any{"timeout": 7, "output": map[string]any{"topic": "u"}})
	byOther(t, srv, ns, "f", "autoscaler", "/scale", map[string]any{"replicas": 5})
	_, err := c.Apply(t.Context(), kube.Functions, mine, kube.Options{})
	conflict := as[*kube.Conflict](t, err)
	want := map[kube.Cause]bool{
		{Field: ".spec.timeout", Manager: "hand"}: true, {Field: ".spec.output.topic", Manager: "hand"}: true,
		{Field: ".spec.replicas", Manager: "autoscaler", Subresource: "scale"}: true,
	}
	got := map[kube.Cause]bool{}
	for _, cause := range conflict.Causes {
		got[cause] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, says := range []string{`"hand" has .spec.output.topic, .spec.timeout`, `"autoscaler" (by scale) has .spec.replicas`} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%q does not say %s", err, says)
		}
	}
	ref := kube.RefOf(kube.Functions, mine)
	live := must[kube.Object](t)(c.Get(t.Context(), ref))
	var fields []string
	for _, f := range kube.Foreign(live, kube.Manager) {
		if f.Shared || f.Time == "" && f.Subresource == "" {
			t.Errorf("%+v", f)
		}
		fields = append(fields, f.Manager+" "+f.Operation+" "+f.Field)
	}
	if diff := cmp.Diff([]string{"hand Apply .spec.output.topic", "autoscaler Update .spec.replicas", "hand Apply .spec.timeout"}, fields); diff != "" {
		t.Error(diff)
	}
	w := must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, mine, kube.Options{Force: true}))
	if foreign := kube.Foreign(w.Object, kube.Manager); len(foreign) != 0 || w.Object.Int("spec", "replicas") != 2 {
		t.Errorf("after force others have %v, spec %v", foreign, w.Object.Map("spec"))
	}
	// Who says the same has the field as well.
	byOther(t, srv, ns, "f", "hand", "", map[string]any{"timeout": 1})
	live = must[kube.Object](t)(c.Get(t.Context(), ref))
	if f := kube.Foreign(live, kube.Manager); len(f) != 1 || !f[0].Shared || len(kube.Owners(live)[".spec.timeout"]) != 2 {
		t.Errorf("others have %v, and timeout is of %v", f, kube.Owners(live)[".spec.timeout"])
	}
}

// TestListsOfMeshesAreOneField: those of FunctionMesh are atomic in its schema.
func TestListsOfMeshesAreOneField(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	m := kube.FunctionMeshes.New(ns, "m").With("spec", map[string]any{"functions": []any{map[string]any{"name": "f"}}})
	w := must[kube.Written](t)(c.Apply(t.Context(), kube.FunctionMeshes, m, kube.Options{}))
	var fields []string
	for field := range kube.Owners(w.Object) {
		fields = append(fields, field)
	}
	if diff := cmp.Diff([]string{".spec.functions"}, fields); diff != "" {
		t.Error(diff)
	}
}

func TestInvalidNamesFields(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	apply := func(r kube.Resource, o kube.Object) error {
		_, err := c.Apply(t.Context(), r, o, kube.Options{})
		return err
	}
	check := func(r kube.Resource, o kube.Object) error {
		_, err := c.Check(t.Context(), r, o)
		return err
	}
	must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, function(ns, "there", map[string]any{"className": "a.B"}), kube.Options{}))
	mesh := func(f map[string]any) kube.Object {
		return kube.FunctionMeshes.New(ns, "m").With("spec", map[string]any{"functions": []any{f}})
	}
	for name, tt := range map[string]struct {
		err   error
		field []string
		says  string
	}{
		// Server-side apply says these with status 500.
		"a type, applied":             {apply(kube.Functions, function(ns, "f", map[string]any{"replicas": "one"})), []string{"spec.replicas"}, "expected numeric"},
		"an unknown field, applied":   {apply(kube.FunctionMeshes, mesh(map[string]any{"clasName": "x"})), []string{"spec.functions[0].clasName"}, "field not declared in schema"},
		"a value out of its list":     {apply(kube.Functions, function(ns, "f", map[string]any{"processingGuarantee": "some"})), []string{"spec.processingGuarantee"}, "atleast_once"},
		"a bad name":                  {apply(kube.Functions, function(ns, "f_f", map[string]any{"replicas": 1})), []string{"metadata.name"}, "lowercase"},
		"unknown fields, checked":     {check(kube.Functions, function(ns, "f", map[string]any{"clasName": "x", "replica": 1})), []string{"spec.clasName", "spec.replica"}, "unknown field"},
		"an unknown field of one":     {check(kube.Functions, function(ns, "there", map[string]any{"clasName": "x"})), []string{"spec.clasName"}, "unknown field"},
		"an unknown field of a mesh":  {check(kube.FunctionMeshes, mesh(map[string]any{"clasName": "x"})), []string{"spec.functions[0].clasName"}, "unknown field"},
		"a type, checked":             {check(kube.Functions, function(ns, "f", map[string]any{"replicas": "one"})), []string{"spec.replicas"}, "integer"},
		"what is there, checked well": {check(kube.Functions, function(ns, "there", map[string]any{"replicas": 1})), nil, ""},
		"what is new, checked well":   {check(kube.Functions, function(ns, "new", map[string]any{"replicas": 1})), nil, ""},
	} {
		if tt.field == nil {
			if tt.err != nil {
				t.Errorf("%s: %v", name, tt.err)
			}
			continue
		}
		e := as[*kube.Invalid](t, tt.err)
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, f.Field)
		}
		if diff := cmp.Diff(tt.field, slices.Compact(fields)); diff != "" {
			t.Errorf("%s: %v: %s", name, e, diff)
		}
		if !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%s: %q does not say %q", name, e, tt.says)
		}
	}
	if l := must[kube.Listed](t)(c.List(t.Context(), kube.Functions, ns, kube.Selector{})); len(l.Items) != 1 {
		t.Errorf("%d functions are there", len(l.Items))
	}
}

// TestWritesOfAMoment keep away from an object that is not the one that was meant.
func TestWritesOfAMoment(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	spec := map[string]any{"className": "a.B"}
	old := must[kube.Written](t)(c.Apply(t.Context(), kube.Functions, function(ns, "f", spec), kube.Options{})).Object
	byOther(t, srv, ns, "f", "other", "", map[string]any{"timeout": 5})
	ref := kube.RefOf(kube.Functions, old)
	with := func(key, value string) kube.Object {
		o := function(ns, "f", spec)
		o.Map("metadata")[key] = value
		return o
	}
	_, byVersion := c.Apply(t.Context(), kube.Functions, with("resourceVersion", old.Version()), kube.Options{})
	_, byUID := c.Apply(t.Context(), kube.Functions, with("uid", "another"), kube.Options{})
	for what, err := range map[string]error{
		"apply, another version":  byVersion,
		"apply, another object":   byUID,
		"delete, another version": c.Delete(t.Context(), ref, kube.Deletion{UID: old.UID(), Version: old.Version()}),
		"delete, another object":  c.Delete(t.Context(), ref, kube.Deletion{UID: "another"}),
	} {
		if !kube.IsMoved(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := c.Delete(t.Context(), ref, kube.Deletion{UID: old.UID(), DryRun: true}); err != nil {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), ref, kube.Deletion{UID: old.UID()}); err != nil {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), ref, kube.Deletion{}); !kube.IsNotFound(err) {
		t.Errorf("the second deletion: %v", err)
	}
	// The object is gone: another of its name must not be made in its place.
	if _, err := c.Apply(t.Context(), kube.Functions, with("uid", old.UID()), kube.Options{}); !kube.IsMoved(err) {
		t.Errorf("apply to an object that is gone: %v", err)
	}
	must[kube.Written](t)(c.Create(t.Context(), kube.Functions, function(ns, "f", spec), kube.Options{}))
	if _, err := c.Create(t.Context(), kube.Functions, function(ns, "f", spec), kube.Options{}); !kube.IsExists(err) {
		t.Errorf("the second creation: %v", err)
	}
	w := must[kube.Written](t)(c.Patch(t.Context(), ref, "", kube.Object{"metadata": map[string]any{"annotations": map[string]any{"meshc/a": "b"}}}, kube.Options{}))
	if w.Object.Annotation("meshc/a") != "b" || w.Object.Label("a") != "" {
		t.Errorf("patched: %v", w.Object.Map("metadata"))
	}
}
