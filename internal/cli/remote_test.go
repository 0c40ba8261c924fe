package cli

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/planner/record"
)

// manage lets the bench's commands go through a manager on its cluster.
func (b *bench) manage() {
	b.t.Helper()
	s, err := b.cluster.Records(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	m, err := manager.New(manager.Options{Records: s.(manager.Records), Gate: manager.Open{Who: "the role", Backend: b.cluster}, Backend: "native"})
	if err != nil {
		b.t.Fatal(err)
	}
	go func() { _ = m.Run(b.t.Context()) }()
	server := httptest.NewServer(m.Handler())
	b.t.Cleanup(server.Close)
	b.t.Cleanup(func() { m.Close(b.t.Context()) })
	for !m.Ready() {
		runtime.Gosched()
	}
	if b.env == nil {
		b.env = map[string]string{}
	}
	b.env[envManager] = server.URL
}

// TestByManager drives every command that a manager can take: outputs and exit codes
// are those of the command by itself.
func TestByManager(t *testing.T) {
	b := newBench(t)
	b.manage()
	b.want(2, "plan", "--detailed-exitcode")
	b.outHas("+ function public/default/split")
	b.want(0, "apply", "--yes", "--reason", "first")
	b.outHas("; version 1.")
	if h := b.head(); h.Author != "the role" || h.Reason.Text != "first" || h.Source == "" {
		t.Errorf("%+v", h)
	}
	b.want(0, "plan", "--detailed-exitcode")
	b.instances(3)
	b.want(0, "apply", "--yes", "-o", "json")
	b.outHas(`"type":"plan"`, `"type":"done"`, `"type":"report"`)
	b.want(0, "list")
	b.outHas("word-count")
	b.want(0, "list", "--all")
	b.outHas("the role")
	b.want(0, "history", wordCountID.String())
	b.outHas("first", "the role")
	b.want(0, "get", wordCountID.String())
	b.outHas("split", "parallelism")
	b.want(0, "get", wordCountID.String(), "--version", "1", "-o", "yaml")
	b.outHas("name: word-count")
	b.want(0, "diff", wordCountID.String(), "1", "2")
	b.outHas("parallelism")
	b.want(0, "status", wordCountID.String(), "--exit-code")
	b.outHas("split")
	b.want(0, "rollback", wordCountID.String(), "--to", "1", "--yes")
	if h := b.head(); h.Action != record.Rollback || h.Of != 1 || h.Outcome != record.Applied {
		t.Errorf("rolled back: %+v", h)
	}
	b.want(0, "lock", wordCountID.String(), "--reason", "quiet")
	b.want(0, "unlock", wordCountID.String())
	b.errHasNot("nobody")
	b.hold("bob", "a change")
	b.instances(5)
	b.want(1, "apply", "--yes")
	b.errHas("locked by bob", "a change")
	b.want(0, "unlock", wordCountID.String(), "--force")
	b.want(0, "plan", "--out", "plan.json")
	b.want(0, "apply", "--yes", "plan.json")
	b.want(4, "destroy", "--yes", "--delete-topics")
	b.want(0, "delete", "--name", "word-count", "--yes")
	if h := b.head(); h.Live() {
		t.Errorf("still live: %+v", h)
	}
	b.write("mesh.yaml", strings.Replace(wordCount, "className", "classNaem", 1))
	b.want(3, "apply", "--yes")
	b.want(64, "apply", "--yes", "--admin-url", "http://x")
}

func (b *bench) errHasNot(text string) {
	b.t.Helper()
	if strings.Contains(b.err.String(), text) {
		b.t.Errorf("standard error has %q: %s", text, b.err)
	}
}
