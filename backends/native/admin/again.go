package admin

import (
	"context"
	"net/http"
	"time"
)

// How often a read is repeated after a passing failure, and the pause before the
// first of these times; each further one is longer by the same factor.
const (
	readTries   = 3
	readPause   = 200 * time.Millisecond
	pauseFactor = 4
	// patience is how long a read may have taken to be repeated: behind a time-out of
	// the server or of the transport there is no hurry, and the caller decides.
	patience = 10 * time.Second
)

// again does a GET again where nobody can tell what went wrong, or the server had
// too much to do: a read changes nothing, and a plan of a thousand of them must not
// fail because of one. Starting servers and those that cannot be reached are left to
// the caller, who knows how long to wait. Other methods are done once.
func again(ctx context.Context, method string, do func() error) error {
	begin, pause := time.Now(), readPause
	for try := 1; ; try++ {
		err := do()
		class := Classify(err)
		if method != http.MethodGet || class != Unknown && class != Overloaded || try == readTries || ctx.Err() != nil || time.Since(begin) > patience {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
		pause *= pauseFactor
	}
}
