package plan

import (
	"fmt"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
)

// policiesRisks tells which messages a change of policies drops.
func (b *builder) policiesRisks(c *diff.Change) {
	if c.Action == diff.Delete {
		b.steps[id(Delete, c.Addr)].risk(Risk{Kind: TopicData,
			Detail: "from then on the namespace's retention decides what the topic keeps; acknowledged messages beyond that are deleted"})
		return
	}
	op := Create
	if c.Action == diff.Update {
		op = Update
	}
	s, after := b.steps[id(op, c.Addr)], c.After.(*state.Policies)
	before, _ := c.Before.(*state.Policies)
	if before == nil {
		before = &state.Policies{}
	}
	now, is := after.Retention()
	was, _ := before.Retention()
	facts := b.live.Facts[c.Addr]
	if effective := (state.Retention{Minutes: facts.KeptMinutes, MB: facts.KeptMB}); effective != (state.Retention{}) {
		was = effective
	}
	if is && now.Less(was) {
		s.risk(Risk{Kind: TopicData, Detail: "acknowledged messages are kept shorter, or fewer of them: what is beyond the new limits is deleted"})
	}
	ttl, _ := after.Values["messageTTLInSeconds"].(float64)
	old, _ := before.Values["messageTTLInSeconds"].(float64)
	if ttl > 0 && (old == 0 || ttl < old) {
		s.risk(Risk{Kind: MessageLoss, Detail: fmt.Sprintf("messages that wait longer than %.0f s in a subscription are dropped, on all topics of the namespace", ttl)})
	}
}
