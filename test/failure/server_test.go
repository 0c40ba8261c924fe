package failure

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// TestServer starts a server of its own, with apply running before it is ready,
// then takes it away in the middle of an apply, and lets another one come too
// early after that. One test, because a start is what costs most.
func TestServer(t *testing.T) {
	r := seeded(t)
	b := &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}
	opts := pulsar.Options{Packages: true, HTTPThreads: 32, Dir: t.TempDir(), Output: os.Stderr}
	pulsartest.Require(t, opts)
	live := firstVersion()
	file := live.write(b)
	b.File("victim", strings.Replace(live.body(), ", external: true", "", 1)) // nobody else makes it here

	t.Run("first start", func(t *testing.T) {
		started := make(chan error, 1)
		go func() {
			srv, err := pulsar.Start(context.Background(), opts)
			b.Server = srv
			if err != nil {
				t.Errorf("the server did not start: %v", err)
			}
			started <- err
		}()
		env := earlyEnv(t, opts.Dir)
		untilDone(t, b, env, file)
		<-started
	})
	if b.Server == nil {
		t.FailNow()
	}
	t.Cleanup(func() {
		if err := b.Server.Stop(); err != nil {
			t.Log(err)
		}
	})
	converge(t, b, file)

	for _, at := range []string{`"type":"started"` + stepOf(b, "update", "first"), `"type":"done"` + stepOf(b, "update", "first"), `"step":"create package/`}[:times("MESHC_SERVER_KILLS", 1)] {
		live = live.next(r)
		file = live.write(b)
		c := b.Start("apply", file, "--yes", "-o", "json")
		if !c.Await(at) {
			t.Fatalf("it ended before %s\n%s", at, c.Told())
		}
		b.Server.Kill()
		c.Wait().Want(1).Says(`"outcome":"failed"`, "to go on: meshc apply "+file)
		t.Logf("server killed at %s: apply ended after %v, %s\n%s", at, c.Took.Round(time.Millisecond), progress(c), c.Output()[strings.LastIndex(c.Output(), "\nmeshc: "):])
		if c.Took > time.Minute {
			t.Errorf("it took %v to give up", c.Took)
		}
		restarted := make(chan error, 1)
		go func() { restarted <- b.Server.Restart(context.Background()) }()
		untilDone(t, b, b.Env(), file)
		if err := <-restarted; err != nil {
			t.Fatal(err)
		}
		converge(t, b, file)
	}
	t.Run("left standing", func(t *testing.T) { leftStanding(t, b, file, live) })
}

// leftStanding restarts the server with nothing to do: its worker starts before the
// package service that it needs, and leaves all functions where they are.
func leftStanding(t *testing.T, b *harness.Bench, file string, live version) {
	b.Server.Kill()
	if err := b.Server.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	want, instances := 3, 2+live.parallel
	if live.side {
		want, instances = want+1, instances+1
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		c := b.Run("status", file).Want(0)
		if strings.Count(c.Stdout(), "Pulsar does not try again; meshc apply starts it.") == instances {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("no %d instances stand still: this Pulsar starts them by itself\n%s", instances, c.Told())
		}
	}
	p := b.Run("plan", file, "--detailed-exitcode").Want(2)
	n := strings.Count(p.Stdout(), ": stands still, apply starts it")
	if n != want {
		t.Errorf("the plan starts %d functions, want %d\n%s", n, want, p.Told())
	}
	c := converge(t, b, file)
	t.Logf("%d functions left standing by a restart, started in %v", n, c.Took.Round(time.Millisecond))
}

// untilDone applies again and again until that ends well: while the server
// starts each apply that does not has to say why, and must not hang.
func untilDone(t *testing.T, b *harness.Bench, env []string, file string) {
	t.Helper()
	said := map[string]int{}
	begin := time.Now()
	for n := 1; ; n++ {
		at := time.Since(begin)
		c := harness.Run(t, b.Dir, env, "apply", file, "--yes")
		if c.Code == 0 {
			t.Logf("attempt %d, begun %v after the server, ended well after %v", n, at.Round(time.Millisecond), c.Took.Round(time.Millisecond))
			break
		}
		if at > 2*time.Minute {
			t.Fatalf("%s", c.Told())
		}
		c.Want(1, 3, 5)
		what := strings.TrimSpace(complaint(c))
		if said[what]++; said[what] == 1 {
			t.Logf("attempt %d, begun %v after the server: exit code %d after %v:\n%s", n, at.Round(time.Millisecond), c.Code, c.Took.Round(time.Millisecond), what)
		}
		time.Sleep(50 * time.Millisecond) // the next offset
	}
}

var settings = regexp.MustCompile(`(?m)^(webServicePort|brokerServicePort)=(\d+)$`)

// earlyEnv is Env of a server that is not ready yet: its ports are in its run folder.
func earlyEnv(t *testing.T, dir string) []string {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		found, _ := filepath.Glob(filepath.Join(dir, "pulsar-*", "conf", "standalone.conf"))
		if len(found) == 0 {
			continue
		}
		text, err := os.ReadFile(found[0])
		if err != nil {
			continue
		}
		ports := map[string]string{}
		for _, m := range settings.FindAllStringSubmatch(string(text), -1) {
			ports[m[1]] = m[2] // the last one counts
		}
		if ports["webServicePort"] == "8080" || ports["webServicePort"] == "" {
			continue // the distribution's own file
		}
		conf := filepath.Join(dir, "client.conf")
		writeFile(t, conf, "webServiceUrl=http://127.0.0.1:"+ports["webServicePort"]+"\nbrokerServiceUrl=pulsar://127.0.0.1:"+ports["brokerServicePort"]+"\n")
		return []string{"PULSAR_CLIENT_CONF=" + conf}
	}
	t.Fatal("the server wrote no configuration")
	return nil
}
