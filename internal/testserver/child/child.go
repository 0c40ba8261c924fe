// Package child runs servers for tests as child processes: each a process group
// that ends with the process that started it, however that one ends, on loopback
// ports that are found free, with a log whose end can be shown.
package child

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// Process is a started command: a process group with its leader.
type Process struct {
	// Pid is the leader's, and the group's.
	Pid int
	// Done is closed when the leader has ended and is reaped.
	Done chan struct{}
	// Err tells how the leader ended; it is valid after Done.
	Err error

	leader *os.Process
	dog    *watchdog
}

// Start starts cmd as the leader of a group that does not outlive this
// process, however this process ends; dir is removed in that case, and empty means no folder.
func Start(cmd *exec.Cmd, dir string) (*Process, error) {
	ownGroup(cmd)
	dieWithParent(cmd)
	p := &Process{Done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The parent death signal comes from the thread, not from the process:
		// the thread that starts the child must wait for it, unshared.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.Err = cmd.Wait()
			close(p.Done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	p.Pid, p.leader = cmd.Process.Pid, cmd.Process
	dog, err := startWatchdog(p.Pid, dir)
	if err != nil {
		p.Kill()
		return nil, err
	}
	p.dog = dog
	return p, nil
}

// Ended tells whether the leader has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.Done:
		return true
	default:
		return false
	}
}

// Stop ends the group: the leader is asked and has grace to comply, then all
// that is left of it is killed. It reports whether
// the leader had to be killed.
func (p *Process) Stop(grace time.Duration) (killed bool) {
	if !p.Ended() {
		terminate(p.leader) // fails only if it has just ended
		select {
		case <-p.Done:
		case <-time.After(grace):
			killed = true
		}
	}
	p.Kill()
	return killed
}

// Kill kills the whole group and returns when nothing of it runs any more.
func (p *Process) Kill() {
	killGroup(p.Pid)
	<-p.Done
	// The others are reaped by init, or never where there is no real init (in
	// some containers): so this wait has an end.
	for end := time.Now().Add(2 * time.Second); groupAlive(p.Pid) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if p.dog != nil {
		p.dog.release()
	}
}

// watchdog is a shell that kills a process group as soon as this process is no
// more. The kernel's parent death signal, where there is one, reaches only the
// leader and not what it started.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// cat returns when the other end of its input is closed, which the kernel does
// for a process that ends. The second of patience lets the killed ones vanish
// before their folder does.
const watchdogScript = `cat >/dev/null; kill -s KILL -- "-$1"; sleep 1; [ -z "$2" ] || rm -rf -- "$2"`

func startWatchdog(pgid int, dir string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "meshc-watchdog", fmt.Sprint(pgid), dir)
	cmd.Dir = "/" // does not keep a folder busy
	ownGroup(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the watchdog of %s: %w", dir, err)
	}
	return &watchdog{cmd: cmd, pipe: pipe}, nil
}

// release ends the watchdog without its doing anything; a second call is fine.
func (w *watchdog) release() {
	killGroup(w.cmd.Process.Pid)
	w.cmd.Wait()
	w.pipe.Close()
}
