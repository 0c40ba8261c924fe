package manager_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// gate passes connections on to a broker. While it is mute nothing that the broker says
// comes through.
type gate struct {
	net.Listener
	to string

	mu   sync.Mutex
	open []net.Conn
	mute bool
}

func newGate(t *testing.T, broker string) *gate {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Listener: l, to: strings.TrimPrefix(broker, "pulsar://")}
	t.Cleanup(func() { l.Close(); g.cut() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", g.to)
			if err != nil {
				in.Close()
				continue
			}
			g.mu.Lock()
			g.open = append(g.open, in, out)
			g.mu.Unlock()
			go func() { _, _ = io.Copy(out, in); out.Close() }()
			go func() { _, _ = io.Copy(says{g, in}, out); in.Close() }()
		}
	}()
	return g
}

// says is what the broker says.
type says struct {
	g *gate
	net.Conn
}

// Write implements io.Writer.
func (s says) Write(b []byte) (int, error) {
	s.g.mu.Lock()
	mute := s.g.mute
	s.g.mu.Unlock()
	if mute {
		return len(b), nil
	}
	return s.Conn.Write(b)
}

func (g *gate) silence() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mute = true
}

// cut ends all connections; those that come later are heard again.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.open {
		c.Close()
	}
	g.open, g.mute = nil, false
}

// through names the gate where the web service names the broker.
type through struct{ broker, gate string }

// RoundTrip implements http.RoundTripper.
func (r through) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil || !strings.HasPrefix(req.URL.Path, "/lookup/") {
		return resp, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	text = bytes.ReplaceAll(text, []byte(r.broker), []byte(r.gate))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return resp, err
}

// TestTheAnswerIsLost: a write whose answer does not arrive is stored once, and is told as
// what became of it, whatever the others do meanwhile.
func TestTheAnswerIsLost(t *testing.T) {
	for _, c := range []struct {
		name string
		// heard tells that the broker gets the write, and only its answer is lost.
		heard bool
		// after is done before the connection comes back.
		after func(t *testing.T, p *place, other *manager.Store, first record.Head)
		lost  bool
	}{
		{name: "the write does not arrive"},
		{name: "the write arrives", heard: true},
		{name: "another writes after it", heard: true, after: func(t *testing.T, _ *place, other *manager.Store, first record.Head) {
			if _, err := other.Write(t.Context(), recordtest.Next(first.ID(), first, "other"), nil); err != nil {
				t.Error(err)
			}
		}},
		{name: "another writes after it, and compaction takes it away", heard: true, after: func(t *testing.T, p *place, other *manager.Store, first record.Head) {
			if _, err := other.Write(t.Context(), recordtest.Next(first.ID(), first, "other"), nil); err != nil {
				t.Error(err)
			}
			p.compact(t, p.options(t))
		}},
		{name: "another writes in its place", lost: true, after: func(t *testing.T, _ *place, other *manager.Store, first record.Head) {
			if _, err := other.Write(t.Context(), recordtest.Next(first.ID(), record.Head{}, "other"), nil); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, pulsartest.Shared(t))
			g := newGate(t, p.srv.BrokerURL)
			o := p.options(t)
			o.Patience = 200 * time.Millisecond
			other, id := openWith(t, o), newMesh()
			next := recordtest.Next(id, record.Head{}, "cut")
			settings := conn.Settings{AdminURL: p.srv.AdminURL}
			client, err := admin.New(settings, admin.WithTransport(through{p.srv.BrokerURL, "pulsar://" + g.Addr().String()}))
			if err != nil {
				t.Fatal(err)
			}
			o.Client, o.Settings = client, settings
			done := make(chan struct{})
			var once sync.Once
			s := openWith(t, manager.WithHeld(o, func() {
				once.Do(func() {
					if !c.heard {
						g.cut()
						if c.after != nil {
							c.after(t, p, other, next)
						}
						close(done)
						return
					}
					g.silence()
					go func() {
						defer close(done)
						defer g.cut()
						for {
							if h, err := other.Head(t.Context(), id); err == nil {
								if c.after != nil {
									c.after(t, p, other, h)
								}
								return
							}
						}
					}()
				})
			}))
			stored, err := s.Write(t.Context(), next, recordtest.BodyOf("name: cut"))
			<-done
			if c.lost {
				if err == nil {
					t.Error("it is told as written")
				}
			} else if err != nil || stored.Version != 1 || stored.Author != "cut" {
				t.Errorf("%+v, %v", stored, err)
			}
			got, err := p.open(t).History(t.Context(), id, 0, 10)
			if err != nil || len(got) == 0 || got[len(got)-1].Author == "cut" == c.lost {
				t.Errorf("history %+v, %v", got, err)
			}
			for i, h := range got {
				if h.Version != int64(len(got)-i) {
					t.Errorf("history %+v", got)
				}
			}
		})
	}
}
