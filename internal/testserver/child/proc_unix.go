//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package child

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// TryLock takes the lock of the open file if it is free.
func TryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}

// ownGroup makes the command the leader of a new process group: a key press
// in the terminal does not reach it, and all its children end with the group.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

// killGroup sends SIGKILL to all processes of the group.
func killGroup(pgid int) error { return syscall.Kill(-pgid, syscall.SIGKILL) }

// groupAlive tells whether the group has a process, be it a zombie.
func groupAlive(pgid int) bool { return syscall.Kill(-pgid, 0) == nil }

// terminate sends SIGTERM to one process.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
