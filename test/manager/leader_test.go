package manager

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// stream registers meshes one after the other, each until it is accepted, by whichever
// manager answers.
type stream struct {
	c       *cluster
	members []*member
	prefix  string

	mu       sync.Mutex
	accepted []string
	// gap is the longest time without an acceptance.
	gap   time.Duration
	last  time.Time
	tries int
}

func (s *stream) run(t *testing.T, writer int, stop <-chan struct{}) {
	token := s.c.Token("deployer")
	for i := 0; ; i++ {
		name := fmt.Sprintf("%s-%d-%d", s.prefix, writer, i)
		for try := 0; ; try++ {
			select {
			case <-stop:
				return
			default:
			}
			s.mu.Lock()
			m := s.members[(writer+i+try)%len(s.members)]
			s.mu.Unlock()
			status, _ := ask(t, "PUT", m.url+meshes+"acme/orders/"+name, token, "application/yaml", failing(name), name)
			s.mu.Lock()
			s.tries++
			if status == 200 || status == 202 {
				now := time.Now()
				s.gap = max(s.gap, now.Sub(s.last))
				s.last = now
				s.accepted = append(s.accepted, name)
			}
			s.mu.Unlock()
			if status == 200 || status == 202 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// more waits until so many more writes are accepted.
func (s *stream) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.accepted)
	}
	before := count()
	soon(t, "writes are accepted", func() bool { return count() >= before+n })
}

// check reads the history of each accepted mesh: it is there, and was made once.
func (s *stream) check(t *testing.T, m *member) {
	t.Helper()
	for _, name := range s.accepted {
		status, text := ask(t, "GET", m.url+meshes+"acme/orders/"+name+"/history", s.c.Token("deployer"), "", nil, "")
		var page struct {
			Items []struct{ Version, Revision int64 }
		}
		if err := json.Unmarshal(text, &page); status != 200 || err != nil {
			t.Errorf("%s was accepted, and is lost: %d %s", name, status, text)
			continue
		}
		if len(page.Items) != 1 || page.Items[0].Version != 1 {
			t.Errorf("%s was accepted once, and is on record as %+v", name, page.Items)
		}
	}
}

// testKilled kills the leader of three under a stream of writes.
func (c *cluster) testKilled(t *testing.T) {
	topic := "persistent://public/functions/killed"
	s := &stream{c: c, prefix: "k", last: time.Now()}
	for range 3 {
		s.members = append(s.members, c.manager(t, topic))
	}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for w := range 2 {
		all.Go(func() { s.run(t, w, stop) })
	}
	for range 2 {
		s.more(t, 8)
		s.mu.Lock()
		s.gap, s.last = 0, time.Now()
		s.mu.Unlock()
		url := c.leader(t, s.members[0])
		for i, m := range s.members {
			if m.url == url {
				m.Signal(syscall.SIGKILL)
				<-m.Ended()
				s.mu.Lock()
				s.members = append(append([]*member{}, s.members[:i]...), s.members[i+1:]...)
				s.mu.Unlock()
				break
			}
		}
		killed := time.Now()
		soon(t, "another one leads", func() bool {
			now := c.leader(t, s.members[0])
			return now != "" && now != url
		})
		took := time.Since(killed)
		s.more(t, 8)
		s.mu.Lock()
		harness.Figure(t, "leader killed: another one leads after %v; the longest time without an accepted write is %v", took.Round(time.Millisecond), s.gap.Round(time.Millisecond))
		s.mu.Unlock()
		if took > 5*time.Second {
			t.Errorf("a new leader after %v", took)
		}
	}
	close(stop)
	all.Wait()
	harness.Figure(t, "%d writes accepted in %d tries, over two killed leaders", len(s.accepted), s.tries)
	s.check(t, s.members[0])
}

// testStopped lets the leader stand still until another one leads, and go on then.
func (c *cluster) testStopped(t *testing.T) {
	topic := "persistent://public/functions/stopped"
	s := &stream{c: c, prefix: "s"}
	for range 2 {
		s.members = append(s.members, c.manager(t, topic))
	}
	// The broker chooses anew a second after each one that joins.
	url, since := "", time.Now()
	soon(t, "both know for two seconds who leads", func() bool {
		was := url
		if url = c.leader(t, s.members[0]); url == "" || url != was || url != c.leader(t, s.members[1]) {
			since = time.Now()
		}
		return time.Since(since) > 2*time.Second
	})
	old, other := s.members[0], s.members[1]
	if old.url != url {
		old, other = other, old
	}
	old.Signal(syscall.SIGSTOP)
	stopped := time.Now()
	soon(t, "another one leads", func() bool { return c.leader(t, other) == other.url })
	harness.Figure(t, "leader stopped: another one leads after %v (keep-alive of 2 s)", time.Since(stopped).Round(time.Millisecond))
	// A write waits in the old leader's socket for its first breath.
	name := "s-waiting"
	answered := make(chan int, 1)
	go func() {
		status, _ := ask(t, "PUT", old.url+meshes+"acme/orders/"+name, c.Token("deployer"), "application/yaml", failing(name), name)
		answered <- status
	}()
	if status, text := ask(t, "PUT", other.url+meshes+"acme/orders/"+name, c.Token("deployer"), "application/yaml", failing(name), name); status != 200 && status != 202 {
		t.Fatalf("the new leader answers %d: %s", status, text)
	}
	old.Signal(syscall.SIGCONT)
	// It passes the write on, which is known by its key, or has no leader yet.
	if status := <-answered; status != 200 && status != 503 {
		t.Errorf("the old leader answers %d", status)
	}
	s.accepted = []string{name}
	s.check(t, other)
	soon(t, "the old leader follows", func() bool { return c.leader(t, old) == other.url })
	if status, text := ask(t, "PUT", old.url+meshes+"acme/orders/s-after", c.Token("deployer"), "application/yaml", failing("s-after"), "s-after"); status != 202 && status != 200 {
		t.Errorf("by way of the old leader: %d %s", status, text)
	}
	old.Signal(os.Interrupt)
	old.WaitFor(20 * time.Second).Want(0)
}
