// Package containers runs the containers of pods that the stand-in operator of package
// operator tells of, as processes of this machine and on a real Pulsar: what a custom
// resource says is then seen in what its instances do. Java only.
//
//	run := &containers.Runner{Home: home, Dir: t.TempDir(), Code: codeOf}
//	operator.Run(t, srv, operator.Options{Namespace: ns, OnPod: run.Start, OnPodGone: run.Stop})
//
// The command is the container's own. What is changed in it: paths of the image become
// those of a Pulsar distribution and of a local jar, the two ports become free ones on
// loopback (a pod has an address of its own), and the memory is small.
package containers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/testserver/child"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// grace is what a container has between SIGTERM and SIGKILL; 30 s on Kubernetes.
const grace = 20 * time.Second

// Runner runs containers. Its zero value with the fields set is ready.
type Runner struct {
	// Home is the Pulsar distribution that stands for the image's /pulsar, see
	// [pulsar.Home], and Version its version; empty means [pulsar.DefaultVersion].
	Home, Version string
	// Dir is the folder for logs, a file a pod and start.
	Dir string
	// Code returns the local jar that stands for a pod's code.
	Code func(operator.Pod) (string, error)

	mu     sync.Mutex
	run    map[string]*container // by the pod's UID
	starts int
	setup  error
	once   sync.Once
}

// container is a pod's, started again when it ends, as a kubelet does.
type container struct {
	stop chan struct{}
	done chan struct{}
}

var image = regexp.MustCompile(`/pulsar/(instances|lib)`)

// Start starts a pod's container and returns when its process runs, which says nothing
// of the function in it. It is a hook for [operator.Options].OnPod.
func (r *Runner) Start(_ context.Context, pod operator.Pod) error {
	r.once.Do(r.prepare)
	if r.setup != nil {
		return r.setup
	}
	if !strings.Contains(strings.Join(pod.Command, " "), "JavaInstanceMain") {
		return errors.New("only Java instances can be run here")
	}
	jar, err := r.Code(pod)
	if err != nil {
		return err
	}
	p, err := r.launch(pod, jar)
	if err != nil {
		return err
	}
	c := &container{stop: make(chan struct{}), done: make(chan struct{})}
	r.mu.Lock()
	r.run[pod.UID] = c
	r.mu.Unlock()
	go r.keep(c, p, pod, jar)
	return nil
}

// Stop asks a pod's container to end, kills it after 20 s, and returns when it is gone.
// It is a hook for [operator.Options].OnPodGone.
func (r *Runner) Stop(pod operator.Pod) {
	r.mu.Lock()
	c := r.run[pod.UID]
	delete(r.run, pod.UID)
	r.mu.Unlock()
	if c != nil {
		close(c.stop)
		<-c.done
	}
}

// Starts is how many processes were started, of whatever pod.
func (r *Runner) Starts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.starts
}

// Logs returns what the containers of a component have said, the last lines of each.
func (r *Runner) Logs(component string) string {
	var out strings.Builder
	files, err := filepath.Glob(filepath.Join(r.Dir, component+"-*.log"))
	if err != nil {
		return err.Error()
	}
	for _, f := range files {
		fmt.Fprintf(&out, "%s\n%s\n", filepath.Base(f), child.Tail(f, 40))
	}
	return out.String()
}

func (r *Runner) prepare() {
	r.run = map[string]*container{}
	if r.Version == "" {
		r.Version = pulsar.DefaultVersion
	}
	jar, err := pulsar.LoopbackJar(r.Home, r.Version)
	if err == nil {
		err = os.WriteFile(r.loopback(), jar, 0o644)
	}
	r.setup = err
}

func (r *Runner) loopback() string { return filepath.Join(r.Dir, "loopback.jar") }

// keep starts the process again whenever it ends by itself.
func (r *Runner) keep(c *container, p *child.Process, pod operator.Pod, jar string) {
	defer close(c.done)
	for {
		select {
		case <-c.stop:
			if p != nil {
				p.Stop(grace)
			}
			return
		case <-ended(p):
		}
		if p != nil {
			p.Kill() // what it has left
		}
		select {
		case <-c.stop:
			return
		case <-time.After(time.Second):
		}
		p, _ = r.launch(pod, jar) // nil is tried again
	}
}

// ended is closed when p has; without p at once.
func ended(p *child.Process) <-chan struct{} {
	if p != nil {
		return p.Done
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// launch starts the process of a pod's container.
func (r *Runner) launch(pod operator.Pod, jar string) (*child.Process, error) {
	ports, err := child.FreePorts(2)
	if err != nil {
		return nil, err
	}
	script := pod.Command[len(pod.Command)-1]
	script = strings.Replace(script, "instance.classpath=/pulsar/lib/*", "instance.classpath="+r.loopback()+":/pulsar/lib/*", 1)
	script = image.ReplaceAllString(script, r.Home+"/$1")
	script = regexp.MustCompile(`--jar '[^']*'`).ReplaceAllLiteralString(script, "--jar '"+jar+"'")
	script = strings.Replace(script, "--port 9093", fmt.Sprintf("--port %d", ports[0]), 1)
	script = strings.Replace(script, "--metrics_port 9094", fmt.Sprintf("--metrics_port %d", ports[1]), 1)

	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = r.Dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.Dir,
		"JAVA_TOOL_OPTIONS=-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djava.net.preferIPv4Stack=true -Djava.io.tmpdir=" + os.TempDir(),
	}
	for name, value := range pod.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	r.mu.Lock()
	r.starts++
	name := fmt.Sprintf("%s-%d-%d.log", pod.Component, pod.Ordinal, r.starts)
	r.mu.Unlock()
	log, err := os.OpenFile(filepath.Join(r.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, fs.FileMode(0o644))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	return child.Start(cmd, "")
}
