package manager

import "context"

// Leadership says which manager makes changes.
type Leadership interface {
	// Leader names the leader and its address; known is false while there is none.
	Leader() (name, url string, known bool)
	// Leading tells that this manager leads, as far as it knows.
	Leading() bool
	// Confirm returns nil when this manager leads now, which it asks of the cluster if
	// it has not heard of it lately: one that was stopped for a while has lost the lead
	// and does not know it yet.
	Confirm(ctx context.Context) error
	// Name is the name of this manager among the members.
	Name() string
	// Member gives the address of a member, by its name.
	Member(name string) (url string, known bool)
}

// Alone is the leadership of a manager that is the only one.
type Alone struct{}

// Leader implements Leadership.
func (Alone) Leader() (name, url string, known bool) { return aloneName, "", true }

// Leading implements Leadership.
func (Alone) Leading() bool { return true }

// Confirm implements Leadership.
func (Alone) Confirm(context.Context) error { return nil }

// Name implements Leadership.
func (Alone) Name() string { return aloneName }

// Member implements Leadership.
func (Alone) Member(name string) (url string, known bool) { return "", name == aloneName }

const aloneName = "alone"
