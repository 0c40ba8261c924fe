package auth

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/test/harness"
)

// testBeyondTheTable looks at what the table does not say: what comes of rights
// that are enough to read and not to write, plans that pass from one role to
// another, and names that are taken where the role may not look.
func (c *cluster) testBeyondTheTable(t *testing.T) {
	t.Run("messages flow", c.testFlow)
	t.Run("enough to read only", c.testReadersWrite)
	t.Run("a plan passes from role to role", c.testHandOver)
	t.Run("no such namespace", c.testNoNamespace)
	t.Run("a name is taken", c.testTaken)
}

// testFlow deploys with the least rights and sends messages through: functions
// run with the credentials of their worker.
func (c *cluster) testFlow(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := c.place(t, "flow")
	p.grant("deployer", "functions", "consume", "produce", "packages")
	p.run(p.as("deployer"), "apply", "--yes", p.file("mesh.yaml", onTheirs)).Want(0)
	client := dial(t, pulsar.ClientOptions{URL: c.BrokerURL, Authentication: pulsar.NewAuthenticationToken(c.AdminToken())})
	const n = 1000
	harness.Numbers(ctx, t, client, "persistent://"+p.namespace+"/in", n, 0, nil)
	a := harness.Collect(ctx, t, client, "persistent://"+p.namespace+"/out", n, 15*time.Second)
	harness.Figure(t, "%d messages through two functions: %v", n, a)
	if a.Distinct != n {
		t.Error("messages are missing")
	}
	p.run(p.as("deployer"), "plan", "--detailed-exitcode", p.file("mesh.yaml", onTheirs)).Want(0)
	p.readOnly("plan of what runs")
}

// testReadersWrite: whoever may plan gets as far as the first refusal.
func (c *cluster) testReadersWrite(t *testing.T) {
	p := c.place(t, "readers")
	p.grant("producer", "functions", "produce", "packages")
	cmd := p.run(p.as("producer"), "apply", "--yes", p.file("mesh.yaml", onTheirs)).Want(1).
		Says(`the permission "consume" on namespace `+p.namespace, "SUBSCRIBE")
	t.Logf("produce instead of consume: written %v: %s", p.front.done, refusal(cmd.Output()))
	p.noFunctions()
	p.grant("everything", "functions", "produce", "consume", "packages", "sources", "sinks")
	cmd = p.run(p.as("everything"), "apply", "--yes", p.file("mesh.yaml", onOwn)).Want(1).
		Says("to be an administrator of tenant " + tenant)
	t.Logf("all permissions and no administrator: written %v: %s", p.front.done, refusal(cmd.Output()))
	p.noFunctions()
	// Once the rights are there, the same command goes on.
	p.run(p.as(tenantAdmin), "apply", "--yes", p.file("mesh.yaml", onOwn)).Want(0)
	p.run(p.as("everything"), "plan", "--detailed-exitcode", p.file("mesh.yaml", onOwn)).Want(0)
}

// noFunctions fails the test if a write of the last run was that of a function.
func (p *place) noFunctions() {
	p.Helper()
	for _, w := range p.front.done {
		if strings.Contains(w, "v3/functions") {
			p.Errorf("wrote %s", w)
		}
	}
}

// testHandOver plans as a role that may read and applies as others: the cluster
// must look the same to all, also where it is one of several.
func (c *cluster) testHandOver(t *testing.T) {
	c.call(t, http.MethodPut, "clusters/another", map[string]string{"serviceUrl": "http://127.0.0.1:1"})
	p := c.place(t, "handover")
	p.grant("planner", "functions", "produce", "packages")
	p.grant("deployer", "functions", "consume", "produce", "packages")
	for i, role := range []string{"deployer", tenantAdmin, "admin"} {
		body := strings.Replace(onTheirs, "inputs: [in]", "parallelism: "+string(rune('1'+i))+", inputs: [in]", 1)
		file := filepath.Join(p.dir, "plan.json")
		p.run(p.as("planner"), "plan", "--out", file, p.file("mesh.yaml", body)).Want(0)
		p.readOnly("plan --out")
		saved, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p.shows("the plan file", string(saved))
		p.run(p.as(role), "apply", "--yes", file).Want(0)
		t.Logf("planned by planner, carried out by %s: %d writes", role, len(p.front.done))
	}
	p.run(p.as("planner"), "plan", "--out", filepath.Join(p.dir, "down.json"), "--destroy", p.file("mesh.yaml", onTheirs)).Want(0)
	p.run(p.as("deployer"), "apply", "--yes", filepath.Join(p.dir, "down.json")).Want(0)
}

// testNoNamespace: to a role without rights a namespace that is not there looks
// like one that it may not see, and the message says both. An administrator sees it.
func (c *cluster) testNoNamespace(t *testing.T) {
	p := c.place(t, "here")
	p.namespace = tenant + "/not-here"
	mesh := p.file("mesh.yaml", onTheirs)
	p.run(p.as("stranger"), "plan", mesh).Want(1).Says("on namespace "+p.namespace, "does not exist looks the same")
	p.run(p.as(tenantAdmin), "plan", mesh).Want(3).Says("namespace " + p.namespace + " does not exist")
}

func dial(t *testing.T, o pulsar.ClientOptions) pulsar.Client {
	t.Helper()
	o.Logger = quiet
	client, err := pulsar.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
