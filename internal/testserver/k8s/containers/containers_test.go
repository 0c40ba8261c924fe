package containers_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"
	"github.com/meshc/meshc/internal/testserver/k8s/containers"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := k8stest.StopShared(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	// The shared Pulsar ends with the process.
	os.Exit(code)
}

// TestFunction runs a function as a custom resource says it: what goes in comes out,
// also after a change that replaces its pod.
func TestFunction(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	broker, cluster := pulsartest.Shared(t), k8stest.Shared(t)
	jar, err := filepath.Abs("../../../../examples/pip-66/target/exclaim.jar")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("../../../../examples/build.sh").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	home, err := pulsar.Home(t.Context(), pulsar.DefaultVersion, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	ns, tenantNS := k8stest.Namespace(t, cluster), pulsartest.Namespace(t, broker)
	run := &containers.Runner{Home: home, Dir: t.TempDir(), Code: func(operator.Pod) (string, error) { return jar, nil }}
	operator.Run(t, cluster, operator.Options{Namespace: ns, NeedConfig: true, OnPod: run.Start, OnPodGone: run.Stop})
	k8stest.Kubectl(t, cluster, "", "-n", ns, "create", "configmap", "pulsar", "--from-literal=webServiceURL="+broker.AdminURL, "--from-literal=brokerServiceURL="+broker.BrokerURL)
	apply := func(more string) {
		t.Helper()
		in, out := "persistent://"+tenantNS+"/in", "persistent://"+tenantNS+"/out"
		object := fmt.Sprintf(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"f"},"spec":{
			"name":"f","tenant":"public","namespace":%q,"className":"org.example.pip66.Exclaim","replicas":1,"subscriptionPosition":"earliest",
			"input":{"topics":[%q],"typeClassName":"java.lang.String"},"output":{"topic":%q,"typeClassName":"java.lang.String"},
			"java":{"jar":"/pulsar/exclaim.jar"},"pulsar":{"pulsarConfig":"pulsar"}%s}}`, tenantNS[len("public/"):], in, out, more)
		path := "/apis/compute.functionmesh.io/v1alpha1/namespaces/" + ns + "/functions/f?fieldManager=test"
		if _, err := cluster.Call(t.Context(), http.MethodPatch, path, "application/apply-patch+yaml", []byte(object)); err != nil {
			t.Fatal(err)
		}
	}

	c, err := client.NewClient(client.ClientOptions{URL: broker.BrokerURL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	producer, err := c.CreateProducer(client.ProducerOptions{Topic: "persistent://" + tenantNS + "/in", Schema: client.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	consumer, err := c.Subscribe(client.ConsumerOptions{Topic: "persistent://" + tenantNS + "/out", SubscriptionName: "test", Schema: client.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	defer consumer.Close()
	for i, more := range []string{"", `,"funcConfig":{"a":1}`} {
		apply(more)
		for end := time.Now().Add(time.Minute); run.Starts() <= i && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond)
		}
		text := fmt.Sprintf("hello %d", i)
		if _, err := producer.Send(t.Context(), &client.ProducerMessage{Value: text}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		m, err := consumer.Receive(ctx)
		cancel()
		if err != nil {
			t.Fatalf("%v\n%s", err, run.Logs("f"))
		}
		consumer.Ack(m)
		if got := string(m.Payload()); got != text+"!" {
			t.Errorf("got %q", got)
		}
	}
	if n := run.Starts(); n != 2 {
		t.Errorf("%d starts, want one for each pod\n%s", n, run.Logs("f"))
	}
}
