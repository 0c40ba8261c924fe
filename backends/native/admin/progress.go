package admin

import (
	"context"
	"time"
)

// progressKey is the key of the function that is told how far a file is sent.
type progressKey struct{}

// progressEvery is how often that is told at most, apart from the end.
const progressEvery = 250 * time.Millisecond

// progressFrom is the size in bytes from which a file is worth telling about.
const progressFrom = 1 << 20

// WithProgress lets calls that send a file of a megabyte or more tell how far they
// are: now and then, and when all is sent. A file that is sent again, after a
// redirect, begins again at 0. told is called from the goroutine that sends.
func WithProgress(ctx context.Context, told func(sent, total int64)) context.Context {
	return context.WithValue(ctx, progressKey{}, told)
}

// progressOf gives the function of a context, nil for none.
func progressOf(ctx context.Context) func(sent, total int64) {
	told, _ := ctx.Value(progressKey{}).(func(sent, total int64))
	return told
}

// tell tells how far the file is, when it is time for that.
func (r *checkedFile) tell() {
	if r.body.progress == nil || r.body.size < progressFrom {
		return
	}
	now := time.Now()
	if r.sent < r.body.size && now.Sub(r.told) < progressEvery {
		return
	}
	r.told = now
	r.body.progress(r.sent, r.body.size)
}
