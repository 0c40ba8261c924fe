package loss

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// TestSinkUnderLoad changes a sink while numbers come: every number is written,
// through updates, a replacement, a new subscription name and another name.
func TestSinkUnderLoad(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 2)
	file := filepath.Join(t.TempDir(), "lines")
	mesh := func(name, more string) string {
		return fmt.Sprintf(`
topics: [{name: in, external: true}]
sinks:
  - {name: %s, archive: code.jar, className: org.example.loss.Collector, inputs: [in], configs: {file: %s}%s}
`, name, file, more)
	}
	b.Apply(b.Plan(b.Mesh("written", mesh("write", "")), planner.Options{}))
	finish := harness.Stream(ctx, t, harness.Dial(t, b.Server.BrokerURL), b.FullTopic("in"), 300)
	for _, text := range []string{
		mesh("write", ", parallelism: 2"),
		mesh("write", ", parallelism: 2, retainOrdering: true"),
		mesh("write", ", sourceSubscriptionName: mine"),
		mesh("write-it", ""),
	} {
		u := b.Mesh("written", text)
		p := b.Plan(u, planner.Options{})
		for _, s := range p.Steps {
			for _, r := range s.Risks {
				if r.Kind == plan.MessageLoss {
					t.Errorf("%s risks a loss: %s", s.ID, r.Detail)
				}
			}
		}
		b.Apply(p)
		b.Empty(u)
	}
	n := finish()
	missing, twice := written(ctx, t, file, n)
	if len(missing) > 0 {
		t.Errorf("%d of %d numbers are missing, the first is %d", len(missing), n, missing[0])
	}
	harness.Figure(t, "a sink under load through 4 changes: %d numbers, %d missing, %d written twice", n, len(missing), twice)
}

// written waits until all numbers below n are in the file.
func written(ctx context.Context, t *testing.T, file string, n int) (missing []int, twice int) {
	t.Helper()
	for {
		data, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		seen := map[int]int{}
		for line := range strings.Lines(string(data)) {
			if i, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
				seen[i]++
			}
		}
		missing, twice = nil, 0
		for i := range n {
			if seen[i] == 0 {
				missing = append(missing, i)
			}
			twice += max(0, seen[i]-1)
		}
		if len(missing) == 0 {
			return nil, twice
		}
		select {
		case <-ctx.Done():
			return missing, twice
		case <-time.After(200 * time.Millisecond):
		}
	}
}
