package tracing

import (
	"log/slog"
	"sync"
	"time"
)

// quiet is how long nothing more is told after a complaint: a receiver that is down
// fails every few seconds.
const quiet = time.Minute

// sparingly is a log that complains now and then.
type sparingly struct {
	log *slog.Logger

	mu     sync.Mutex
	next   time.Time
	untold int
}

// warn logs, or counts what is not told.
func (s *sparingly) warn(msg string, args ...any) {
	s.mu.Lock()
	now := time.Now()
	if now.Before(s.next) {
		s.untold++
		s.mu.Unlock()
		return
	}
	untold := s.untold
	s.next, s.untold = now.Add(quiet), 0
	s.mu.Unlock()
	if untold > 0 {
		args = append(args, "untold", untold)
	}
	s.log.Warn(msg, args...)
}

// Handle implements otel.ErrorHandler: what the SDK complains of, such as a sampler
// that is not known.
func (s *sparingly) Handle(err error) { s.warn("OpenTelemetry", "err", err) }
