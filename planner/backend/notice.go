package backend

import "context"

// Noticer is the ability to be told which components are written, by whomever.
type Noticer interface {
	// Notice calls fn with tenant/namespace/name of each component that is created,
	// changed, stopped, started or deleted, from when ready was called on; ready is called
	// again when a connection was lost. Reading may show what it was before for a moment.
	// It ends with ctx, or when nothing can be told for good: without the right, or on a
	// cluster that keeps components in another way.
	Notice(ctx context.Context, ready func(), fn func(component string)) error
}
