package kubernetes_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/backendtest"
	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// TestSuite is the suite of all backends on a real API server and a real Pulsar, in
// both forms. The operator and the pods are played.
func TestSuite(t *testing.T) {
	for _, components := range []bool{false, true} {
		t.Run(map[bool]string{false: "mesh", true: "components"}[components], func(t *testing.T) {
			backendtest.Run(t, backendtest.Fixture{
				Name:   kubernetes.Name,
				Open:   func(t testing.TB) backendtest.Place { return open(t, components) },
				Header: "kubernetes: {pulsarConfig: pulsar}",
				Code: backendtest.Code{
					Function: "className: org.example.loss.Forward, jar: code.jar",
					Source:   "className: org.example.loss.Counter, archive: code.jar, configs: {pauseMs: 1000}",
					Sink:     "className: org.example.loss.Collector, archive: code.jar, configs: {file: /dev/null}",
					Stuck:    "className: org.example.loss.Counter, archive: code.jar, configs: {pauseMs: never}",
				},
				Patience: 20 * time.Second,
				Soon:     10 * time.Second,
				Rounds:   2,
			})
		})
	}
}

// suitePlace is a namespace of Kubernetes and one of Pulsar.
type suitePlace struct {
	*harness.Bench
	server     *k8s.Server
	namespace  string
	components bool
	// writes are those on Pulsar's side.
	writes atomic.Int64

	mu sync.Mutex
	// seen are the resources at the last look, changes how often they were others.
	seen    string
	changes int64
}

func open(t testing.TB, components bool) *suitePlace {
	p := &suitePlace{Bench: harness.New(t, pulsartest.Shared(t)), server: k8stest.Shared(t), components: components}
	p.Jar("loss-a.jar", "code.jar")
	p.namespace = k8stest.Namespace(t, p.server)
	play := newPlayer(t, p.Server.BrokerURL)
	operator.Run(t, p.server, operator.Options{Namespace: p.namespace, OnPod: play.start, OnPodGone: play.end})
	return p
}

func (p *suitePlace) Backend() backend.Backend {
	p.Helper()
	settings := conn.Settings{AdminURL: p.Server.AdminURL, BrokerURL: p.Server.BrokerURL}
	client, err := admin.New(settings, admin.WithObserver(p.count))
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(client.Close)
	return kubernetes.New(connect(p, p.server, p.namespace), kubernetes.Options{
		Namespace: p.namespace, Components: p.components, Force: true, Pulsar: native.NewPulsar(client, settings),
	})
}

func (p *suitePlace) count(method, path string, status int, _ time.Duration) {
	if method != http.MethodGet && status/100 == 2 && !strings.HasSuffix(path, "/compatibility") {
		p.writes.Add(1)
	}
}

func (p *suitePlace) Namespace() (tenant, namespace string) { return p.Bench.Tenant, p.Bench.Namespace }
func (p *suitePlace) Dir() string                           { return p.Bench.Dir }
func (p *suitePlace) Renew()                                { p.Jar("loss-b.jar", "code.jar") }

// kinds are the resources that a deployer writes.
var kinds = []string{"functionmeshes", "functions", "sources", "sinks"}

// Writes counts the looks that found other resources than the look before: an apply
// that changes nothing is no write. What the operator makes and adds does not count.
func (p *suitePlace) Writes() int64 {
	p.Helper()
	var all strings.Builder
	for _, kind := range kinds {
		for _, o := range p.list(kind) {
			meta := o.Map("metadata")
			if len(o.Items("metadata", "ownerReferences")) == 0 {
				_ = json.NewEncoder(&all).Encode([]any{kind, meta["name"], meta["uid"], meta["labels"], meta["annotations"], o["spec"], meta["deletionTimestamp"]})
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := all.String(); now != p.seen {
		p.seen = now
		p.changes++
	}
	return p.changes + p.writes.Load()
}

func (p *suitePlace) path(kind, name string) string {
	return strings.TrimSuffix("/apis/compute.functionmesh.io/v1alpha1/namespaces/"+p.namespace+"/"+kind+"/"+name, "/")
}

func (p *suitePlace) call(method, path, contentType string, body any, out any) {
	p.Helper()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			p.Fatal(err)
		}
	}
	answer, err := p.server.Call(context.Background(), method, path, contentType, data)
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		p.Fatal(err)
	}
}

func (p *suitePlace) list(kind string) []kube.Object {
	p.Helper()
	var found struct{ Items []kube.Object }
	p.call(http.MethodGet, p.path(kind, ""), "", nil, &found)
	return found.Items
}

// Edit changes a resource as kubectl edit does: the whole is read and put back.
func (p *suitePlace) Edit(kind state.Kind, name string, parallelism int) {
	p.Helper()
	for _, resource := range []string{"functionmeshes", string(kind) + "s"} {
		for _, o := range p.list(resource) {
			if len(o.Items("metadata", "ownerReferences")) > 0 {
				continue
			}
			specs := o.Items("spec", string(kind)+"s")
			if resource != "functionmeshes" {
				specs = []any{o["spec"]}
			}
			for _, s := range specs {
				if spec := s.(map[string]any); spec["name"] == name {
					spec["replicas"] = parallelism
					p.call(http.MethodPut, p.path(resource, o.Name())+"?fieldManager=kubectl-edit", "", o, nil)
					return
				}
			}
		}
	}
	p.Fatalf("%s %s is not there", kind, name)
}

// Foreign makes a Function as kubectl create does, by the name that a component of
// the suite's mesh would have.
func (p *suitePlace) Foreign(name, in, out string) {
	p.Helper()
	for _, topic := range []string{in, out} {
		p.Topic(topic[strings.LastIndexByte(topic, '/')+1:], 0)
	}
	spec := map[string]any{
		"tenant": p.Tenant, "namespace": p.Bench.Namespace, "name": name, "className": "org.example.loss.Forward", "replicas": 1, "image": "example/functions:1",
		"input": map[string]any{"topics": []string{in}, "typeClassName": "java.lang.String"}, "output": map[string]any{"topic": out, "typeClassName": "java.lang.String"},
		"subscriptionName": "foreign", "java": map[string]any{"jar": "/pulsar/code.jar"}, "pulsar": map[string]any{"pulsarConfig": "pulsar"},
	}
	p.call(http.MethodPost, p.path("functions", "")+"?fieldManager=kubectl-create", "", map[string]any{
		"apiVersion": "compute.functionmesh.io/v1alpha1", "kind": "Function", "metadata": map[string]any{"name": p.resource(name)}, "spec": spec,
	}, nil)
	set := "/apis/apps/v1/namespaces/" + p.namespace + "/statefulsets/" + p.resource(name) + "-function"
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var o struct{ Status struct{ ReadyReplicas int } }
		answer, err := p.server.Call(context.Background(), http.MethodGet, set, "", nil)
		if err == nil {
			err = json.Unmarshal(answer, &o)
		}
		if err == nil && o.Status.ReadyReplicas == 1 {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("%s does not run: %v %s", name, err, answer)
		}
	}
}

// resource is the name of the resource of a node of mesh m.
func (p *suitePlace) resource(node string) string { return "m-" + node }
