//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package child

import "os/exec"

// dieWithParent has no counterpart of Linux's parent death signal here; the
// watchdog of child.go does it alone.
func dieWithParent(*exec.Cmd) {}
