package manager

import (
	"context"
	"errors"
	"time"
)

// turns are the places of those who do the same thing at once.
type turns chan struct{}

// The reasons for which no place is free.
var (
	errInputs  = errors.New("as many meshes are being sent as this manager takes; nothing was written")
	errPlans   = errors.New("as many meshes are being planned as this manager takes")
	errStreams = errors.New("as many streams are open as this manager takes")
)

// wait takes a place, which leave gives back. Where none is free for so long, full is the error.
func (t turns) wait(ctx context.Context, atMost time.Duration, full error) (leave func(), err error) {
	leave = func() { <-t }
	select {
	case t <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case t <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, full
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
