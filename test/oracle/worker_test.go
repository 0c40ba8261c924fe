package oracle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/test/harness"
)

// inFlight is how many creates run at a time. A worker inside a broker holds one
// HTTP thread of the broker for each, and with too many of them it blocks.
const inFlight = 4

// asker puts cases to one worker.
type asker struct {
	client *admin.Client
	place  place
	// code is the folder of the code files.
	code string
}

// ask sends all cases to the worker and returns its answers. What it takes is
// deleted again at once; what is known never to run, as soon as it says why not.
func (a asker) ask(t *testing.T, cases []*testCase) map[string]verdict {
	t.Helper()
	answers := map[string]verdict{}
	var lock sync.Mutex
	inParallel(inFlight, cases, func(c *testCase) {
		v, err := a.submit(t.Context(), c)
		if err == nil && v.Accepted && c.Stuck == "" {
			err = a.remove(t.Context(), c)
		}
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			return
		}
		lock.Lock()
		defer lock.Unlock()
		answers[c.Name] = v
	})
	stuck := slices.DeleteFunc(slices.Clone(cases), func(c *testCase) bool { return c.Stuck == "" || !answers[c.Name].Accepted })
	inParallel(inFlight, stuck, func(c *testCase) {
		if err := a.awaitStuck(t.Context(), c); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if err := a.remove(t.Context(), c); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	})
	return answers
}

func inParallel(n int, cases []*testCase, do func(*testCase)) {
	queue := make(chan *testCase)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for c := range queue {
				do(c)
			}
		})
	}
	for _, c := range cases {
		queue <- c
	}
	close(queue)
	all.Wait()
}

// submit creates a component the way pulsar-admin does. An error is no verdict.
func (a asker) submit(ctx context.Context, c *testCase) (verdict, error) {
	node := c.component(a.place, c.Code)
	var config map[string]any
	if err := node.Decode(&config); err != nil {
		return verdict{}, err
	}
	var pkg admin.Package
	if c.Code != "none" {
		pkg.File = filepath.Join(a.code, c.Code)
	}
	kind, tenant, namespace, name := a.address(c)
	err := a.client.Create(ctx, kind, tenant, namespace, name, config, pkg)
	var refusal *admin.Error
	switch {
	case err == nil:
		return verdict{Accepted: true}, nil
	case errors.As(err, &refusal) && (refusal.Status/100 == 4 && refusal.Status != http.StatusConflict ||
		// What is not checked until the code is stored.
		strings.Contains(refusal.Reason, "IllegalArgumentException")):
		return verdict{Refused: a.place.unfill(oneLine(refusal.Reason))}, nil
	}
	return verdict{}, err
}

func (a asker) remove(ctx context.Context, c *testCase) error {
	kind, tenant, namespace, name := a.address(c)
	return a.client.Delete(ctx, kind, tenant, namespace, name)
}

func (a asker) address(c *testCase) (kind admin.Kind, tenant, namespace, name string) {
	name, _ = value(c.component(a.place, c.Code), "name")
	tenant, namespace = a.place.of(c)
	return admin.Kind(c.Kind + "s"), tenant, namespace, name
}

// awaitStuck waits until the instance of a case says why it does not run.
func (a asker) awaitStuck(ctx context.Context, c *testCase) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	kind, tenant, namespace, name := a.address(c)
	said := "nothing"
	for {
		status, err := a.client.Status(ctx, kind, tenant, namespace, name)
		if err == nil && len(status.Instances) > 0 {
			one := status.Instances[0].Status
			if said = one.Error; !one.Running && strings.Contains(said, c.Stuck) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the instance is not stuck with %q but says %q (%v)", c.Stuck, said, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
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
