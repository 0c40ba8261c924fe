package manager

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
