package manager

import "github.com/meshc/meshc/backends/native/wire"

// WithHeld has f called between the comparison and the write.
func WithHeld(o Options, f func()) Options {
	o.held = f
	return o
}

// WithParts makes messages larger than size parts.
func WithParts(o Options, size int) Options {
	o.part = size
	return o
}

// Inject has the index take a message as if it had been read.
func Inject(s *Store, m wire.Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.index.take(m)
}
