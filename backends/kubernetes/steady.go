package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/planner/state"
)

// lasting is how long pods have to be ready without a restart until they count as
// running. The operator gives them no readiness probe, so that a container is ready
// at each of its starts, however soon it ends.
const lasting = 3 * time.Second

// steady is what was seen of the pods of a component since they are all ready.
type steady struct {
	since time.Time
	// restarts are those of each pod, by UID.
	restarts map[string]int
}

// look compares pods with those of the look before, and tells what is missing until
// they have gone on for long enough without a restart. What has no pods has nothing
// that could end.
func (s *steady) look(pods []kube.Object, now time.Time) (missing string) {
	if len(pods) == 0 {
		return ""
	}
	restarts := map[string]int{}
	var again []string
	for _, p := range pods {
		n := restartsOf(p)
		if before, seen := s.restarts[p.UID()]; seen && n != before {
			again = append(again, fmt.Sprintf("%s was started again, %d times so far%s", p.Name(), n, lastEnds(p)))
		}
		restarts[p.UID()] = n
	}
	if !maps.Equal(s.restarts, restarts) {
		s.since, s.restarts = now, restarts
	}
	switch {
	case len(again) > 0:
		slices.Sort(again)
		return strings.Join(again, "; ")
	case now.Sub(s.since) < lasting:
		return fmt.Sprintf("the pods are ready, for less than %v so far", lasting)
	}
	return ""
}

// restartsOf counts how often the containers of a pod were started again.
func restartsOf(pod kube.Object) (n int) {
	for _, item := range pod.Items("status", "containerStatuses") {
		m, _ := item.(map[string]any)
		n += int(kube.Object(m).Int("restartCount"))
	}
	return n
}

// lastEnds says how containers of a pod ended before they were started again.
func lastEnds(pod kube.Object) (text string) {
	for _, item := range pod.Items("status", "containerStatuses") {
		m, _ := item.(map[string]any)
		text += ended(m, "lastState")
	}
	return text
}

// showsLife tells of components whose instances are known to run when they read: new
// consumers are those of code that has started. A source need not write anything, and
// the topics of a pattern need not be there.
func showsLife(c *state.Component) bool {
	return c.Kind != state.KindSource && len(c.Patterns()) == 0
}
