// Package move moves a mesh between function workers and Kubernetes under load.
package move

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s/containers"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := k8stest.StopShared(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const mesh = `
jarFile: code.jar
kubernetes: {pulsarConfig: pulsar, image: example.org/runner:1}
topics: [{name: in, external: true}]
functions:
  - {name: a, className: org.example.loss.Forward, inputs: [in], output: mid, userConfig: {token: "${file:token.txt}"}, resources: {cpu: 1, ram: 1073741824}}
  - {name: b, className: org.example.loss.Forward, inputs: [mid], output: out, parallelism: %d, resources: {cpu: 1, ram: 1073741824}}
`

// TestMoveUnderLoad takes a mesh of two functions from function workers to a
// FunctionMesh, scales it there, takes it to resources of its own, and back, while
// numbers come in without a pause: all arrive. The server is one of its own, since
// the instances of function workers run as threads of it.
func TestMoveUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	cluster := k8stest.Shared(t)
	srv := pulsartest.Start(t, pulsar.Options{Packages: true, HTTPThreads: 32})
	b := harness.New(t, srv)
	namespace := k8stest.Namespace(t, cluster)
	k8stest.Kubectl(t, cluster, "", "-n", namespace, "create", "configmap", "pulsar", "--from-literal=webServiceURL="+srv.AdminURL, "--from-literal=brokerServiceURL="+srv.BrokerURL)
	home, err := pulsar.Home(ctx, srv.Version, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	pods := &containers.Runner{Home: home, Version: srv.Version, Dir: t.TempDir(), Code: downloads{t, cluster, srv, namespace}.code}
	operator.Run(t, cluster, operator.Options{Namespace: namespace, NeedConfig: true, OnPod: pods.Start, OnPodGone: pods.Stop})

	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	b.File("words", fmt.Sprintf(mesh, 1))
	if err := os.WriteFile(filepath.Join(b.Dir, "token.txt"), []byte("kept from all plans"), 0o600); err != nil {
		t.Fatal(err)
	}
	kube := []string{"--kubeconfig", cluster.Kubeconfig, "--kube-namespace", namespace, "--admin-url", srv.AdminURL, "--broker-url", srv.BrokerURL}
	run := func(name string, args ...string) {
		t.Helper()
		begin := time.Now()
		b.Run(append(append([]string{"apply", "words.yaml", "--yes", "--timeout", "2m"}, kube...), args...)...).Want(0)
		b.Run(append(append([]string{"plan", "words.yaml", "--detailed-exitcode"}, kube...), args...)...).Want(0)
		t.Logf("%s: %v", name, time.Since(begin).Round(100*time.Millisecond))
	}
	run("on function workers", "--backend", "native")
	client := harness.Dial(t, srv.BrokerURL)
	tail := harness.Follow(ctx, t, client, b.FullTopic("out"))
	finish := harness.Stream(ctx, t, client, b.FullTopic("in"), 200)
	run("to a FunctionMesh", "--backend", "kubernetes", "--move-from", "native")
	told := func(backend string) {
		t.Helper()
		b.Run(append([]string{"history", "words.yaml", "--backend", backend}, kube...)...).Want(0).Says("move")
	}
	told("native")
	b.File("words", fmt.Sprintf(mesh, 2))
	run("two instances there", "--backend", "kubernetes")
	run("to resources of its own", "--backend", "kubernetes", "--components")
	b.File("words", fmt.Sprintf(mesh, 1))
	run("back to function workers", "--backend", "native", "--move-from", "kubernetes", "--components")
	told("kubernetes")
	n := finish()
	tail.Await(ctx, n, 20*time.Second)
	got := tail.Arrivals(0, n)
	harness.Figure(t, "%d numbers sent through five homes: %s; %d pods played by Java instances", n, got, pods.Starts())
	if got.Distinct < n {
		t.Errorf("%d of %d numbers are missing", n-got.Distinct, n)
	}
}
