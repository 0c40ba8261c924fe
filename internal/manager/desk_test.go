package manager_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// desk is a manager on a cluster in memory, with callers who have tokens.
type desk struct {
	testing.TB
	b   *memory.Backend
	m   *manager.Manager
	url string
	c   *contract
	log *lockedBuffer
	// stop ends it before the test does.
	stop func()
}

// lockedBuffer is a log that tests look into.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// tokens is a gate like that of Pulsar's tokens: who has "alice-secret" is alice, and
// alice may deploy to the tenant public.
type tokens struct{ b *memory.Backend }

func (g tokens) Caller(r *http.Request) (manager.Caller, error) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "-secret")
	if !ok {
		return nil, manager.ErrUnauthorized
	}
	return role{g.b, name}, nil
}

type role struct {
	b    *memory.Backend
	name string
}

func (r role) Name() string                { return r.name }
func (r role) Known(context.Context) error { return nil }
func (r role) May(_ context.Context, tenant, _ string) error {
	if tenant != "public" && tenant != r.name {
		return fmt.Errorf("%w: %s may not use tenant %s", manager.ErrForbidden, r.name, tenant)
	}
	return nil
}
func (r role) Open(context.Context) (backend.Backend, func(), error) { return r.b, func() {}, nil }
func (r role) Allows(context.Context, mesh.ID, *plan.Plan) error     { return nil }

func newDesk(t testing.TB, change func(*manager.Options)) *desk {
	b := memory.New(native.Rules{})
	for _, ns := range []string{"public/default", "public/other", "alice/own"} {
		b.Put(&state.Namespace{Name: ns})
		b.Put(&state.Topic{Name: "persistent://" + ns + "/in"})
	}
	return openDesk(t, b, change)
}

// openDesk opens one more manager on a cluster.
func openDesk(t testing.TB, b *memory.Backend, change func(*manager.Options)) *desk {
	store, err := b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{TB: t, b: b, log: &lockedBuffer{}}
	o := manager.Options{
		Records: store.(manager.Records), Gate: tokens{b}, Backend: "memory", Host: "desk",
		Log: slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Limits: manager.Limits{Beat: 50 * time.Millisecond},
	}
	if change != nil {
		change(&o)
	}
	if d.m, err = manager.New(o); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.url = "http://" + l.Addr().String()
	d.c = newContract(t, http.DefaultTransport)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var all sync.WaitGroup
	all.Go(func() { _ = d.m.Run(ctx) })
	all.Go(func() {
		if err := d.m.Serve(ctx, l, nil, 0, 5*time.Second); err != nil {
			t.Error(err)
		}
	})
	d.stop = func() { cancel(); all.Wait() }
	t.Cleanup(d.stop)
	eventually(t, "the manager is ready", func() bool { return d.m.Ready() })
	return d
}

// eventually waits until something holds, which has to be soon.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so after 10 s: %s", what)
		}
	}
}

// request is what a test asks.
type request struct {
	method, path string
	who          string
	body         string
	header       map[string]string
}

// ask sends a request and wants a status.
func (d *desk) ask(q request, status int) []byte {
	d.Helper()
	got, data := d.send(q)
	if got != status {
		d.Fatalf("%s %s: %d, want %d: %s", q.method, q.path, got, status, data)
	}
	return data
}

func (d *desk) send(q request) (int, []byte) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), q.method, d.url+q.path, strings.NewReader(q.body))
	if err != nil {
		d.Fatal(err)
	}
	if q.who != "" {
		req.Header.Set("Authorization", "Bearer "+q.who+"-secret")
	}
	for k, v := range q.header {
		req.Header.Set(k, v)
	}
	resp, err := (&http.Client{Transport: d.c}).Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	return resp.StatusCode, data
}

// problem asks for something that is refused.
func (d *desk) problem(q request, status int, kind string) api.Problem {
	d.Helper()
	p := decode[api.Problem](d, d.ask(q, status))
	if p.Type != kind {
		d.Errorf("%s %s: problem %q, want %q: %s", q.method, q.path, p.Type, kind, p.Detail)
	}
	return p
}

// put applies a mesh and waits for the end.
func (d *desk) put(name, text string, code map[string]string) api.Operation {
	d.Helper()
	body, kind := form(d, text, code, "")
	return decode[api.Operation](d, d.ask(request{method: "PUT", path: api.Meshes + "/" + name + "?wait=10s&allow=message-loss", who: "alice", body: body, header: kind}, 200))
}

// form makes a multipart request.
func form(t testing.TB, text string, code map[string]string, values string) (body string, header map[string]string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(name, file, text string) {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", name, file))
		p, err := w.CreatePart(h)
		if err == nil {
			_, err = io.WriteString(p, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	part(api.PartMesh, "dir/mesh.yaml", text)
	for path, content := range code {
		part(api.PartCode, path, content)
	}
	if values != "" {
		part(api.PartValues, "", values)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), map[string]string{"Content-Type": w.FormDataContentType()}
}

// meshFile is a mesh of one Python function whose code is dir/f.py.
func meshFile(name string, parallelism int) string {
	return fmt.Sprintf("name: %s\ntopics: [{name: in, external: true}]\nfunctions: [{name: %[1]s-f, py: f.py, className: f, inputs: [in], output: out-%[1]s, parallelism: %d}]\n", name, parallelism)
}

var pyFile = map[string]string{"dir/f.py": "def process(x):\n    return x\n"}
