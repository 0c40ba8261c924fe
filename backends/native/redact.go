package native

import (
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// redactedError is an error whose text held a sensitive value.
type redactedError struct {
	text string
	err  error
}

// Error implements error.
func (e *redactedError) Error() string { return e.text }

// Unwrap gives the error as it was.
func (e *redactedError) Unwrap() error { return e.err }

// redacted takes the sensitive values of a step's component out of an error's
// text: workers and instances quote what they were given.
func redacted(err error, s plan.Step) error {
	if err == nil {
		return nil
	}
	if text := redactedText(err.Error(), s); text != err.Error() {
		return &redactedError{text, err}
	}
	return err
}

func redactedText(text string, s plan.Step) string {
	if s.Change == nil {
		return text
	}
	for _, r := range []state.Resource{s.Change.Before, s.Change.After} {
		if c, ok := r.(*state.Component); ok {
			text = c.Redacted(text)
		}
	}
	return text
}
