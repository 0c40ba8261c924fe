package artifact

import (
	"io/fs"
	"time"
)

// stamp is what the file system says of a file, to tell whether it changed.
type stamp struct {
	size int64
	// modified and changed are in nanoseconds; changed is 0 where the system does not
	// tell when the file was last replaced or renamed, or its times set by hand.
	modified, changed int64
}

// grain is how far apart two writes may be and still get the same time: two
// seconds on FAT, less elsewhere.
const grain = 2 * time.Second

func stampOf(info fs.FileInfo) stamp {
	return stamp{size: info.Size(), modified: info.ModTime().UnixNano(), changed: changeTime(info)}
}

// settled tells whether a later write would show in the stamp. A file that was
// written just before it was read could be written once more within the grain of
// its times, and look the same; so could one with a time that is to come.
func (s stamp) settled(now time.Time) bool {
	return now.Sub(time.Unix(0, max(s.modified, s.changed))) > grain
}
