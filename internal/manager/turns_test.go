package manager_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
)

// slow is a gate whose callers wait for the test when they open the cluster.
type slow struct {
	tokens
	opened, goOn chan struct{}
}

func (g slow) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil {
		return nil, err
	}
	return slowRole{c.(role), g}, nil
}

type slowRole struct {
	role
	g slow
}

func (r slowRole) Open(context.Context) (backend.Backend, func(), error) {
	r.g.opened <- struct{}{}
	<-r.g.goOn
	return r.b, func() {}, nil
}

// TestPlansAreBounded: beyond so many plans at a time, one is told to come again.
func TestPlansAreBounded(t *testing.T) {
	g := slow{opened: make(chan struct{}, 1), goOn: make(chan struct{})}
	d := newDesk(t, func(o *manager.Options) {
		g.tokens = o.Gate.(tokens)
		o.Gate, o.Limits.Plans, o.Limits.Turn = g, 1, time.Millisecond
	})
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	q := request{method: "POST", path: one + "/plan", who: "alice", body: body, header: kind}
	first := make(chan int, 1)
	go func() {
		status, _ := d.send(q)
		first <- status
	}()
	<-g.opened
	if told := d.problem(q, 503, api.KindBusy); !strings.Contains(told.Detail, "planned") {
		t.Error(told.Detail)
	}
	close(g.goOn)
	if status := <-first; status != 200 {
		t.Errorf("the first one: %d", status)
	}
	d.ask(q, 200)
}

// TestInputsAreBounded: beyond so many meshes that are being sent, one is told to come again.
func TestInputsAreBounded(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Limits.Inputs, o.Limits.Turn = 1, time.Millisecond })
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	coming, send := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.url+one+"?wait=10s", coming)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer alice-secret")
	req.Header.Set("Content-Type", kind["Content-Type"])
	first := make(chan int, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			first <- 0
			return
		}
		resp.Body.Close()
		first <- resp.StatusCode
	}()
	if _, err := io.WriteString(send, body[:10]); err != nil {
		t.Fatal(err)
	}
	q := request{method: "POST", path: one + "/plan", who: "alice", body: body, header: kind}
	eventually(t, "the second one is refused", func() bool {
		status, _ := d.send(q)
		return status == 503
	})
	if told := d.problem(q, 503, api.KindBusy); !strings.Contains(told.Detail, "sent") {
		t.Error(told.Detail)
	}
	if _, err := io.WriteString(send, body[10:]); err != nil {
		t.Fatal(err)
	}
	send.Close()
	if status := <-first; status != 200 {
		t.Errorf("the first one: %d", status)
	}
}

// TestStreamsAreBounded: beyond so many streams one is told to come again, until one ends.
func TestStreamsAreBounded(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Limits.Streams = 1 })
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+one+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer alice-secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(err, resp)
	}
	defer resp.Body.Close()
	d.problem(request{method: "GET", path: one + "/events", who: "alice"}, 503, api.KindBusy)
	leave()
	eventually(t, "another one may come", func() bool {
		again, stop := context.WithCancel(t.Context())
		defer stop()
		resp, err := http.DefaultClient.Do(req.Clone(again))
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	})
}

// TestNoCodeOfOthers: what did not come along is looked for where only the manager may
// put something, and not where anyone on its machine may.
func TestNoCodeOfOthers(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	place := filepath.Join(tmp, "meshc-manager-without-code", "none")
	if err := os.MkdirAll(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "f.py"), []byte("def process(x):\n    return 'evil'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, nil)
	body, kind := form(t, meshFile("m", 1), nil, "")
	told := d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 422, api.KindFindings)
	if strings.Contains(told.Detail, tmp) {
		t.Errorf("places of the manager are told: %s", told.Detail)
	}
	d.problem(request{method: "PUT", path: one, who: "alice", body: meshFile("m", 1), header: map[string]string{"Content-Type": "application/yaml"}}, 422, api.KindFindings)
	left, err := filepath.Glob(filepath.Join(tmp, "meshc-manager-*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
	twice, kind := form(t, meshFile("m", 1), map[string]string{"dir/f.py": "1", "dir/./f.py": "2"}, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: twice, header: kind}, 400, api.KindUsage)
}
