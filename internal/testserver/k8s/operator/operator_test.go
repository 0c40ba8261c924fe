package operator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

func TestMain(m *testing.M) { k8stest.Main(m) }

// fixture is a namespace of its own with a stand-in.
type fixture struct {
	*testing.T
	srv *k8s.Server
	ns  string
	op  *operator.Operator

	mu    sync.Mutex
	calls []string // of the hooks
}

func start(t *testing.T, opts operator.Options) *fixture {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := k8stest.Shared(t)
	f := &fixture{T: t, srv: srv, ns: k8stest.Namespace(t, srv)}
	opts.Namespace = f.ns
	f.op = operator.Run(t, srv, opts)
	return f
}

func (f *fixture) called(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

// apply applies the spec of an object of a plural, as JSON.
func (f *fixture) apply(plural, kind, name, spec string) {
	f.Helper()
	body := fmt.Sprintf(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":%q,"metadata":{"name":%q},"spec":%s}`, kind, name, spec)
	path := f.path(plural, name) + "?fieldManager=test&force=true"
	if _, err := f.srv.Call(f.Context(), http.MethodPatch, path, "application/apply-patch+yaml", []byte(body)); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) path(plural, name string) string {
	prefix := "/apis/compute.functionmesh.io/v1alpha1"
	switch plural {
	case "statefulsets":
		prefix = "/apis/apps/v1"
	case "pods", "services":
		prefix = "/api/v1"
	}
	return prefix + "/namespaces/" + f.ns + "/" + plural + "/" + name
}

// get reads an object; nil where there is none.
func (f *fixture) get(plural, name string) map[string]any {
	f.Helper()
	body, err := f.srv.Call(f.Context(), http.MethodGet, f.path(plural, name), "", nil)
	var status *k8s.StatusError
	if errors.As(err, &status) && status.Code == http.StatusNotFound {
		return nil
	}
	var out map[string]any
	if err == nil {
		err = json.Unmarshal(body, &out)
	}
	if err != nil {
		f.Fatal(err)
	}
	return out
}

// await returns when the question is answered with an empty text.
func (f *fixture) await(ask func() string) {
	f.Helper()
	var last string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if last = ask(); last == "" {
			return
		}
	}
	f.Fatal(last)
}

// awaitThat returns when the JSON at a path of an object holds want.
func (f *fixture) awaitThat(plural, name, want string, path ...string) {
	f.Helper()
	f.await(func() string {
		var v any = f.get(plural, name)
		for _, key := range path {
			m, _ := v.(map[string]any)
			v = m[key]
		}
		data, _ := json.Marshal(v)
		if strings.Contains(string(data), want) {
			return ""
		}
		return fmt.Sprintf("%s %s: %s is %s, want %s", plural, name, strings.Join(path, "."), data, want)
	})
}

func (f *fixture) awaitGone(plural, name string) {
	f.Helper()
	f.await(func() string {
		if f.get(plural, name) == nil {
			return ""
		}
		return plural + " " + name + " is still there"
	})
}

func function(name, more string) string {
	return `{"name":"` + name + `","className":"org.example.F","replicas":1,"java":{"jar":"/pulsar/f.jar"},"pulsar":{"pulsarConfig":"pulsar"},"input":{"topics":["in"]}` + more + `}`
}

const ready = `"readyReplicas":1`

func TestMeshWithoutPods(t *testing.T) {
	t.Parallel()
	f := start(t, operator.Options{NoKubelet: true})
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[`+function("a", "")+`,`+function("b", "")+`],"sinks":[`+function("s", `,"sinkConfig":{}`)+`]}`)
	// Ready in the operator's sense: no pod runs.
	f.awaitThat("functionmeshes", "m", `"MeshReady","status":"True"`, "status", "condition")
	f.awaitThat("functionmeshes", "m", `{"action":"NoAction","condition":"SinkReady","status":"True"}`, "status", "sinkConditions", "s")
	f.awaitThat("functions", "m-a", `"action":"Wait","condition":"StatefulSetReady","status":"True"`, "status", "conditions", "StatefulSet")
	f.awaitThat("functions", "m-a", `"controller":true`, "metadata", "ownerReferences")
	f.awaitThat("statefulsets", "m-s-sink", `"compute.functionmesh.io/name":"m-s"`, "metadata", "labels")
	if f.get("services", "m-b-function-headless") == nil {
		t.Error("no headless Service")
	}
	if n := f.get("statefulsets", "m-a-function")["status"].(map[string]any)["readyReplicas"]; n != nil {
		t.Error("ready pods:", n)
	}

	// A hand edit of a child is reverted, its labels are kept.
	k8stest.Kubectl(t, f.srv, "", "-n", f.ns, "patch", "function", "m-a", "--type=merge", "-p", `{"metadata":{"labels":{"mine":"1"}},"spec":{"replicas":4}}`)
	f.awaitThat("functions", "m-a", `1`, "spec", "replicas")
	f.awaitThat("functions", "m-a", `"1"`, "metadata", "labels", "mine")

	// Renamed: one comes, the other goes with all that it made.
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[`+function("a", "")+`,`+function("c", "")+`]}`)
	for _, gone := range []string{"m-b-function", "m-s-sink"} {
		f.awaitGone("statefulsets", gone)
	}
	f.await(func() string {
		status, _ := f.get("functionmeshes", "m")["status"].(map[string]any)
		sinks, _ := status["sinkConditions"].(map[string]any)
		functions, _ := status["functionConditions"].(map[string]any)
		if len(sinks) == 0 && len(functions) == 2 && functions["c"] != nil {
			return ""
		}
		return fmt.Sprint("status: ", status)
	})
}

