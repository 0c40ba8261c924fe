package pulsar

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// watchFolder tells on out how much of want bytes the folder dir holds, until
// stop is called: one line that is rewritten on a terminal, a line each ten
// seconds elsewhere. Maven itself says nothing useful while it loads, so the
// growing files are looked at instead.
func watchFolder(out io.Writer, label, dir string, want int64) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	line, every := "\r%s  %d / %d MB", 250*time.Millisecond
	terminal := isTerminal(out)
	if !terminal {
		line, every = "%s  %d / %d MB\n", 10*time.Second
	}
	say := func(have int64) { fmt.Fprintf(out, line, label, min(have, want)/1e6, want/1e6) }
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		say(0)
		for {
			select {
			case <-tick.C:
				say(folderSize(dir))
			case <-end:
				if terminal {
					fmt.Fprint(out, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return func() { close(end); <-ended }
}

// folderSize adds up the files under dir; those that vanish meanwhile count 0.
func folderSize(dir string) (sum int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
