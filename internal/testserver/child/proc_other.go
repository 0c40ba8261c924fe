//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package child

import (
	"errors"
	"os"
	"os/exec"
)

// There are no process groups here that end with their parent, so there is no
// server either; the package only compiles.

var errSystem = errors.New("test servers run on Linux and macOS only")

func TryLock(*os.File) (bool, error) { return false, errSystem }
func ownGroup(*exec.Cmd)             {}
func dieWithParent(*exec.Cmd)        {}
func killGroup(int) error            { return errSystem }
func groupAlive(int) bool            { return false }
func terminate(p *os.Process) error  { return p.Kill() }
