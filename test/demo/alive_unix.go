//go:build unix

package main

import (
	"os"
	"syscall"
)

// alive tells whether the process or one of the group that it leads runs.
func alive(p *os.Process) bool {
	return p.Signal(syscall.Signal(0)) == nil || syscall.Kill(-p.Pid, 0) == nil
}
