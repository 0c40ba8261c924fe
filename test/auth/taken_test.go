package auth

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar"
)

const sinkSource = `
public class Drop implements org.apache.pulsar.io.core.Sink<byte[]> {
  public void open(java.util.Map<String, Object> config, org.apache.pulsar.io.core.SinkContext context) {}
  public void write(org.apache.pulsar.functions.api.Record<byte[]> r) { r.ack(); }
  public void close() {}
}
`

// testTaken: a sink has the name of a function of the mesh. A role that may not
// list sinks finds that out as well, when it plans.
func (c *cluster) testTaken(t *testing.T) {
	p := c.place(t, "taken")
	p.grant("planner", "functions", "consume", "produce", "packages")
	mesh := p.file("mesh.yaml", onTheirs)
	p.run(p.as("planner"), "plan", mesh).Want(0)
	p.sink("first")
	cmd := p.run(p.as("planner"), "plan", mesh).Want(3).Says("a source or sink named "+p.namespace+"/first", "MC5004")
	p.readOnly("plan")
	t.Log(cmd.Output())
	p.run(p.as("planner"), "apply", "--yes", mesh).Want(3)
	p.unwritten("apply")
	p.run(p.as(tenantAdmin), "plan", mesh).Want(3).Says("a sink named " + p.namespace + "/first")
}

// sink builds a sink and creates it as superuser.
func (p *place) sink(name string) {
	p.Helper()
	home, err := pulsar.Home(p.Context(), p.Version, os.Stderr)
	if err != nil {
		p.Fatal(err)
	}
	java, jar := filepath.Join(p.dir, "Drop.java"), filepath.Join(p.dir, "drop.jar")
	if err := os.WriteFile(java, []byte(sinkSource), 0o600); err != nil {
		p.Fatal(err)
	}
	if out, err := exec.Command("javac", "--release", "17", "-cp", filepath.Join(home, "lib", "*"), "-d", p.dir, java).CombinedOutput(); err != nil {
		p.Fatalf("%v\n%s", err, out)
	}
	class, err := os.ReadFile(filepath.Join(p.dir, "Drop.class"))
	if err != nil {
		p.Fatal(err)
	}
	f, err := os.Create(jar)
	if err != nil {
		p.Fatal(err)
	}
	w := zip.NewWriter(f)
	entry, err := w.Create("Drop.class")
	if err == nil {
		_, err = entry.Write(class)
	}
	if err != nil || w.Close() != nil || f.Close() != nil {
		p.Fatal("cannot write the jar", err)
	}
	auth, err := conn.ParseAuth("token", "token:"+p.AdminToken(), nil)
	if err != nil {
		p.Fatal(err)
	}
	client, err := admin.New(conn.Settings{AdminURL: p.AdminURL, Auth: auth})
	if err != nil {
		p.Fatal(err)
	}
	defer client.Close()
	config := map[string]any{"className": "Drop", "inputs": []string{"persistent://" + p.namespace + "/in"}, "parallelism": 1}
	if err := client.Create(p.Context(), admin.Sinks, tenant, "taken", name, config, admin.Package{File: jar}); err != nil {
		p.Fatal(err)
	}
}
