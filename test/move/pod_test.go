package move

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// kubelet plays the part of the pods: for each it starts a Java instance by the very
// command of the container, in a folder that stands for the image's file system. Only
// the paths of that folder and the ports, which pods have to themselves, are others.
type kubelet struct {
	t         *testing.T
	cluster   *k8s.Server
	pulsar    *pulsar.Server
	home      string
	namespace string

	mu      sync.Mutex
	running map[string]*exec.Cmd
	started int
}

func newKubelet(t *testing.T, cluster *k8s.Server, srv *pulsar.Server, namespace string) *kubelet {
	t.Helper()
	home, err := pulsar.Home(t.Context(), srv.Version, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	return &kubelet{t: t, cluster: cluster, pulsar: srv, home: home, namespace: namespace, running: map[string]*exec.Cmd{}}
}

var ports = regexp.MustCompile(`--(port|metrics_port) \d+`)

// start is operator.Options.OnPod.
func (k *kubelet) start(ctx context.Context, p operator.Pod) error {
	image := k.t.TempDir()
	for _, dir := range []string{"pulsar/instances/deps", "tmp"} {
		if err := os.MkdirAll(filepath.Join(image, dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.Symlink(filepath.Join(k.home, "instances", "java-instance.jar"), filepath.Join(image, "pulsar/instances/java-instance.jar")); err != nil {
		return err
	}
	location, _, err := k.cluster.Kubectl(ctx, nil, "-n", k.namespace, "get", p.Kind+"s.compute.functionmesh.io", p.Component, "-o", "jsonpath={.spec.java.jarLocation} {.spec.java.jar}")
	if err != nil {
		return err
	}
	from, to, _ := strings.Cut(string(location), " ")
	if err := k.download(ctx, from, filepath.Join(image, to)); err != nil {
		return err
	}
	script := strings.ReplaceAll(p.Command[len(p.Command)-1], "/pulsar/", image+"/pulsar/")
	script = ports.ReplaceAllStringFunc(script, func(s string) string {
		flag, _, _ := strings.Cut(s, " ")
		return flag + " " + strconv.Itoa(freePort(k.t))
	})
	log, err := os.Create(filepath.Join(image, "log"))
	if err != nil {
		return err
	}
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir, cmd.Stdout, cmd.Stderr = image, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// What the image of the operator's runners has in /pulsar/lib is in the cache.
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-Xmx192m -Dpulsar.functions.instance.classpath="+filepath.Join(k.home, "lib")+"/*")
	for name, value := range p.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	k.mu.Lock()
	k.running[p.UID] = cmd
	k.started++
	k.mu.Unlock()
	go func() {
		_ = cmd.Wait()
		_ = log.Close()
		if k.t.Context().Err() == nil && k.forget(p.UID) != nil {
			text, _ := os.ReadFile(log.Name())
			k.t.Logf("pod %s ended by itself:\n%s", p.Name, text)
		}
	}()
	return nil
}

func (k *kubelet) forget(uid string) *exec.Cmd {
	k.mu.Lock()
	defer k.mu.Unlock()
	cmd := k.running[uid]
	delete(k.running, uid)
	return cmd
}

// end is operator.Options.OnPodGone: a pod's process is asked to end, as a kubelet does.
func (k *kubelet) end(p operator.Pod) {
	cmd := k.forget(p.UID)
	if cmd == nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if syscall.Kill(-cmd.Process.Pid, 0) != nil {
			return
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// download gets a package from Pulsar, as the container does before its command.
func (k *kubelet) download(ctx context.Context, url, file string) error {
	kind, rest, ok := strings.Cut(url, "://")
	if !ok {
		return fmt.Errorf("%q is no package", url)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.pulsar.AdminURL+"/admin/v3/packages/"+kind+"/"+strings.ReplaceAll(rest, "@", "/"), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	return errors.Join(err, f.Close())
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
