package native_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/test/harness"
)

// TestOldPackagesAreCollected deploys one version of the code after the other: the
// one that runs and three before it stay, and a plan without new code looks at the
// one that runs alone.
func TestOldPackagesAreCollected(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	base, err := os.ReadFile(filepath.Join(b.Dir, "code.jar"))
	if err != nil {
		t.Fatal(err)
	}
	var gone []int
	for i := range 6 {
		file(b, "code.jar", version(t, base, i))
		p := b.Plan(b.Mesh("one", one), planner.Options{})
		n := 0
		for _, c := range p.Changes() {
			if c.Why == diff.Collected {
				n++
			}
		}
		gone = append(gone, n)
		b.Apply(p)
		b.Empty(b.Mesh("one", one))
	}
	// With the one that is replaced, three are kept.
	if want := []int{0, 0, 0, 0, 1, 1}; !cmp.Equal(gone, want) {
		t.Errorf("collected by each plan: %v, want %v", gone, want)
	}
	if n := packagesLeft(b); n != 4 {
		t.Errorf("%d packages are left", n)
	}
	if n := packagesAsked(b); n != 1 {
		t.Errorf("a plan without new code asks for %d packages", n)
	}
	b.Apply(b.Plan(b.Mesh("one", one), planner.Options{Destroy: true}))
	if n := packagesLeft(b); n != 0 {
		t.Errorf("destroy leaves %d packages", n)
	}
}

// version is a jar with one more entry.
func version(t *testing.T, base []byte, n int) string {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	entry, err := w.Create("version.txt")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(entry, n)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// packagesLeft counts the packages of the mesh one that are there. The storage
// lists those that are deleted as well.
func packagesLeft(b *harness.Bench) int {
	b.Helper()
	name := admin.PackageName{Type: "function", Tenant: b.Tenant, Namespace: b.Namespace, Name: "one"}
	versions, err := b.Client.ListVersions(context.Background(), name)
	if err != nil {
		b.Fatal(err)
	}
	left := 0
	for _, v := range versions {
		name.Version = v
		if _, err := b.Client.PackageMetadata(context.Background(), name); err == nil {
			left++
		}
	}
	return left
}

// packagesAsked counts how many packages a plan of the mesh one asks for.
func packagesAsked(b *harness.Bench) int64 {
	b.Helper()
	var asked atomic.Int64
	settings := conn.Settings{AdminURL: b.Server.AdminURL, BrokerURL: b.Server.BrokerURL}
	client, err := admin.New(settings, admin.WithObserver(func(_, path string, _ int, _ time.Duration) {
		if strings.HasSuffix(path, "/metadata") {
			asked.Add(1)
		}
	}))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	if _, _, err := planner.Make(context.Background(), native.New(client, settings), native.Name, b.Mesh("one", one), planner.Options{}); err != nil {
		b.Fatal(err)
	}
	return asked.Load()
}
