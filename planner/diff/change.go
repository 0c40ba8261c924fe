// Package diff compares what a mesh needs with what is there. The same inputs
// give the same changes in the same order.
package diff

import (
	"encoding/json"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// Action is what happens to a resource.
type Action string

// The actions. Adopt comes with the import of components that others made.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
)

// Reason says why an action was chosen; it is recorded, not derived again.
type Reason string

// The reasons.
const (
	// Absent: the resource is wanted and is not there.
	Absent Reason = "absent"
	// Differs: values that can be updated differ.
	Differs Reason = "differs"
	// CannotUpdate: a value differs that the cluster refuses to change in place.
	CannotUpdate Reason = "cannot-update"
	// NotWanted: the mesh made it and no longer names it.
	NotWanted Reason = "not-wanted"
	// Destroyed: the whole mesh is taken down.
	Destroyed Reason = "destroyed"
	// Retained: it is not wanted now and kept all the same: topics hold data,
	// packages serve a way back.
	Retained Reason = "retained"
	// Same: nothing differs.
	Same Reason = "same"
)

// Change is what happens to one resource, with all that is needed to do it.
type Change struct {
	Addr   state.Addr
	Action Action
	// Before is nil for Create; After is nil for Delete.
	Before, After state.Resource
	Fields        []FieldChange
	Why           Reason
	Span          diag.Span
}

// FieldChange is one value that differs. A value inside a map has a dotted
// name, such as userConfig.minLength. nil is absence.
type FieldChange struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
	// Forces is true where this difference is why the resource is replaced.
	Forces bool `json:"forcesReplace,omitempty"`
	// Span is where the mesh file gives the value.
	Span diag.Span `json:"span,omitzero"`
}

type changeJSON struct {
	Addr   state.Addr    `json:"addr"`
	Action Action        `json:"action"`
	Why    Reason        `json:"why"`
	Before state.Boxed   `json:"before"`
	After  state.Boxed   `json:"after"`
	Fields []FieldChange `json:"fields,omitempty"`
	Span   diag.Span     `json:"span,omitzero"`
}

// MarshalJSON implements json.Marshaler.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(changeJSON{c.Addr, c.Action, c.Why, state.Boxed{Resource: c.Before}, state.Boxed{Resource: c.After}, c.Fields, c.Span})
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *Change) UnmarshalJSON(data []byte) error {
	var j changeJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	for i, f := range j.Fields {
		j.Fields[i].Before, j.Fields[i].After = state.Revived(f.Before), state.Revived(f.After)
	}
	*c = Change{Addr: j.Addr, Action: j.Action, Why: j.Why, Before: j.Before.Resource, After: j.After.Resource, Fields: j.Fields, Span: j.Span}
	return nil
}

// Rule says what a cluster does with a changed field of a resource.
type Rule struct {
	// Fixed values cannot be changed in place: the resource is replaced.
	Fixed bool
	// WriteOnce values are read only at creation: a change of them alone does nothing.
	WriteOnce bool
	// CannotClear tells that taking the value away needs a replacement.
	CannotClear bool
}

// RuleSet answers how a backend's cluster updates; each backend brings its own.
type RuleSet interface {
	// Rule returns the rule for a field, by Pulsar's name without a dotted part.
	Rule(kind state.Kind, field string) Rule
}
