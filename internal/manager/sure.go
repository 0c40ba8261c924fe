package manager

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/meshc/meshc/planner/record"
)

// errUnsure: a write ended so that nobody knows whether it counts.
var errUnsure = errors.New("whether this is on record is not known, and nothing was begun: the mesh's history tells")

// sure is a store whose writes are looked for where their outcome was left open.
type sure struct{ record.Store }

// lookFor bounds how long a write is looked for.
const lookFor = 5 * time.Second

// Write implements record.Store. Errors that leave open whether it was written wrap errUnsure.
func (s sure) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	h, err := s.Store.Write(ctx, next, body)
	if err == nil || settled(err) {
		return h, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookFor)
	defer cancel()
	newest, missing := s.Store.Head(ctx, next.ID())
	switch {
	case missing != nil || newest.Revision < next.Revision:
		// What is under way may still get there.
	case newest.SameWrite(next):
		return newest, nil
	default:
		return h, &record.ConflictError{Winner: newest, Want: next.Revision}
	}
	return h, fmt.Errorf("%w (%w)", errUnsure, err)
}

// settled tells that an error of Write means that nothing was written.
func settled(err error) bool {
	return errors.As(err, new(*record.ConflictError)) || errors.Is(err, record.ErrForbidden) || errors.Is(err, record.ErrTooLarge) || errors.Is(err, record.ErrNewer)
}
