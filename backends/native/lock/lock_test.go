package lock_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/lock"
	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// place is a lock topic of a test on a real broker.
type place struct {
	*testing.T
	srv   *pulsar.Server
	topic string
}

func newPlace(t *testing.T) *place {
	srv := pulsartest.Shared(t)
	return &place{T: t, srv: srv, topic: "non-persistent://" + pulsartest.Namespace(t, srv) + "/__meshc-m-lock"}
}

// options are those of a run; broker "" leaves it to the web service where to connect.
func (p *place) options(name, broker string) lock.Options {
	s, err := conn.Load(conn.Flags{AdminURL: p.srv.AdminURL, BrokerURL: broker}, func(string) string { return "" })
	if err != nil {
		p.Fatal(err)
	}
	path := strings.Replace(p.topic, "://", "/", 1)
	return lock.Options{
		Topic: p.topic, Settings: s, Holder: map[string]string{"name": name},
		Locate: func(ctx context.Context) (string, string, error) {
			var at struct{ BrokerURL, BrokerURLSsl string }
			err := p.get(ctx, "/lookup/v2/topic/"+path, &at)
			return at.BrokerURL, at.BrokerURLSsl, err
		},
		Make: func(context.Context) error { return errors.New("brokers of tests make topics on first use") },
		Look: func(ctx context.Context) (map[string]string, error) {
			var stats struct {
				Publishers []struct{ Metadata map[string]string }
			}
			err := p.get(ctx, "/admin/v2/"+path+"/stats", &stats)
			if err != nil || len(stats.Publishers) == 0 {
				return nil, err
			}
			return stats.Publishers[0].Metadata, nil
		},
	}
}

func (p *place) get(ctx context.Context, path string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.srv.AdminURL+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(v)
}

func (p *place) take(o lock.Options) *lock.Lease {
	p.Helper()
	l, err := lock.Take(p.Context(), o)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(l.Release)
	return l
}

func (p *place) refused(o lock.Options, holder string) {
	p.Helper()
	l, err := lock.Take(p.Context(), o)
	var held *lock.HeldError
	if !errors.As(err, &held) || held.Holder["name"] != holder {
		if err == nil {
			l.Release()
		}
		p.Fatalf("%v, want it to be held by %s", err, holder)
	}
}

