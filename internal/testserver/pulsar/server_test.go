//go:build unix

package pulsar_test

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// The tests below start as few servers as they can, one group at a time: a
// start costs ten seconds of two cores.

// TestTwoServers runs the two kinds that differ most, side by side.
func TestTwoServers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	pulsartest.Require(t, pulsar.Options{})
	if _, err := pulsar.Home(t.Context(), "", os.Stderr); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	python, err := pulsar.Python(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	options := []pulsar.Options{
		{Auth: true, Packages: true, HTTPThreads: 32, Dir: dir, Output: os.Stderr},
		{Runtime: pulsar.Process, Python: python, Dir: dir, Output: os.Stderr},
	}
	servers := make([]*pulsar.Server, 2)
	var wg sync.WaitGroup
	for i, o := range options {
		wg.Go(func() {
			s, err := pulsar.Start(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			servers[i] = s
		})
	}
	wg.Wait()
	t.Cleanup(func() {
		for _, s := range servers {
			if s != nil {
				if t.Failed() {
					t.Logf("the last words of the server at %s:\n%s", s.AdminURL, child.Tail(s.Log, 40))
				}
				s.Stop()
			}
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	withAuth, inProcess := servers[0], servers[1]

	t.Run("auth", func(t *testing.T) { testAuth(t, withAuth) })
	t.Run("options", func(t *testing.T) { testOptions(t, withAuth, inProcess) })
	t.Run("process runtime", func(t *testing.T) { testProcessRuntime(t, inProcess) })
	t.Run("loopback only", func(t *testing.T) {
		for _, s := range servers {
			checkLoopback(t, s.Pid)
		}
	})
	t.Run("kill and restart", func(t *testing.T) { testRestart(t, withAuth) })
	t.Run("stop", func(t *testing.T) {
		for _, s := range servers {
			wg.Go(func() {
				if err := s.Stop(); err != nil {
					t.Error(err)
				}
				if groupRuns(s.Pid) {
					t.Error("processes are left")
				}
				if err := s.Stop(); err != nil {
					t.Errorf("a second Stop: %v", err)
				}
				if err := s.Restart(t.Context()); err == nil {
					t.Error("Restart after Stop: no error")
				}
			})
		}
		wg.Wait()
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func testAuth(t *testing.T, srv *pulsar.Server) {
	dev := srv.Token("dev")
	for _, c := range []struct {
		name, token string
		want        int
	}{
		{"no token", "", http.StatusUnauthorized},
		{"a token of another server", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.x", http.StatusUnauthorized},
		{"a role without rights", dev, http.StatusUnauthorized},
		{"superuser", srv.AdminToken(), http.StatusOK},
	} {
		if code, body := get(t, srv, c.token, "/admin/v2/namespaces/public"); code != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, code, c.want, body)
		}
	}
	ns := pulsartest.Namespace(t, srv)
	if code, body := createExclamation(t, srv, dev, ns, "refused", "JAVA"); code != http.StatusUnauthorized {
		t.Errorf("create without the right: %d %s", code, body)
	}
	if code, body := request(t, srv.AdminToken(), http.MethodPost, srv.AdminURL+"/admin/v2/namespaces/"+ns+"/permissions/dev", "application/json", []byte(`["functions"]`)); code/100 != 2 {
		t.Fatalf("grant: %d %s", code, body)
	}
	if code, body := createExclamation(t, srv, dev, ns, "granted", "JAVA"); code != http.StatusNoContent {
		t.Fatalf("create with the right: %d %s", code, body)
	}
	awaitRunning(t, srv, dev, ns, "granted")
}

func testOptions(t *testing.T, withAuth, inProcess *pulsar.Server) {
	if withAuth.AdminURL == inProcess.AdminURL || withAuth.BrokerURL == inProcess.BrokerURL || withAuth.RunDir == inProcess.RunDir {
		t.Error("the servers share something")
	}
	if _, body := get(t, withAuth, withAuth.AdminToken(), "/admin/v2/brokers/configuration/runtime"); !strings.Contains(body, `"numHttpServerThreads":"32"`) && !strings.Contains(body, `"numHttpServerThreads" : "32"`) {
		t.Error("numHttpServerThreads is not 32")
	}
	const packages = "/admin/v3/packages/function/public/default"
	if code, body := get(t, withAuth, withAuth.AdminToken(), packages); code != http.StatusOK {
		t.Errorf("package service that should be on: %d %s", code, body)
	}
	if code, _ := get(t, inProcess, "", packages); code == http.StatusOK {
		t.Error("package service that should be off answers 200")
	}
}

func testProcessRuntime(t *testing.T, srv *pulsar.Server) {
	for _, runtime := range []string{"JAVA", "PYTHON"} {
		if code, body := createExclamation(t, srv, "", "public/default", runtime, runtime); code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", runtime, code, body)
		}
	}
	for _, runtime := range []string{"JAVA", "PYTHON"} {
		awaitRunning(t, srv, "", "public/default", runtime)
	}
}

func testRestart(t *testing.T, srv *pulsar.Server) {
	put := srv.AdminURL + "/admin/v2/namespaces/public/survivor"
	if code, body := request(t, srv.AdminToken(), http.MethodPut, put, "", nil); code/100 != 2 {
		t.Fatalf("%d %s", code, body)
	}
	before := srv.Pid
	srv.Kill()
	if groupRuns(before) {
		t.Error("processes are left after Kill")
	}
	if err := srv.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if srv.Pid == before {
		t.Error("Restart started no process")
	}
	if _, body := get(t, srv, srv.AdminToken(), "/admin/v2/namespaces/public"); !strings.Contains(body, "public/survivor") {
		t.Errorf("the data did not survive: %s", body)
	}
}

// TestParentKilled starts a 4.2.4 in a child process, gives it a function in a
// process of its own, and kills the child: server, function and run folder go.
func TestParentKilled(t *testing.T) {
	dir := os.Getenv("PULSAR_PARENT_DIR")
	opts := pulsar.Options{Version: "4.2.4", Runtime: pulsar.Process, Packages: true, Dir: dir, Output: os.Stderr}
	if dir != "" { // the child
		srv, err := pulsar.Start(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		if code, body := createExclamation(t, srv, "", "public/default", "f", "JAVA"); code != http.StatusNoContent {
			t.Fatalf("%d %s", code, body)
		}
		awaitRunning(t, srv, "", "public/default", "f")
		os.Stdout.WriteString("ready " + strconv.Itoa(srv.Pid) + "\n")
		select {} // until killed
	}
	if testing.Short() {
		t.Skip("starts a server")
	}
	pulsartest.Require(t, opts)
	pulsartest.Require(t, pulsar.Options{})
	dir = t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestParentKilled$", "-test.v")
	child.Env = append(os.Environ(), "PULSAR_PARENT_DIR="+dir)
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Process.Kill()
	pid := 0
	for lines := bufio.NewScanner(stdout); pid == 0 && lines.Scan(); {
		t.Log(lines.Text())
		if text, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			pid, _ = strconv.Atoi(text)
		}
	}
	if pid == 0 {
		t.Fatal("the child started no server")
	}
	checkLoopback(t, pid)
	child.Process.Signal(syscall.SIGKILL)
	child.Wait()
	eventually(t, 10*time.Second, func() bool { return !groupRuns(pid) }, func() string { return "the server outlived its parent" })
	eventually(t, 10*time.Second, func() bool {
		left, _ := filepath.Glob(filepath.Join(dir, "*"))
		return len(left) == 0
	}, func() string { return "the run folder outlived the server" })
}
