package native

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// schema reads the schema of a topic; nil where it has none.
func (b *Backend) schema(ctx context.Context, topic string) (*state.Schema, error) {
	versions, err := b.client.Schemas(ctx, topic)
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	s := &state.Schema{Topic: topic}
	for _, v := range versions {
		s.Type, s.Definition, s.Properties = state.SchemaType(v.Type), v.Definition, v.Properties
		s.Versions = append(s.Versions, s.Digest())
	}
	if len(s.Properties) == 0 {
		s.Properties = nil
	}
	return s, nil
}

// schemaOf reads the schema of a topic if it is asked for.
func (r *reader) schemaOf(ctx context.Context, topic string) error {
	if !r.wants(state.SchemaAddr(topic)) {
		return nil
	}
	s, err := r.b.schema(ctx, topic)
	if err == nil && s != nil {
		r.put(s, state.Facts{})
	}
	return err
}

// active tells whether a topic has clients or messages, as brokers look at it
// before they let the first client with a schema in.
func active(stats admin.TopicStats) bool {
	for _, s := range stats.Subscriptions {
		if len(s.Consumers) > 0 {
			return true
		}
	}
	return len(stats.Publishers) > 0 || stats.StorageSize > 0
}

// writeSchema registers a schema. A broker takes any that goes with what is
// there, so what the plan did not see is looked for before.
func (b *Backend) writeSchema(ctx context.Context, s plan.Step, after *state.Schema) error {
	b.mu.Lock()
	made := b.made[after.Topic]
	delete(b.made, after.Topic) // from here on it has one
	b.mu.Unlock()
	if !made {
		// A topic of this run had none a moment ago.
		live, err := b.schema(ctx, after.Topic)
		if err != nil {
			return err
		}
		if live != nil && live.Has(after) {
			return nil
		}
		before, _ := s.Change.Before.(*state.Schema)
		if !sameVersions(live, before) {
			return moved("another schema was registered for topic %s", after.Topic)
		}
	}
	first, err := b.client.PutSchema(ctx, after.Topic, wire(after))
	var refused *admin.SchemaRefusedError
	if errors.As(err, &refused) {
		return fmt.Errorf("the broker does not take the schema %s for topic %s: %w", after.Type, after.Topic, err)
	}
	if err != nil {
		return err
	}
	if made && first && after.TypeOnly() {
		return nil // a type has no definition that the broker could write in another way
	}
	live, err := b.schema(ctx, after.Topic)
	if err != nil {
		return err
	}
	if made && live != nil && len(live.Versions) > 1 {
		return moved("another schema was registered for topic %s", after.Topic)
	}
	if live == nil || !live.Has(after) {
		return fmt.Errorf("the schema of topic %s did not take: the broker holds another definition for the same", after.Topic)
	}
	return nil
}

func sameVersions(a, b *state.Schema) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Versions, b.Versions)
}

func wire(s *state.Schema) admin.Schema {
	return admin.Schema{Type: s.Type, Definition: s.Definition, Properties: s.Properties}
}

// Ask implements backend.Asker.
func (b *Backend) Ask(ctx context.Context, live, want *state.State) error {
	var schemas []*state.Schema
	for _, addr := range want.Addrs() {
		if s, ok := want.Resources[addr].(*state.Schema); ok && b.asksAbout(live, s) {
			schemas = append(schemas, s)
		}
	}
	answers := make([]string, len(schemas))
	err := each(ctx, indices(schemas), func(ctx context.Context, i int) error {
		var err error
		answers[i], err = b.client.SchemaRefusal(ctx, schemas[i].Topic, wire(schemas[i]))
		if admin.Classify(err) == admin.Unauthorized {
			answers[i], err = untold(live, schemas[i]), nil
		}
		return err
	})
	for i, s := range schemas {
		facts := live.Facts[s.Addr()]
		facts.Refusal = answers[i]
		live.Facts[s.Addr()] = facts
	}
	if err == nil {
		err = b.askAboutPolicies(ctx, live, want)
	}
	return b.failure(err)
}

// untold is the answer for a role that may not ask, as only administrators of the
// tenant may: schemas of two types go together only where the namespace takes all.
func untold(live *state.State, want *state.Schema) string {
	have, ok := live.Resources[want.Addr()].(*state.Schema)
	if !ok || have.Type == want.Type {
		return ""
	}
	return "its type is another (only an administrator of the tenant may ask the broker whether it takes that)"
}

// asksAbout tells whether the broker has to be asked about a schema: where the
// topic has others, and where a definition may be no right one.
func (b *Backend) asksAbout(live *state.State, want *state.Schema) bool {
	if want.TypeOnly() {
		return false
	}
	if have, ok := live.Resources[want.Addr()].(*state.Schema); ok {
		return !have.Has(want)
	}
	return want.Definition != "" && live.Resources[state.NamespaceAddr(state.NamespaceOf(want.Topic))] != nil
}

func indices[T any](list []T) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
}
