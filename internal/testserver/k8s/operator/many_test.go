package operator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s/operator"
)

// TestManyFunctions: a mesh of many functions is made, rolled and removed in a time that
// tests can wait for.
func TestManyFunctions(t *testing.T) {
	t.Parallel()
	const n = 60
	f := start(t, operator.Options{Webhooks: true})
	mesh := func(more string) string {
		var list []string
		for i := range n {
			list = append(list, function(fmt.Sprintf("f%d", i), strings.Replace(memory, "0.5", `"0.5"`, 1)+more))
		}
		return `{"functions":[` + strings.Join(list, ",") + `]}`
	}
	last := fmt.Sprintf("m-f%d-function", n-1)
	for _, step := range []struct{ name, more string }{{"made", ""}, {"rolled", `,"funcConfig":{"a":1}`}} {
		begin := time.Now()
		f.apply("functionmeshes", "FunctionMesh", "m", mesh(step.more))
		f.await(func() string {
			for i := range n {
				set := f.get("statefulsets", fmt.Sprintf("m-f%d-function", i))
				status, _ := set["status"].(map[string]any)
				current := strings.Contains(fmt.Sprint(set["spec"]), "userConfig") == (step.more != "")
				if !current || status["readyReplicas"] != 1.0 || status["updatedReplicas"] != 1.0 || status["currentRevision"] != status["updateRevision"] {
					return fmt.Sprintf("m-f%d-function: %v", i, status)
				}
			}
			return ""
		})
		t.Logf("%d functions %s in %.1f s", n, step.name, time.Since(begin).Seconds())
	}
	f.apply("functionmeshes", "FunctionMesh", "m", `{"functions":[]}`)
	f.awaitGone("statefulsets", last)
}
