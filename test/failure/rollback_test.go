package failure

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/test/faultproxy"
	"github.com/meshc/meshc/test/harness"
)

// TestRollback lets the creation of one function fail after others were updated,
// replaced and created: with --on-failure rollback these are again what they were,
// code included, no number is lost, and the report tells of it.
func TestRollback(t *testing.T) {
	ctx := context.Background()
	harness.Binary(t)
	b := harness.New(t, pulsartest.Shared(t))
	p := faultproxy.New(t, b.Server.AdminURL)
	// The topic is made after all that can take long: brokers delete topics that nobody uses.
	paddedJar(b, "old.jar", 1<<10)
	paddedJar(b, "new.jar", 1<<10)
	b.Topic("in", 0)
	chain := func(jar string, v int) string {
		return fmt.Sprintf(`jarFile: %s
topics: [{name: in, external: true}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: mid, userConfig: {v: %[2]d}}
  - {name: last, className: org.example.loss.Forward, inputs: [mid], output: out, retainOrdering: %[3]t}
`, jar, v, v == 2)
	}
	before := chain("old.jar", 1)
	b.File("back", before)
	converge(t, b, "back.yaml")
	finish := harness.Stream(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("in"), 100)
	old := harness.HashOf(t, b.Dir+"/old.jar")

	b.File("back", chain("new.jar", 2)+`
  - {name: made, className: org.example.loss.Forward, inputs: [side], output: made}
  - {name: refused, className: org.example.loss.Forward, inputs: [side], output: refused}
`)
	p.InjectWhere(func(r *http.Request, k faultproxy.Kind) bool {
		return k == faultproxy.Create && strings.HasSuffix(r.URL.Path, "/refused")
	}, faultproxy.Says(http.StatusUnauthorized, "Client is not authorized to perform operation"), 0, 9)
	c := b.Run("apply", "back.yaml", "--yes", "--on-failure", "rollback", "--admin-url", p.URL).Want(1)
	c.Says("going back to what was before", "rolled back: what this run had changed is again as it was", "what it had changed is rolled back", "to go on: ")
	t.Logf("%s", complaint(c))

	if names, err := b.Client.List(ctx, admin.Functions, b.Tenant, b.Namespace); err != nil || len(names) != 2 {
		t.Errorf("functions %v, %v", names, err)
	}
	for _, name := range []string{"first", "last"} {
		var got strings.Builder
		if _, sum, err := b.Client.Download(ctx, admin.Functions, b.Tenant, b.Namespace, name, &got); err != nil || sum != old {
			t.Errorf("%s runs code %.12s, %v; want %.12s", name, sum, err, old)
		}
	}
	// The subscriptions of what is not there any more stay; that is all that is left over.
	for _, change := range b.Plan(b.Mesh("back", before), planner.Options{}).Changes() {
		if !strings.Contains(string(change.Addr), "/side#") {
			t.Errorf("not as before: %s %s %+v", change.Action, change.Addr, change.Fields)
		}
	}
	b.File("back", before)
	converge(t, b, "back.yaml")

	sent := finish()
	a := harness.Collect(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("out"), sent, 20*time.Second)
	t.Logf("%d numbers sent meanwhile: %v", sent, a)
	if len(a.Missing) > 0 || a.Strange > 0 {
		t.Errorf("lost messages: %v", a)
	}
}
