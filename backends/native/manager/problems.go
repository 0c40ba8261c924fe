package manager

import (
	"errors"
	"slices"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// errClosed tells that the store is closed.
var errClosed = errors.New("the store of records is closed")

// mostProblems bounds the list: the newest stay.
const mostProblems = 100

// problem notes a message; mu is held.
func (s *Store) problem(m wire.Received, err error) {
	s.noted(record.Problem{Position: m.Position.String(), Key: m.Key, Err: err})
}

// note notes what is about no message; mu is held.
func (s *Store) note(err error) { s.noted(record.Problem{Err: err}) }

func (s *Store) noted(p record.Problem) {
	if len(s.problems) == mostProblems {
		s.problems = slices.Delete(s.problems, 0, 1)
	}
	s.problems = append(s.problems, p)
	s.noticed++
}

// Problems implements record.Critic; positions are ledger:entry. The newest are 100 at most.
func (s *Store) Problems() (all int, newest []record.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noticed, slices.Clone(s.problems)
}

var _ record.Critic = (*Store)(nil)
