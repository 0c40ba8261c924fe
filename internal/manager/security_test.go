package manager_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
)

// TestNeverOpen: a manager without a gate is none.
func TestNeverOpen(t *testing.T) {
	b := memory.New(native.Rules{})
	store, err := b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := manager.New(manager.Options{Records: store.(manager.Records)}); err == nil {
		t.Error("a manager without a gate was made")
	}
}

// TestWhoMayWhat: every path about meshes asks who it is, and whether that one may.
func TestWhoMayWhat(t *testing.T) {
	d := newDesk(t, nil)
	doc := decode[struct {
		Paths map[string]map[string]struct {
			Security []any `json:"security"`
		} `json:"paths"`
	}](t, manager.Describe())
	fill := strings.NewReplacer("{tenant}", "acme", "{namespace}", "default", "{mesh}", "m", "{version}", "1", "{operation}", "alone.x")
	checked := 0
	for path, item := range doc.Paths {
		for method, op := range item {
			if op.Security == nil {
				continue
			}
			checked++
			q := request{method: strings.ToUpper(method), path: fill.Replace(path)}
			d.problem(q, 401, api.KindUnauthorized)
			if strings.Contains(path, "{tenant}") {
				q.who = "alice"
				d.problem(q, 403, api.KindForbidden)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d paths ask who it is", checked)
	}
	// A list over all tenants has only what the caller may see.
	body, kind := form(t, "tenant: alice\nnamespace: own\n"+meshFile("m", 1), pyFile, "")
	d.ask(request{method: "PUT", path: api.Meshes + "/alice/own/m?wait=10s", who: "alice", body: body, header: kind}, 200)
	d.put("public/default/m", meshFile("m", 1), pyFile)
	for who, want := range map[string]int{"alice": 2, "bob": 1} {
		if p := decode[api.Page](t, d.ask(request{method: "GET", path: api.Meshes, who: who}, 200)); len(p.Items) != want {
			t.Errorf("%s sees %d meshes, want %d", who, len(p.Items), want)
		}
	}
}

// TestTooLarge: a body beyond its limit is refused, told or not how large it is.
func TestTooLarge(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Limits.Upload = 64 << 10; o.Limits.Body = 8 << 10 })
	big := map[string]string{"dir/f.py": strings.Repeat("# x\n", 32<<10)}
	body, kind := form(t, meshFile("m", 1), big, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 413, api.KindTooLarge)
	d.problem(request{method: "PUT", path: one, who: "alice", body: strings.Repeat("#", 9<<10)}, 413, api.KindTooLarge)
	for _, header := range []map[string]string{kind, {"Content-Type": "application/yaml"}} {
		// A reader that net/http does not know the length of is sent in chunks.
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.url+one, io.MultiReader(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer alice-secret")
		req.Header.Set("Content-Type", header["Content-Type"])
		resp, err := (&http.Client{Transport: d.c}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 413 {
			t.Errorf("in chunks: %s", resp.Status)
		}
	}
}

// TestSlowClients: who sends a header or a body by and by is cut off.
func TestSlowClients(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Limits.ReadTime = 200 * time.Millisecond })
	for name, begin := range map[string]string{
		"header": "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"body":   "PUT " + one + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice-secret\r\nContent-Type: application/yaml\r\nContent-Length: 1000\r\n\r\nname: m",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(d.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			began := time.Now()
			if _, err := io.WriteString(conn, begin); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			answer, err := io.ReadAll(conn)
			if err != nil && !errors.Is(err, io.EOF) && time.Since(began) > 9*time.Second {
				t.Errorf("not cut off: %v", err)
			}
			if bytes.Contains(answer, []byte(" 200 ")) || time.Since(began) > 5*time.Second {
				t.Errorf("after %v: %s", time.Since(began), answer)
			}
		})
	}
}

// TestHeaders: every answer says that it is not to be stored, framed or guessed at.
func TestHeaders(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Secure = true })
	for _, path := range []string{api.Healthy, one, "/nothing"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		for key, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "max-age=31536000"} {
			if have := resp.Header.Get(key); have != want {
				t.Errorf("%s: %s is %q", path, key, have)
			}
		}
	}
}