// freed waits until the lock can be taken and tells how long that took.
func (p *place) freed(o lock.Options) time.Duration {
	p.Helper()
	begin := time.Now()
	for {
		l, err := lock.Take(p.Context(), o)
		if err == nil {
			l.Release()
			return time.Since(begin)
		}
		if !errors.As(err, new(*lock.HeldError)) || time.Since(begin) > 20*time.Second {
			p.Fatalf("after %v: %v", time.Since(begin), err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestOneAtATime(t *testing.T) {
	p := newPlace(t)
	begin := time.Now()
	first := p.take(p.options("first", ""))
	t.Logf("taken within %v", time.Since(begin))
	p.refused(p.options("second", ""), "first")
	p.refused(p.options("second", p.srv.BrokerURL), "first")
	// As many as 100 functions with their topics and subscriptions take.
	begin = time.Now()
	for range 400 {
		if err := first.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("confirmed 400 times, one after the other, within %v", time.Since(begin))
	first.Release()
	second := p.take(p.options("second", p.srv.BrokerURL))
	p.refused(p.options("third", ""), "second")
	second.Release()
	t.Logf("free %v after a release", p.freed(p.options("third", "")))
}

// gate passes connections on to a broker until it is shut, which cuts them.
type gate struct {
	net.Listener
	to string

	mu    sync.Mutex
	shut  bool
	pipes []net.Conn
}

func newGate(t *testing.T, broker string) *gate {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Listener: l, to: strings.TrimPrefix(broker, "pulsar://")}
	t.Cleanup(func() { g.close(true); l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", g.to)
			if err != nil || !g.admit(in, out) {
				in.Close()
				continue
			}
			go pass(in, out)
			go pass(out, in)
		}
	}()
	return g
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

func (g *gate) admit(conns ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut {
		g.pipes = append(g.pipes, conns...)
	}
	return !g.shut
}

func (g *gate) close(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
	if shut {
		for _, c := range g.pipes {
			c.Close()
		}
		g.pipes = nil
	}
}

// through makes a run connect by the gate, as if the web service named it.
func through(o lock.Options, g *gate) lock.Options {
	locate := o.Locate
	o.Locate = func(ctx context.Context) (string, string, error) {
		// Asking makes the broker take the topic.
		_, _, err := locate(ctx)
		return "pulsar://" + g.Addr().String(), "", err
	}
	return o
}

func TestACutConnectionIsMadeAnew(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, p.srv.BrokerURL)
	l := p.take(through(p.options("first", ""), g))
	for range 3 {
		g.close(true)
		g.close(false)
		// Ready waits for the new connection; no write begins without it.
		if err := l.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.refused(p.options("second", ""), "first")
	}
}

func TestALockThatAnotherHasIsLost(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, p.srv.BrokerURL)
	l := p.take(through(p.options("first", ""), g))
	g.close(true)
	t.Logf("free %v after the connection was cut", p.freed(p.options("second", "")))
	second := p.take(p.options("second", ""))
	ready := make(chan error, 1)
	go func() { ready <- l.Ready(t.Context()) }()
	g.close(false)
	<-l.Lost()
	var held *lock.HeldError
	if !errors.As(l.Err(), &held) || held.Holder["name"] != "second" {
		t.Errorf("%v", l.Err())
	}
	if err := <-ready; !errors.Is(err, l.Err()) {
		t.Errorf("Ready says %v", err)
	}
	if second.Err() != nil || second.Ready(t.Context()) != nil {
		t.Errorf("the second lost it as well: %v", second.Err())
	}
}

// Who was away while another had the lock and gave it back has to hear of it.
func TestALockThatAnotherHadIsLost(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, p.srv.BrokerURL)
	l := p.take(through(p.options("first", ""), g))
	g.close(true)
	p.freed(p.options("second", ""))
	g.close(false)
	<-l.Lost()
	if !errors.Is(l.Err(), lock.ErrMeanwhile) {
		t.Errorf("%v", l.Err())
	}
	// The next run gets it all the same.
	p.take(p.options("third", ""))
}

// A broker that was killed and starts again has forgotten all locks; who held one has
// it back before another comes.
func TestTheBrokerStartsAgain(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{})
	p := &place{T: t, srv: srv, topic: "non-persistent://" + pulsartest.Namespace(t, srv) + "/__meshc-m-lock"}
	o := p.options("first", "")
	o.Patience = 5 * time.Minute
	l := p.take(o)
	srv.Kill()
	if err := srv.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.refused(p.options("second", ""), "first")
}

func TestPatienceEnds(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, p.srv.BrokerURL)
	o := through(p.options("first", ""), g)
	o.Patience = 300 * time.Millisecond
	l := p.take(o)
	g.close(true)
	<-l.Lost()
	if err := l.Err(); err == nil || !strings.Contains(err.Error(), "could not be had back within 300ms") {
		t.Errorf("%v", err)
	}
}

// The clock of the holder before may have been ahead.
func TestClocksThatDiffer(t *testing.T) {
	p := newPlace(t)
	o := p.options("next", p.srv.BrokerURL)
	if _, _, err := o.Locate(t.Context()); err != nil { // the broker takes the topic
		t.Fatal(err)
	}
	ahead, err := wire.Dial(t.Context(), wire.Target{Address: strings.TrimPrefix(p.srv.BrokerURL, "pulsar://")})
	if err != nil {
		t.Fatal(err)
	}
	epoch := uint64(time.Now().Add(time.Hour).UnixMilli())
	if got, err := ahead.Exclusive(t.Context(), p.topic, &epoch, nil); err != nil || got != epoch {
		t.Fatal(got, err)
	}
	ahead.Close()
	p.freed(o)
	p.take(o).Release()
}

func TestWhereNoBrokerListens(t *testing.T) {
	p := newPlace(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "pulsar://" + l.Addr().String()
	l.Close()
	_, err = lock.Take(t.Context(), p.options("first", closed))
	var u *lock.Unreachable
	if !errors.As(err, &u) || u.Broker != closed {
		t.Errorf("%v", err)
	}
	// A broker that the cluster names elsewhere is not connected to.
	o := p.options("first", "")
	o.Locate = func(context.Context) (string, string, error) { return "pulsar://broker.example.org:6650", "", nil }
	_, err = lock.Take(t.Context(), o)
	if !errors.As(err, new(*conn.RefusedError)) || !strings.Contains(err.Error(), "--allow-host broker.example.org") {
		t.Errorf("%v", err)
	}
}
