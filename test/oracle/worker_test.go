package oracle

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/test/harness"
)

// inFlight is how many creates run at a time. A worker inside a broker holds one
// HTTP thread of the broker for each, and with too many of them it blocks.
const inFlight = 4

// ask sends all cases to a worker and returns its answers. What it takes is
// deleted again at once.
func ask(t *testing.T, client *admin.Client, p place, code string, cases []*testCase) map[string]verdict {
	t.Helper()
	answers := map[string]verdict{}
	var lock sync.Mutex
	queue := make(chan *testCase)
	var all sync.WaitGroup
	for range inFlight {
		all.Go(func() {
			for c := range queue {
				v, err := submit(t.Context(), client, p, code, c)
				if err != nil {
					t.Errorf("%s: %v", c.Name, err)
					continue
				}
				lock.Lock()
				answers[c.Name] = v
				lock.Unlock()
			}
		})
	}
	for _, c := range cases {
		queue <- c
	}
	close(queue)
	all.Wait()
	return answers
}

// submit creates a component the way pulsar-admin does. An error is no verdict.
func submit(ctx context.Context, client *admin.Client, p place, code string, c *testCase) (verdict, error) {
	kind := admin.Kind(c.Kind + "s")
	node := c.component(p, c.Code)
	name, _ := value(node, "name")
	var config map[string]any
	if err := node.Decode(&config); err != nil {
		return verdict{}, err
	}
	var pkg admin.Package
	if c.Code != "none" {
		pkg.File = filepath.Join(code, c.Code)
	}
	tenant, namespace := p.of(c)
	err := client.Create(ctx, kind, tenant, namespace, name, config, pkg)
	var refusal *admin.Error
	switch {
	case err == nil:
		return verdict{Accepted: true}, client.Delete(ctx, kind, tenant, namespace, name)
	case errors.As(err, &refusal) && (refusal.Status/100 == 4 && refusal.Status != http.StatusConflict ||
		// What is not checked until the code is stored.
		strings.Contains(refusal.Reason, "IllegalArgumentException")):
		return verdict{Refused: p.unfill(oneLine(refusal.Reason))}, nil
	}
	return verdict{}, err
}

// of is where a case's component is put.
func (p place) of(c *testCase) (tenant, namespace string) {
	tenant, namespace = p.tenant, p.namespace
	if c.Tenant != "" {
		tenant = c.Tenant
	}
	if c.Namespace != "" {
		namespace = c.Namespace
	}
	return tenant, namespace
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// upload makes the package that cases name as ${transform}.
func upload(t *testing.T, b *harness.Bench, p place, code string) {
	t.Helper()
	name, err := admin.ParsePackageName(p.transform)
	if err == nil {
		err = b.Client.UploadPackage(t.Context(), name, filepath.Join(code, "oracle.jar"), "", 0, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}
