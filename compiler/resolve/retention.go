package resolve

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// retention reports limits that brokers refuse (RetentionPolicies, and
// NamespacesBase.validateRetentionPolicies); of is what the limits are for.
func (r *resolver) retention(of string, n *syntax.Node) {
	if n == nil || n.Kind != syntax.Mapping {
		return
	}
	minutes, size := n.Get("retentionTimeInMinutes"), n.Get("retentionSizeInMB")
	if minutes == nil && size == nil {
		r.list.Add(diag.BadRetention, firstSpan(n), fmt.Sprintf("The retention of %s has no limit.", of),
			"Give `retentionTimeInMinutes`, `retentionSizeInMB`, or both; -1 is without limit.")
		return
	}
	for _, limit := range []*syntax.Node{minutes, size} {
		if usable(limit) && number(limit) < -1 {
			r.list.Add(diag.BadRetention, limit.Span, fmt.Sprintf("The retention of %s has the limit %s.", of, limit.Value), "-1 is without limit, 0 keeps nothing.")
			return
		}
	}
	zero := func(n *syntax.Node) bool { return usable(n) && number(n) == 0 }
	open := func(n *syntax.Node) bool { return n == nil || usable(n) && number(n) != 0 }
	for _, pair := range [][2]*syntax.Node{{minutes, size}, {size, minutes}} {
		if zero(pair[0]) && open(pair[1]) {
			r.list.Add(diag.BadRetention, pair[0].Span, fmt.Sprintf("The retention of %s has one limit of 0 and another one.", of),
				"Give both as 0 to keep nothing, or leave out the limit that does not count.")
		}
	}
}

// topicRetention is retention for a topic, which has to be the mesh's own.
func (r *resolver) topicRetention(t *mesh.Topic, n *syntax.Node) {
	if n != nil && t.External {
		r.list.Add(diag.BadRetention, firstSpan(n), fmt.Sprintf("`%s` is someone else's, so its retention is too.", r.mesh.Short(t)),
			"Remove `retention`, or `external: true` if the topic is the mesh's.")
		return
	}
	r.retention("`"+r.mesh.Short(t)+"`", n)
}
