package native

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// retentionProperty is the property of a topic that names the mesh which set its
// retention: only that mesh takes it away again.
const retentionProperty = "meshc.retention"

// topicPolicies reads the policies of a topic; nil where it has none. Where the
// cluster has no policies of topics, it has none either.
func (b *Backend) topicPolicies(ctx context.Context, topic, owner string) (*state.Policies, error) {
	r, err := b.client.TopicRetention(ctx, topic, false)
	if errors.Is(err, admin.ErrTopicPoliciesOff) || errors.Is(err, admin.ErrNotFound) || err == nil && r == nil && owner == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &state.Policies{On: state.TopicAddr(topic), Values: map[string]any{}, Owner: owner}
	if r != nil {
		p.Values["retention"] = state.Retention(*r).Value()
	}
	return p, nil
}

// policiesOf reads the policies of a topic if they are asked for, or were set by
// the mesh.
func (r *reader) policiesOf(ctx context.Context, topic string, props map[string]string) error {
	owner := props[retentionProperty]
	if owner != r.owner() && !r.wants(state.PoliciesAddr(state.TopicAddr(topic))) {
		return nil
	}
	p, err := r.b.topicPolicies(ctx, topic, owner)
	if err == nil && p != nil {
		r.put(p, state.Facts{})
	}
	return err
}

// namespacePolicies reads those that are set on a namespace; nil for none.
func (b *Backend) namespacePolicies(ctx context.Context, name string) (*state.Policies, error) {
	tenant, ns := split(name)
	have, err := b.client.NamespacePolicies(ctx, tenant, ns)
	if err != nil {
		return nil, err
	}
	p := &state.Policies{On: state.NamespaceAddr(name), Values: map[string]any{}}
	if have.Deduplication != nil {
		p.Values["deduplication"] = *have.Deduplication
	}
	if have.Retention != nil {
		p.Values["retention"] = state.Retention(*have.Retention).Value()
	}
	if have.MessageTTL != nil {
		p.Values["messageTTLInSeconds"] = float64(*have.MessageTTL)
	}
	if have.Compatibility != "" {
		p.Values["schemaCompatibilityStrategy"] = have.Compatibility
	}
	if len(p.Values) == 0 {
		return nil, nil
	}
	return p, nil
}

// policiesOfNamespace reads the policies of a namespace if they are asked for:
// only administrators of the tenant may.
func (r *reader) policiesOfNamespace(ctx context.Context, name string) error {
	if !r.wants(state.PoliciesAddr(state.NamespaceAddr(name))) {
		return nil
	}
	p, err := r.b.namespacePolicies(ctx, name)
	if err == nil && p != nil {
		r.put(p, state.Facts{})
	}
	return err
}

// policies reads those of a topic or namespace as they are now. owner is kept.
func (b *Backend) policies(ctx context.Context, on state.Addr, owner string) (*state.Policies, error) {
	if on.Kind() == state.KindNamespace {
		return b.namespacePolicies(ctx, on.Name())
	}
	return b.topicPolicies(ctx, on.Name(), owner)
}

// writePolicies sets the policies that the change is about.
func (b *Backend) writePolicies(ctx context.Context, s plan.Step, after *state.Policies, w waiter) error {
	live, err := b.policies(ctx, after.On, after.Owner)
	if err != nil {
		return err
	}
	before, _ := s.Change.Before.(*state.Policies)
	differing := differences(after, live)
	for _, name := range differing {
		if !reflect.DeepEqual(valueOf(live, name), valueOf(before, name)) {
			return moved("%s of %s %s was changed", name, after.On.Kind(), after.On.Name())
		}
	}
	if after.On.Kind() == state.KindNamespace {
		err = b.setNamespacePolicies(ctx, after, differing)
	} else {
		err = b.setRetention(ctx, after, len(differing) > 0)
	}
	if err != nil || len(differing) == 0 {
		return err
	}
	// Brokers tell each other of policies over a topic, and read them from there.
	short, cancel := context.WithTimeout(ctx, visibleWait)
	defer cancel()
	return until(short, w, func() (bool, string, error) {
		now, err := b.policies(ctx, after.On, after.Owner)
		return err == nil && len(differences(after, now)) == 0, notVisible, err
	})
}

// differences names the policies of want that are not so in have.
func differences(want, have *state.Policies) []string {
	var out []string
	for _, name := range want.Names() {
		if !reflect.DeepEqual(want.Values[name], valueOf(have, name)) {
			out = append(out, name)
		}
	}
	return out
}

