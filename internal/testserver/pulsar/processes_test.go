//go:build unix

package pulsar_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// groupRuns tells whether a process of the group runs; on Linux zombies do not count.
func groupRuns(pgid int) bool {
	if runtime.GOOS != "linux" {
		return syscall.Kill(-pgid, 0) == nil
	}
	return len(groupMembers(pgid)) > 0
}

// groupMembers returns the processes of a group, from /proc.
func groupMembers(pgid int) (pids []string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		text, err := os.ReadFile(s)
		if err != nil {
			continue // has just ended
		}
		// pid (name, may have spaces) state parent group ...
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if f[0] != "Z" && f[2] == strconv.Itoa(pgid) {
			pids = append(pids, filepath.Base(filepath.Dir(s)))
		}
	}
	return pids
}

// checkLoopback fails the test if a process of the group listens on another
// address than one of loopback. It looks into /proc, so on Linux only.
func checkLoopback(t *testing.T, pgid int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	owner := map[string]string{} // socket inode -> pid
	for _, pid := range groupMembers(pgid) {
		fds, _ := filepath.Glob("/proc/" + pid + "/fd/*")
		for _, fd := range fds {
			if target, err := os.Readlink(fd); err == nil && strings.HasPrefix(target, "socket:[") {
				owner[strings.Trim(target, "socket:[]")] = pid
			}
		}
	}
	listeners := 0
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue // no IPv6
		}
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			const listen = "0A"
			if len(f) < 10 || f[3] != listen || owner[f[9]] == "" {
				continue
			}
			listeners++
			address, port, _ := strings.Cut(f[1], ":")
			if !loopbackHex(address) {
				cmdline, _ := os.ReadFile("/proc/" + owner[f[9]] + "/cmdline")
				n, _ := strconv.ParseInt(port, 16, 32)
				t.Errorf("port %d listens on %s: %.200q", n, address, cmdline)
			}
		}
	}
	if listeners < 3 {
		t.Errorf("found %d listeners, want web, broker and bookie at least", listeners)
	}
}

// loopbackHex knows 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104 as /proc writes
// them: four bytes at a time, the last first.
func loopbackHex(address string) bool {
	b, err := hex.DecodeString(address)
	if err != nil {
		panic(fmt.Sprintf("address %q in /proc/net", address))
	}
	switch {
	case len(b) == 4:
		return b[3] == 127
	case address == "00000000000000000000000001000000":
		return true
	}
	return strings.HasPrefix(address, "0000000000000000FFFF0000") && b[15] == 127
}
