package artifact

import (
	"io/fs"
	"syscall"
)

// changeTime is when the file's content, name or times were last set, which no
// program can put back.
func changeTime(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctimespec.Nano()
	}
	return 0
}
