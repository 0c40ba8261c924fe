package oracle

import (
	"os"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestWorker asks the worker that all tests share about all cases, so that what
// the table says is what Pulsar does. MESHC_UPDATE=1 writes the answers into the
// table.
func TestWorker(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	cases := load(t)
	b := harness.New(t, pulsartest.Shared(t))
	version := b.Server.Version
	code := makeCode(t)
	p := place{tenant: b.Tenant, namespace: b.Namespace, transform: "function://" + b.Tenant + "/" + b.Namespace + "/transform@1"}
	upload(t, b, p, code)
	begin := time.Now()
	answers := asker{b.Client, p, code}.ask(t, cases)
	took := time.Since(begin)
	if os.Getenv("MESHC_UPDATE") != "" {
		record(t, cases, answers, version)
		return
	}
	accepted, stuck := 0, 0
	for _, c := range cases {
		got, answered := answers[c.Name]
		if want := c.expected(version); answered && !want.same(got) {
			t.Errorf("%s: Pulsar %s: %s, want %s", c.Name, version, got, want)
		}
		if got.Accepted {
			accepted++
		}
		if got.Accepted && c.Stuck != "" {
			stuck++
		}
	}
	harness.Figure(t, "Pulsar %s: %d cases, %d refused, %d accepted, of which %d never run, %.1f s", version, len(cases), len(answers)-accepted, accepted, stuck, took.Seconds())
}

// TestTable makes sure that the table is as large as it is meant to be, for each
// kind of component.
func TestTable(t *testing.T) {
	const refused, accepted = 80, 40
	count := map[bool]int{}
	kinds := map[string]map[bool]int{}
	for _, c := range load(t) {
		kind := c.Kind
		switch {
		case c.codeField() == "py" || c.codeField() == "go":
			kind = c.codeField()
		case has(&c.Config, "windowConfig"):
			kind = "window"
		}
		if kinds[kind] == nil {
			kinds[kind] = map[bool]int{}
		}
		kinds[kind][c.Accepted]++
		count[c.Accepted]++
		if c.Accepted && c.Refused != "" {
			t.Errorf("%s: accepted and refused", c.Name)
		}
	}
	if count[false] < refused || count[true] < accepted {
		t.Errorf("%d cases are refused and %d accepted, want at least %d and %d", count[false], count[true], refused, accepted)
	}
	for _, kind := range []string{"function", "py", "go", "window", "source", "sink"} {
		if kinds[kind][false] < 5 || kinds[kind][true] < 5 {
			t.Errorf("%s: %d cases are refused and %d accepted, want at least 5 each", kind, kinds[kind][false], kinds[kind][true])
		}
	}
}
