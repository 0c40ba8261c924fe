package mesh

import "sync"

// notes are what stages have worked out of a mesh.
type notes struct {
	mu   sync.Mutex
	made map[any]any
}

// Once gives what make made of the mesh at the first call for the key, a type of the
// caller's own: two stages that need the same of a mesh work it out once. A mesh does
// not change once it is resolved. It is safe for use by several goroutines, but for
// make, which must not ask for another key.
func Once[T any](m *Mesh, key any, make func() T) T {
	m.notes.mu.Lock()
	defer m.notes.mu.Unlock()
	if v, ok := m.notes.made[key]; ok {
		return v.(T)
	}
	if m.notes.made == nil {
		m.notes.made = map[any]any{}
	}
	v := make()
	m.notes.made[key] = v
	return v
}
