package manager

// ring keeps the last things that happened; who guards it is its owner's choice.
type ring[T any] struct {
	keep  int
	items []T
	// first is the position of items[0].
	first int64
	// news is closed when something is added.
	news chan struct{}
}

func newRing[T any](keep int) ring[T] { return ring[T]{keep: keep, news: make(chan struct{})} }

func (r *ring[T]) add(item T) {
	if r.items = append(r.items, item); len(r.items) >= 2*r.keep {
		drop := len(r.items) - r.keep
		r.items = append(make([]T, 0, 2*r.keep), r.items[drop:]...)
		r.first += int64(drop)
	}
	close(r.news)
	r.news = make(chan struct{})
}

// since gives at most n items from a position on, and the position after them. gap
// tells that the first ones are forgotten; news is closed when there is more.
func (r *ring[T]) since(at int64, n int) (items []T, next int64, gap bool, news <-chan struct{}) {
	if at < r.first {
		return nil, at, true, r.news
	}
	i := min(int(at-r.first), len(r.items))
	j := min(i+n, len(r.items))
	return append([]T(nil), r.items[i:j]...), r.first + int64(j), false, r.news
}
