package failure

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestNetworkCut cuts the network in the middle of an upload, for a moment and
// for good. For a moment: the same apply gets through. For good: it says so, and
// another apply does the rest.
func TestNetworkCut(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	paddedJar(b, "code.jar", 8<<20)
	b.File("mesh", one)
	p := newProxy(t, strings.TrimPrefix(b.Server.AdminURL, "http://"))
	through := []string{"--admin-url", "http://" + p.Addr().String(), "--broker-url", b.Server.BrokerURL}

	p.cutAfter(3 << 20)
	c := b.Run(append([]string{"apply", "mesh.yaml", "--yes", "-o", "json"}, through...)...).Want(0).Says(`"type":"progress"`, `"sent":`, `"total":`)
	t.Logf("cut once: %v, %d cuts:\n%s", c.Took.Round(time.Millisecond), p.cuts.Load(), complaint(c))
	if p.cuts.Load() == 0 {
		t.Error("nothing was cut")
	}
	b.Run("plan", "mesh.yaml", "--detailed-exitcode").Want(0)

	paddedJar(b, "code.jar", 8<<20)
	p.cutAfter(3 << 20)
	p.downAfterwards.Store(true)
	c = b.Run(append([]string{"apply", "mesh.yaml", "--yes"}, through...)...).Want(1).Says("create package", "to go on: meshc apply")
	t.Logf("cut for good: %v:\n%s", c.Took.Round(time.Millisecond), complaint(c))
	if c.Took > time.Minute {
		t.Errorf("it took %v to give up", c.Took)
	}
	converge(t, b, "mesh.yaml")
}

// proxy passes connections on, and can cut them.
type proxy struct {
	net.Listener
	to string
	// left counts down the bytes that may still go to the server; then all is cut.
	left atomic.Int64
	cuts atomic.Int64
	// downAfterwards refuses connections after the next cut.
	downAfterwards atomic.Bool

	mu   sync.Mutex
	open map[net.Conn]bool
}

func newProxy(t *testing.T, to string) *proxy {
	p := &proxy{Listener: listen(t), to: to, open: map[net.Conn]bool{}}
	p.left.Store(1 << 62)
	go p.serve()
	t.Cleanup(p.cut)
	return p
}

// cutAfter cuts everything when so many more bytes have gone to the server.
func (p *proxy) cutAfter(n int64) { p.left.Store(n) }

func (p *proxy) serve() {
	for {
		c, err := p.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", p.to)
		if err != nil {
			c.Close()
			continue
		}
		p.mu.Lock()
		p.open[c], p.open[s] = true, true
		p.mu.Unlock()
		go func() { _, _ = io.Copy(s, &counted{c, p}); s.Close() }()
		go func() { _, _ = io.Copy(c, s); c.Close() }()
	}
}

// cut closes all connections without a word, as a router that fails does.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		c.Close()
	}
	clear(p.open)
}

// counted counts what the client sends.
type counted struct {
	net.Conn
	p *proxy
}

// Read implements io.Reader.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b[:min(len(b), 16<<10)])
	if left := c.p.left.Add(-int64(n)); left <= 0 && left+int64(n) > 0 {
		c.p.cuts.Add(1)
		c.p.left.Store(1 << 62)
		if c.p.downAfterwards.Load() {
			c.p.Close()
		}
		c.p.cut()
		return 0, io.EOF
	}
	return n, err
}
