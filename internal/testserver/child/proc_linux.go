package child

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel kill the command when the thread that started
// it ends; that thread must live as long as the command (see Start).
func dieWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