func TestLostStatusKeepsOrphans(t *testing.T) {
	t.Parallel()
	f := start(t, operator.Options{NoKubelet: true})
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[`+function("a", "")+`,`+function("b", "")+`]}`)
	f.awaitThat("functionmeshes", "m", `"MeshReady","status":"True"`, "status", "condition")
	if err := f.op.Stop(); err != nil {
		t.Fatal(err)
	}
	k8stest.Kubectl(t, f.srv, "", "-n", f.ns, "patch", "functionmesh", "m", "--subresource=status", "--type=merge", "-p", `{"status":null}`)
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[`+function("a", "")+`]}`)
	operator.Run(t, f.srv, operator.Options{Namespace: f.ns, NoKubelet: true})
	f.awaitThat("functionmeshes", "m", `"observedGeneration":2`, "status")
	if f.get("functions", "m-b") == nil {
		t.Error("the orphan is gone although the status did not know it")
	}
}

func TestPods(t *testing.T) {
	t.Parallel()
	var f *fixture
	opts := operator.Options{
		OnPod: func(_ context.Context, p operator.Pod) error {
			f.called("start %s %s", p.Name, p.Details)
			return nil
		},
		OnPodGone: func(p operator.Pod) { f.called("end %s", p.Name) },
	}
	begun := make(chan struct{})
	hook := opts.OnPod
	opts.OnPod = func(ctx context.Context, p operator.Pod) error { <-begun; return hook(ctx, p) }
	f = start(t, opts)
	close(begun)

	f.apply("functions", "Function", "a", function("one", `,"funcConfig":{"k":"it's"}`))
	f.awaitThat("statefulsets", "a-function", ready, "status")
	// A change of the spec rolls the pod, and the new one starts after the old one has ended.
	f.apply("functions", "Function", "a", function("one", `,"autoAck":false`))
	f.await(func() string {
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.calls) == 3 {
			return ""
		}
		return strings.Join(f.calls, "\n")
	})
	f.awaitThat("statefulsets", "a-function", ready, "status")
	k8stest.Kubectl(t, f.srv, "", "-n", f.ns, "delete", "function", "a")
	f.awaitGone("statefulsets", "a-function")
	if err := f.op.Stop(); err != nil {
		t.Fatal(err)
	}
	var kinds, details []string
	for _, c := range f.calls {
		words := strings.SplitN(c, " ", 3)
		kinds = append(kinds, words[0]+" "+words[1])
		details = append(details, words[2:]...)
	}
	want := []string{"start a-function-0", "end a-function-0", "start a-function-0", "end a-function-0"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Fatal("-want +got\n" + diff)
	}
	var first, second struct {
		Name, UserConfig string
		AutoAck          bool
		Source           struct{ InputSpecs map[string]any }
	}
	for i, into := range []any{&first, &second} {
		if err := json.Unmarshal([]byte(details[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if first.Name != "one" || first.UserConfig != `{"k":"it's"}` || !first.AutoAck || second.AutoAck || second.Source.InputSpecs["in"] == nil {
		t.Errorf("details: %+v, then %+v", first, second)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	f := start(t, operator.Options{NeedConfig: true})
	f.apply("functions", "Function", "a", function("a", ""))
	f.awaitThat("pods", "a-function-0", `"message":"configmap \"pulsar\" not found","reason":"CreateContainerConfigError"`, "status")
	k8stest.Kubectl(t, f.srv, "", "-n", f.ns, "create", "configmap", "pulsar", "--from-literal=webServiceURL=http://p", "--from-literal=brokerServiceURL=pulsar://p")
	f.awaitThat("statefulsets", "a-function", ready, "status")
	f.op.Set("a", operator.CrashLoop("OOMKilled", 137, 5))
	f.awaitThat("pods", "a-function-0", `"reason":"CrashLoopBackOff"`, "status")
	f.awaitThat("pods", "a-function-0", `"exitCode":137`, "status")
	if out := k8stest.Kubectl(t, f.srv, "", "-n", f.ns, "get", "pods"); !strings.Contains(out, "CrashLoopBackOff") {
		t.Error(out)
	}
	f.op.Set("a", operator.NeverReady())
	f.awaitThat("pods", "a-function-0", `"running"`, "status")
	f.op.Set("a", operator.Outcome{Unscheduled: true})
	f.awaitThat("pods", "a-function-0", `"Unschedulable"`, "status")
	f.op.Set("a", operator.Ready())
	f.awaitThat("statefulsets", "a-function", ready, "status")
}

func TestCrashingSpecsAndFinalizers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := k8stest.Shared(t)
	f := &fixture{T: t, srv: srv, ns: k8stest.Namespace(t, srv)}
	f.op = operator.Start(srv, operator.Options{Namespace: f.ns})
	defer f.op.Stop()
	f.apply("functions", "Function", "kept", function("kept", `,"cleanupSubscription":true`))
	f.awaitThat("functions", "kept", `"cleanup.subscription.finalizer"`, "metadata", "finalizers")
	f.apply("functions", "Function", "bad", `{"name":"bad"}`)
	f.apply("sinks", "Sink", "after", function("after", `,"sinkConfig":{}`))
	f.awaitThat("statefulsets", "after-sink", ready, "status")
	k8stest.Kubectl(t, srv, "", "-n", f.ns, "delete", "function", "kept", "--wait=false")
	f.awaitGone("functions", "kept")
	if err := f.op.Stop(); err == nil || !strings.Contains(err.Error(), "Function bad: no pulsar") {
		t.Errorf("Stop: %v", err)
	}
}
