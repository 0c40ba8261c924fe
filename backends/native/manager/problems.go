package manager

import (
	"errors"
	"slices"

	"github.com/meshc/meshc/backends/native/wire"
)

// errClosed tells that the store is closed.
var errClosed = errors.New("the store of records is closed")

// Problem is a message on the records topic that is no record, or none that counts.
type Problem struct {
	// Position is ledger:entry.
	Position string
	// Key may be "".
	Key string
	Err error
}

// mostProblems bounds the list: the newest stay.
const mostProblems = 100

// problem notes a message; mu is held.
func (s *Store) problem(m wire.Received, err error) {
	if len(s.problems) == mostProblems {
		s.problems = slices.Delete(s.problems, 0, 1)
	}
	s.problems = append(s.problems, Problem{Position: m.Position.String(), Key: m.Key, Err: err})
}

// Problems are the messages that were skipped so far, the newest 100.
func (s *Store) Problems() []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}
