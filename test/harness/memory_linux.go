package harness

import "syscall"

// Memory returns the most bytes that the ended process had, 0 where the system does
// not tell. The starting program's own memory counts as long as the new one is not
// in its place, so that this is for programs that are small themselves.
func (c *Command) Memory() int64 {
	if r, ok := c.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return r.Maxrss << 10
	}
	return 0
}
