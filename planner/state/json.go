package state

import (
	"encoding/json"
	"fmt"
)

// Boxed carries a Resource through JSON as {"kind": ..., "resource": ...}.
// The zero value is no resource and is written as null.
type Boxed struct{ Resource }

// MarshalJSON implements json.Marshaler.
func (b Boxed) MarshalJSON() ([]byte, error) {
	if b.Resource == nil {
		return []byte("null"), nil
	}
	return json.Marshal(struct {
		Kind     Kind     `json:"kind"`
		Resource Resource `json:"resource"`
	}{b.Resource.Addr().Kind(), b.Resource})
}

// UnmarshalJSON implements json.Unmarshaler; an unknown kind is an error.
func (b *Boxed) UnmarshalJSON(data []byte) error {
	var raw struct {
		Kind     Kind            `json:"kind"`
		Resource json.RawMessage `json:"resource"`
	}
	if string(data) == "null" {
		b.Resource = nil
		return nil
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	switch raw.Kind {
	case KindNamespace:
		b.Resource = new(Namespace)
	case KindTopic:
		b.Resource = new(Topic)
	case KindPolicies:
		b.Resource = new(Policies)
	case KindSchema:
		b.Resource = new(Schema)
	case KindSubscription:
		b.Resource = new(Subscription)
	case KindPackage:
		b.Resource = new(Package)
	case KindFunction, KindSource, KindSink:
		b.Resource = &Component{Kind: raw.Kind}
	default:
		return fmt.Errorf("unknown kind of resource %q", raw.Kind)
	}
	err := json.Unmarshal(raw.Resource, b.Resource)
	if c, ok := b.Resource.(*Component); ok && c.Fields != nil {
		c.Fields = Revived(c.Fields).(map[string]any)
	}
	return err
}
