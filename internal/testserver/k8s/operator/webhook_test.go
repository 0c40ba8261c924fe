package operator_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

const memory = `,"resources":{"requests":{"cpu":"0.1","memory":"1024Mi"},"limits":{"cpu":0.5,"memory":"1.1G"}}`

func TestWebhookDefaults(t *testing.T) {
	t.Parallel()
	f := start(t, operator.Options{Webhooks: true, NoKubelet: true})
	f.apply("functions", "Function", "m-a", strings.Replace(function("", memory), `"name":"",`, "", 1))
	stored := f.get("functions", "m-a")
	want := map[string]any{
		"name": "m-a", "tenant": "public", "namespace": "default", "clusterName": "kubernetes", "className": "org.example.F",
		"replicas": 1.0, "minReplicas": 1.0, "processingGuarantee": "atleast_once", "autoAck": true, "forwardSourceMessageProperty": true,
		"maxPendingAsyncRequests": 1000.0, "input": map[string]any{"topics": []any{"in"}, "typeClassName": "[B"},
		"output": map[string]any{"typeClassName": "[B"}, "java": map[string]any{"jar": "/pulsar/f.jar"},
		"pulsar": map[string]any{"pulsarConfig": "pulsar"}, "pod": map[string]any{},
		"resources": map[string]any{
			"requests": map[string]any{"cpu": "100m", "memory": "1Gi"}, "limits": map[string]any{"cpu": "500m", "memory": "1100M"},
		},
	}
	if diff := cmp.Diff(want, stored["spec"]); diff != "" {
		t.Error("-want +got\n" + diff)
	}
	// The same text again is no change.
	f.awaitThat("functions", "m-a", `1`, "status", "observedGeneration")
	before := f.get("functions", "m-a")["metadata"].(map[string]any)["generation"]
	f.apply("functions", "Function", "m-a", strings.Replace(function("", memory), `"name":"",`, "", 1))
	if after := f.get("functions", "m-a")["metadata"].(map[string]any)["generation"]; after != before {
		t.Errorf("generation %v, then %v", before, after)
	}
}

func TestWebhookVerdicts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := k8stest.Shared(t)
	f := &fixture{T: t, srv: srv, ns: k8stest.Namespace(t, srv)}
	f.op = operator.Start(srv, operator.Options{Namespace: f.ns, Webhooks: true, NoKubelet: true})
	defer f.op.Stop()
	f.apply("sinks", "Sink", "good", function("s", memory+`,"sinkConfig":{}`))
	for more, want := range map[string]string{
		"":                                       "spec.resources: Invalid value: resource requirement is invalid",
		memory + `,"replicas":0,"minReplicas":0`: "minReplicas cannot be zero or negative",
		memory + `,"java":{"jar":"f.jar","jarLocation":"file:///f"}`:                          "invalid function package url file:///f",
		memory + `,"deadLetterTopic":"d"`:                                                     "dead letter topic is set but max message retry",
		memory + `,"output":{"topic":"in"}`:                                                   "also being used as an input topic",
		memory + `,"processingGuarantee":"effectively_once","timeout":1`:                      "message timeout can only be set",
		memory + `,"windowConfig":{"actualWindowFunctionClassName":""}`:                       "Window length is not specified",
		memory + `,"maxReplicas":2,"replicas":3`:                                              "maxReplicas must be greater",
		memory + `,"golang":{"go":"x"}`:                                                       "you can only specify one runtime",
		memory + `,"windowConfig":{"actualWindowFunctionClassName":"","windowLengthCount":1}`: "webhook stops on windowLengthCount",
	} {
		body := `{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"bad"},"spec":` + function("f", more) + `}`
		_, err := f.srv.Call(t.Context(), http.MethodPost, f.path("functions", "")[:len(f.path("functions", ""))-1]+"?dryRun=All", "", []byte(body))
		var status *k8s.StatusError
		if !errors.As(err, &status) || status.Code != http.StatusUnprocessableEntity || !strings.Contains(status.Body, want) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
	// Updates are not judged, and a mesh is not either: its child's creation fails.
	f.apply("sinks", "Sink", "good", function("s", `,"sinkConfig":{}`))
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[`+function("a", "")+`]}`)
	f.awaitThat("functionmeshes", "m", `"FunctionReady","status":"False"`, "status", "functionConditions", "a")
	f.await(func() string {
		if err := f.op.Err(); err == nil || !strings.Contains(err.Error(), "denied the request") {
			return fmt.Sprint("the stand-in: ", err)
		}
		return ""
	})
	f.op.Stop()
	// Nobody is asked any more.
	f.apply("functions", "Function", "unjudged", `{}`)
}
