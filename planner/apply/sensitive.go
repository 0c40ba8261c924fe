package apply

import (
	"errors"
	"fmt"

	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// resolve fills in the sensitive values that a plan out of a file only refers to.
// One that is not there is a failure, one that is another now a SensitiveError.
func resolve(p *plan.Plan, value func(from string) (string, error)) error {
	if value == nil {
		value = func(string) (string, error) { return "", errors.New("sensitive values cannot be looked up here") }
	}
	done := map[*state.Component]*state.Component{}
	for _, s := range p.Steps {
		after, ok := s.Change.After.(*state.Component)
		if !ok {
			continue
		}
		full, ok := done[after]
		if !ok {
			var err error
			full, err = after.Resolve(value)
			switch {
			case errors.Is(err, state.ErrOtherValue):
				return &SensitiveError{Err: err}
			case err != nil:
				return fmt.Errorf("%w; nothing was written", err)
			}
			done[after], done[full] = full, full
		}
		s.Change.After = full
	}
	return nil
}
