package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/meshc/meshc/planner/state"
)

func union(a, b *state.State) []state.Addr {
	all := maps.Clone(a.Resources)
	maps.Copy(all, b.Resources)
	return slices.Sorted(maps.Keys(all))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func topicPartitions(t *state.Topic) string {
	if t.Partitions == 0 {
		return "topic " + t.Name + " is not partitioned"
	}
	return "topic " + t.Name + " has " + plural(t.Partitions, "partition")
}
