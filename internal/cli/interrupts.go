package cli

import (
	"context"
	"errors"
	"os"
	"sync"
)

// interrupts decides what a signal does. While nothing is written a signal ends
// the command; while a plan is carried out the first one only stops it softly.
type interrupts struct {
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	first  os.Signal
	soften func()
}

// take handles a signal and tells whether the command has to end now.
func (i *interrupts) take(s os.Signal) (now bool) {
	i.mu.Lock()
	if i.first == nil {
		i.first = s
	}
	soft := i.soften
	i.soften = nil
	i.mu.Unlock()
	if soft != nil {
		soft()
		return false
	}
	i.cancel(&SignalError{Signal: s})
	return true
}

// softly lets the next signal call stop instead of ending the command, until
// the returned function is called.
func (i *interrupts) softly(stop func()) (undo func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.soften = stop
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.soften = nil
	}
}

// signalled returns the signal that has come, as an error, or nil.
func (i *interrupts) signalled() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.first == nil {
		return nil
	}
	return &SignalError{Signal: i.first}
}

// cause gives the signal that ended ctx in place of err, which only tells that it
// was cancelled; an error that says how to go on after the signal stays.
func cause(ctx context.Context, err error) error {
	var signal *SignalError
	if err != nil && errors.As(context.Cause(ctx), &signal) && !errors.As(err, new(*RemedyError)) {
		return signal
	}
	return err
}