func valueOf(p *state.Policies, name string) any {
	if p == nil {
		return nil
	}
	return p.Values[name]
}

func (b *Backend) setNamespacePolicies(ctx context.Context, p *state.Policies, names []string) error {
	var set admin.NamespacePolicies
	for _, name := range names {
		switch v := p.Values[name].(type) {
		case bool:
			set.Deduplication = &v
		case float64:
			seconds := int64(v)
			set.MessageTTL = &seconds
		case string:
			set.Compatibility = v
		default:
			r, _ := p.Retention()
			limits := admin.Retention(r)
			set.Retention = &limits
		}
	}
	tenant, ns := split(p.On.Name())
	return b.client.SetNamespacePolicies(ctx, tenant, ns, set)
}

// setRetention marks the topic first: a run that is cut in between leaves a
// retention that is known for the mesh's, or none.
func (b *Backend) setRetention(ctx context.Context, p *state.Policies, differs bool) error {
	topic := p.On.Name()
	if !differs {
		props, err := b.client.TopicProperties(ctx, topic)
		if err != nil || props[retentionProperty] == p.Owner {
			return err
		}
	}
	if err := b.client.SetTopicProperties(ctx, topic, map[string]string{retentionProperty: p.Owner}); err != nil {
		return err
	}
	r, given := p.Retention()
	if !given || !differs {
		return nil
	}
	err := b.client.SetTopicRetention(ctx, topic, admin.Retention(r))
	if admin.Classify(err) == admin.Refused && !errors.Is(err, admin.ErrTopicPoliciesOff) {
		return fmt.Errorf("the broker does not take the retention of topic %s; it has to lie above the topic's backlog quota (pulsar-admin topics get-backlog-quotas -ap %s): %w", topic, topic, err)
	}
	return err
}

// removePolicies takes away what the mesh has set on a topic.
func (b *Backend) removePolicies(ctx context.Context, p *state.Policies) error {
	topic := p.On.Name()
	gone, err := b.samePolicies(ctx, p)
	if gone || err != nil {
		return err
	}
	err = b.client.RemoveTopicRetention(ctx, topic)
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.client.RemoveTopicProperty(ctx, topic, retentionProperty)
}

// askAboutPolicies asks what stands against a new retention of a topic, and what
// the topic keeps now. Of a topic that is not there only tells whether the cluster
// has policies of topics at all.
func (b *Backend) askAboutPolicies(ctx context.Context, live, want *state.State) error {
	for _, addr := range want.Addrs() {
		p, ok := want.Resources[addr].(*state.Policies)
		if !ok || p.On.Kind() != state.KindTopic || live.Resources[state.NamespaceAddr(state.NamespaceOf(p.On.Name()))] == nil {
			continue
		}
		have, _ := live.Resources[addr].(*state.Policies)
		if len(differences(p, have)) == 0 {
			continue
		}
		facts, err := b.objections(ctx, p)
		if err != nil {
			return err
		}
		live.Facts[addr] = facts
	}
	return nil
}

func (b *Backend) objections(ctx context.Context, p *state.Policies) (facts state.Facts, err error) {
	topic := p.On.Name()
	kept, err := b.client.TopicRetention(ctx, topic, true)
	if errors.Is(err, admin.ErrTopicPoliciesOff) {
		facts.Refusal = admin.ErrTopicPoliciesOff.Error()
		return facts, nil
	}
	if errors.Is(err, admin.ErrNotFound) {
		return facts, nil
	}
	if err != nil {
		return facts, err
	}
	if kept != nil {
		facts.KeptMinutes, facts.KeptMB = kept.Minutes, kept.MB
	}
	quotas, err := b.client.BacklogQuotas(ctx, topic)
	r, _ := p.Retention()
	for _, q := range quotas {
		if r.MB > 0 && q.Size >= r.MB<<20 {
			facts.Refusal = fmt.Sprintf("the retention of %d MB has to lie above the backlog quota of %d MB", r.MB, q.Size>>20)
		}
		if r.Minutes > 0 && q.Time >= r.Minutes*60 {
			facts.Refusal = fmt.Sprintf("the retention of %d minutes has to lie above the backlog quota of %d s", r.Minutes, q.Time)
		}
	}
	return facts, err
}
