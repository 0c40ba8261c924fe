package plan

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

var opOrder = map[Op]int{Pause: 1, Create: 2, Update: 3, Resume: 4, AwaitRunning: 5, Verify: 6, Drain: 7, Keep: 8, AwaitKept: 9, Delete: 10}

var kindOrder = map[state.Kind]int{
	state.KindNamespace: 1, state.KindTopic: 2, state.KindPolicies: 3, state.KindSchema: 4, state.KindPackage: 5,
	state.KindSubscription: 6, state.KindFunction: 7, state.KindSource: 7, state.KindSink: 7,
}

// ordered returns the steps so that each comes after what it needs. The order is
// compareSteps' as far as that allows: it is gone through again and again, each time
// taking along what has become possible. nil means that steps need each other in a
// circle.
func (b *builder) ordered() []Step {
	keys := slices.SortedFunc(maps.Keys(b.steps), func(x, y string) int { return b.compareSteps(b.steps[x], b.steps[y]) })
	places := make(map[string]int, len(keys))
	for i, k := range keys {
		places[k] = i
	}
	missing := make([]int, len(keys))
	after := make([][]int, len(keys))
	var now, next queue
	for i, k := range keys {
		for _, n := range b.steps[k].before() {
			missing[i]++
			after[places[n]] = append(after[places[n]], i)
		}
		if missing[i] == 0 {
			now = append(now, i)
		}
	}
	out := make([]Step, 0, len(keys))
	for len(now) > 0 {
		at := heap.Pop(&now).(int)
		out = append(out, *b.steps[keys[at]])
		for _, i := range after[at] {
			if missing[i]--; missing[i] > 0 {
				continue
			}
			if i > at {
				heap.Push(&now, i)
			} else {
				heap.Push(&next, i)
			}
		}
		if len(now) == 0 {
			now, next = next, nil
		}
	}
	if len(out) < len(keys) {
		return nil
	}
	return out
}

// queue is a heap of places, the lowest first.
type queue []int

// Len implements heap.Interface.
func (h queue) Len() int { return len(h) }

// Less implements heap.Interface.
func (h queue) Less(i, j int) bool { return h[i] < h[j] }

// Swap implements heap.Interface.
func (h queue) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *queue) Push(x any) { *h = append(*h, x.(int)) }

// Pop implements heap.Interface.
func (h *queue) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// compareSteps orders steps that do not need each other: what comes into being or
// changes function by function, so that the first functions start while the
// topics of the last are still being made; then what goes for good, through the
// kinds the other way round.
func (b *builder) compareSteps(s, t *Step) int {
	x, y := b.rank(s), b.rank(t)
	return cmp.Or(
		cmp.Compare(x.phase, y.phase), cmp.Compare(x.group, y.group), cmp.Compare(x.kind, y.kind),
		cmp.Compare(s.Addr, t.Addr), cmp.Compare(opOrder[s.Op], opOrder[t.Op]),
	)
}

func (b *builder) rank(s *Step) (r struct{ phase, group, kind int }) {
	r.kind = kindOrder[s.Addr.Kind()]
	if s.Change.Action == diff.Delete {
		r.phase, r.kind = 1, -r.kind
		return r
	}
	r.group = b.groups[s.Addr]
	return r
}

// group gives each function and what it is the first to use a number from 1;
// namespaces and packages have 0 and come before.
func (b *builder) group() {
	b.groups = map[state.Addr]int{}
	first := func(addr state.Addr, n int) {
		if b.groups[addr] == 0 {
			b.groups[addr] = n
		}
	}
	for i, f := range b.want.Components() {
		n := i + 1
		first(f.Addr(), n)
		for _, t := range f.Inputs() {
			first(state.TopicAddr(t), n)
			first(state.SchemaAddr(t), n)
			first(state.PoliciesAddr(state.TopicAddr(t)), n)
			first(state.SubscriptionAddr(t, f.Subscription()), n)
		}
		for _, t := range f.Writes() {
			first(state.TopicAddr(t), n)
			first(state.SchemaAddr(t), n)
			first(state.PoliciesAddr(state.TopicAddr(t)), n)
		}
	}
}
