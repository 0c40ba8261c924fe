package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/test/faultproxy"
	"github.com/meshc/meshc/test/harness"
)

// through lets meshc reach the server by a proxy.
func (b *bench) through() *faultproxy.Proxy {
	b.Helper()
	data, err := os.ReadFile(b.srv.Kubeconfig)
	if err != nil {
		b.Fatal(err)
	}
	var conf struct {
		Clusters []struct {
			Cluster struct {
				CA []byte `json:"certificate-authority-data"`
			}
		}
		Users []struct{ User struct{ Token string } }
	}
	if err := json.Unmarshal(data, &conf); err != nil || len(conf.Clusters) != 1 || len(conf.Users) != 1 {
		b.Fatal(err, conf)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(conf.Clusters[0].Cluster.CA)
	p := faultproxy.NewTLS(b.T, b.srv.URL, &tls.Config{RootCAs: pool}, conf.Users[0].User.Token)
	b.kubeconfig = filepath.Join(b.dir, "proxy.kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":%q}}],
		"users":[{"name":"u","user":{}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`, p.URL)
	if err := os.WriteFile(b.kubeconfig, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return p
}

// start starts meshc.
func (b *bench) start(args ...string) *harness.Command {
	b.Helper()
	return harness.Start(b.T, b.dir, nil, append(args, b.flags()...)...)
}

// writes matches the requests that change resources of meshes.
func writes(r *http.Request, _ faultproxy.Kind) bool {
	return r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/apis/compute.functionmesh.io/")
}

// TestKilled kills apply before and after each of its writes, on its way between two
// forms of a mesh: one more apply does the rest.
func TestKilled(t *testing.T) {
	forms(t, func(b *bench) {
		b.beside()
		p := b.through()
		versions := []struct {
			text  string
			nodes []string
		}{
			{head + fn("a", "in", "mid", "") + fn("b", "mid", "out", ""), []string{"a", "b"}},
			{head + fn("a", "in", "mid", ", timeoutMs: 5000") + fn("c", "mid", "out", ""), []string{"a", "c"}},
		}
		b.mesh(versions[0].text)
		b.converge("--lock=false")
		kills, now := 0, 0
		for write := 0; ; write++ {
			for _, done := range []bool{false, true} {
				now = 1 - now
				b.mesh(versions[now].text)
				held, release := make(chan struct{}), make(chan struct{})
				p.InjectWhere(writes, faultproxy.Holds(done, func() { close(held) }, release), write, 1)
				c := b.start("apply", "words.yaml", "--yes", "--lock=false", "--allow", "message-loss")
				select {
				case <-held:
					kills++
				case <-c.Ended():
				}
				c.Signal(os.Kill)
				<-c.Ended()
				close(release)
				if p.Heal() > 0 { // it has no such write
					c.Want(0)
					harness.Figure(t, "%s: %d kills, one more apply after each", t.Name(), kills)
					if kills < 2 || b.own && kills < 6 {
						t.Error("these are too few")
					}
					return
				}
				b.converge("--lock=false", "--allow", "message-loss")
				b.have(versions[now].nodes...)
			}
		}
	})
}

// TestServerTroubles has the API server ask for patience, tell of writes that met
// others, fail, and lose answers: apply does it all the same, and each write once.
func TestServerTroubles(t *testing.T) {
	forms(t, func(b *bench) {
		b.beside()
		p := b.through()
		for i, fault := range []faultproxy.Fault{
			faultproxy.SaysStatus(429, "TooManyRequests", "too many requests, please try again later", "Retry-After", "1"),
			faultproxy.SaysStatus(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again"),
			faultproxy.SaysStatus(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
			faultproxy.SaysText(500, "etcdserver: leader changed"),
			faultproxy.CutBefore(),
			faultproxy.CutAfter(),
		} {
			b.mesh(chain(fmt.Sprintf(", timeoutMs: %d", 1000+i), ""))
			p.InjectWhere(writes, fault, 0, 2)
			c := b.apply().Want(0)
			if left := p.Heal(); left == 2 {
				t.Errorf("%s was not done once:\n%s", fault.Name, c.Told())
			}
			b.settled()
			if n := b.spec("words-a")["timeout"]; n != float64(1000+i) {
				t.Errorf("after %s the timeout is %v", fault.Name, n)
			}
		}
		b.have("a", "b")
	})
}

// TestServerRestarts kills the API server while apply waits, and while it writes.
func TestServerRestarts(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	b := start(t, k8stest.Start(t, k8s.Options{}), true).operate()
	b.operator.Set("words-a", operator.NeverReady())
	b.mesh(chain("", ""))
	c := b.start("apply", "words.yaml", "--yes", "-o", "json")
	if !c.Await("0 of 1 pods are ready") {
		t.Fatalf("it does not wait:\n%s", c.Told())
	}
	b.srv.KillAPI()
	if err := b.srv.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.operator.Set("words-a", operator.Ready())
	c.Wait().Want(0)
	b.settled()
	b.want(functions, "words-a words-b")

	b.mesh(chain(", timeoutMs: 1000", ", timeoutMs: 1000"))
	p := b.through()
	held, release := make(chan struct{}), make(chan struct{})
	p.InjectWhere(writes, faultproxy.Holds(false, func() { close(held) }, release), 0, 1)
	c = b.start("apply", "words.yaml", "--yes")
	select {
	case <-held:
	case <-c.Ended():
		t.Fatalf("it writes nothing:\n%s", c.Told())
	}
	b.srv.KillAPI()
	close(release)
	if err := b.srv.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Wait().Want(0)
	b.settled()
}

// TestLock has two applies at once: one is told who has the lock, another one waits for
// it. A run that was killed keeps it for a moment only.
func TestLock(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	b := start(t, k8stest.Shared(t), false).operate()
	b.operator.Set("words-a", operator.NeverReady())
	b.mesh(chain("", ""))
	first := b.start("apply", "words.yaml", "--yes", "-o", "json")
	if !first.Await("0 of 1 pods are ready") {
		t.Fatalf("it does not wait:\n%s", first.Told())
	}
	b.apply().Want(1).Says("public/default/words", "being changed by another run, of", "--lock-timeout")
	b.meshc("plan", "words.yaml").Want(0) // needs no lock
	second := b.start("apply", "words.yaml", "--yes", "--lock-timeout", "1m", "-o", "json")
	if !second.Await("waiting for it at most") {
		t.Fatalf("it does not wait:\n%s", second.Told())
	}
	first.Signal(os.Kill)
	<-first.Ended()
	begin := time.Now()
	if !second.Await("0 of 1 pods are ready") {
		t.Errorf("the second run does not go on:\n%s", second.Told())
	}
	harness.Figure(t, "%s: the lock of a killed run was free after %v", t.Name(), time.Since(begin).Round(time.Second))
	b.operator.Set("words-a", operator.Ready())
	second.Wait().Want(0)
	b.settled()
	b.want("leases", "")
}