// lead is a leadership that a test decides.
type lead struct {
	name   string
	leads  atomic.Bool
	lost   atomic.Bool
	leader atomic.Pointer[[2]string]
}

func (l *lead) Leader() (name, url string, known bool) {
	if p := l.leader.Load(); p != nil {
		return p[0], p[1], true
	}
	return "", "", false
}
func (l *lead) Leading() bool { return l.leads.Load() }
func (l *lead) Confirm(context.Context) error {
	if l.lost.Load() || !l.leads.Load() {
		return errors.New("another one leads")
	}
	return nil
}
func (l *lead) Name() string { return l.name }
func (l *lead) Member(name string) (url string, known bool) {
	if p := l.leader.Load(); p != nil && p[0] == name {
		return p[1], true
	}
	return "", false
}

// TestFollowers: a follower answers from its own memory and passes writes on, with
// the caller's credentials, to the leader and to nobody else.
func TestFollowers(t *testing.T) {
	first := &lead{name: "first"}
	first.leads.Store(true)
	first.leader.Store(&[2]string{"first", ""})
	d := newDesk(t, func(o *manager.Options) { o.Leadership = first })
	first.leader.Store(&[2]string{"first", d.url})
	eventually(t, "it leads", d.m.Ready)
	second := &lead{name: "second"}
	second.leader.Store(&[2]string{"first", d.url})
	allowed := atomic.Bool{}
	f := openDesk(t, d.b, func(o *manager.Options) {
		o.Leadership = second
		o.Forward = &manager.Forward{Allowed: func(*url) bool { return allowed.Load() }}
	})
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	put := request{method: "PUT", path: one + "?wait=10s&allow=message-loss", who: "alice", body: body, header: kind}
	if p := f.problem(put, 503, api.KindNoLeader); !strings.Contains(p.Detail, "--peer") {
		t.Errorf("not allowed: %s", p.Detail)
	}
	allowed.Store(true)
	op := decode[api.Operation](t, f.ask(put, 200))
	if op.Author != "alice" || !strings.HasPrefix(op.ID, "first.") {
		t.Errorf("passed on: %+v", op)
	}
	f.ask(request{method: "GET", path: api.Operations + "/" + op.ID, who: "alice"}, 200)
	eventually(t, "the follower knows", func() bool {
		status, _ := f.send(request{method: "GET", path: one, who: "alice"})
		return status == 200
	})
	put.header["Meshc-Forwarded-By"] = "third"
	f.problem(put, 503, api.KindNoLeader)
	second.leader.Store(nil)
	delete(put.header, "Meshc-Forwarded-By")
	f.problem(put, 503, api.KindNoLeader)
}

// TestFenced: a leader that has lost the lead begins nothing, not even a run that it
// has planned already.
func TestFenced(t *testing.T) {
	l := &lead{name: "old"}
	l.leads.Store(true)
	l.leader.Store(&[2]string{"old", "http://127.0.0.1:1"})
	d := newDesk(t, func(o *manager.Options) { o.Leadership = l; o.Gate = losing{o.Gate.(tokens), l} })
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	d.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 503, api.KindNoLeader)
	if d.b.Writes() != 0 {
		t.Error("it has written")
	}
	d.problem(request{method: "GET", path: one, who: "alice"}, 404, api.KindNotFound)
}

// losing is a gate whose callers take the lead away when a plan of theirs is agreed to.
type losing struct {
	tokens
	l *lead
}

func (g losing) Caller(r *http.Request) (manager.Caller, error) {
	c, err := g.tokens.Caller(r)
	if err != nil {
		return nil, err
	}
	return losingRole{c.(role), g.l}, nil
}

type losingRole struct {
	role
	l *lead
}

func (r losingRole) Allows(_ context.Context, _ meshID, p *plan.Plan) error {
	if !p.Empty() {
		r.l.lost.Store(true)
	}
	return nil
}
