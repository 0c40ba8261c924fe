package manager

import (
	"errors"
	"slices"

	"github.com/meshc/meshc/backends/native/wire"
)

// errClosed tells that the store is closed.
var errClosed = errors.New("the store of records is closed")

// Problem is a message on the records topic that is no record, or none that counts;
// or something about the topics themselves that could not be done.
type Problem struct {
	// Position is ledger:entry, "" where it is no message.
	Position string
	// Key may be "".
	Key string
	Err error
}

// mostProblems bounds the list: the newest stay.
const mostProblems = 100

// problem notes a message; mu is held.
func (s *Store) problem(m wire.Received, err error) {
	s.noted(Problem{Position: m.Position.String(), Key: m.Key, Err: err})
}

// note notes what is about no message; mu is held.
func (s *Store) note(err error) { s.noted(Problem{Err: err}) }

func (s *Store) noted(p Problem) {
	if len(s.problems) == mostProblems {
		s.problems = slices.Delete(s.problems, 0, 1)
	}
	s.problems = append(s.problems, p)
}

// Problems are what was skipped or not done so far, the newest 100.
func (s *Store) Problems() []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}
