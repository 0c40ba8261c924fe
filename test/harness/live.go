package harness

import (
	"context"
	"path/filepath"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// Running waits until all instances of a function run, for those that the test
// makes or changes past meshc; without that within a minute the test ends.
func (b *Bench) Running(name string) {
	b.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		s, err := b.Client.Status(context.Background(), admin.Functions, b.Tenant, b.Namespace, name)
		if err == nil && s.NumInstances > 0 && s.NumRunning == s.NumInstances {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("%s does not run: %+v, %v", name, s, err)
		}
	}
}

// Read reads what the cluster has of a mesh in the bench's namespace.
func (b *Bench) Read(name string) *state.State {
	b.Helper()
	s, err := b.Backend.Read(context.Background(), backend.Scope{Mesh: mesh.ID{Tenant: b.Tenant, Namespace: b.Namespace, Name: name}})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// Imported makes a mesh file of what runs of a mesh, and wants that there is nothing
// to do for it. It returns the file's path.
func (b *Bench) Imported(name string) string {
	b.Helper()
	file := filepath.Join(b.Dir, "imported", name+".yaml")
	var at []string
	if b.workerURL != "" {
		at = []string{"--worker-url", b.workerURL}
	}
	run := func(args ...string) *Command { return b.Run(append(args, at...)...).Want(0) }
	run("import", "--tenant", b.Tenant, "--namespace", b.Namespace, "--name", name, "--out", file)
	run("plan", "--detailed-exitcode", file).Says("No changes")
	return file
}
