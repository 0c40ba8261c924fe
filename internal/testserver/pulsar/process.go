package pulsar

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is a started server: a process group with its leader.
type process struct {
	pid  int           // of the leader, and of the group
	done chan struct{} // closed when the leader has ended and is reaped
	err  error         // how it ended; valid after done
	dog  *watchdog
}

// startProcess starts cmd as the leader of a group that does not outlive this
// process, however this process ends; dir is removed in that case.
func startProcess(cmd *exec.Cmd, dir string) (*process, error) {
	ownGroup(cmd)
	dieWithParent(cmd)
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The parent death signal comes from the thread, not from the process:
		// the thread that starts the child must wait for it, unshared.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.pid = cmd.Process.Pid
	dog, err := startWatchdog(p.pid, dir)
	if err != nil {
		p.kill()
		return nil, err
	}
	p.dog = dog
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop ends the group: the leader is asked and has grace to comply, then all
// that is left (instances of functions, mostly) is killed. It reports whether
// the leader had to be killed.
func (p *process) stop(grace time.Duration, leader *os.Process) (killed bool) {
	if !p.ended() {
		terminate(leader) // fails only if it has just ended
		select {
		case <-p.done:
		case <-time.After(grace):
			killed = true
		}
	}
	p.kill()
	return killed
}

// kill kills the whole group and returns when nothing of it runs any more.
func (p *process) kill() {
	killGroup(p.pid)
	<-p.done
	// The others are reaped by init, or never where there is no real init (in
	// some containers): so this wait has an end.
	for end := time.Now().Add(2 * time.Second); groupAlive(p.pid) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if p.dog != nil {
		p.dog.release()
	}
}

// watchdog is a shell that kills a process group as soon as this process is no
// more. The kernel's parent death signal, where there is one, reaches only the
// server itself and not the function instances below it.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// cat returns when the other end of its input is closed, which the kernel does
// for a process that ends. The second of patience lets the killed ones vanish
// before their folder does.
const watchdogScript = `cat >/dev/null; kill -s KILL -- "-$1"; sleep 1; rm -rf -- "$2"`

func startWatchdog(pgid int, dir string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "pulsar-watchdog", fmt.Sprint(pgid), dir)
	cmd.Dir = "/" // does not keep a folder busy
	ownGroup(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("pulsar: cannot start the watchdog: %w", err)
	}
	return &watchdog{cmd: cmd, pipe: pipe}, nil
}

// release ends the watchdog without its doing anything; a second call is fine.
func (w *watchdog) release() {
	killGroup(w.cmd.Process.Pid)
	w.cmd.Wait()
	w.pipe.Close()
}
