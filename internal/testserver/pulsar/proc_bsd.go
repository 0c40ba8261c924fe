//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package pulsar

import "os/exec"

// dieWithParent has no counterpart of Linux's parent death signal here; the
// watchdog of process.go does it alone.
func dieWithParent(*exec.Cmd) {}
