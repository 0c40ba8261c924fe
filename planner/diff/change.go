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

// The actions.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
	// Adopt takes over what others made: an update that marks it as the mesh's.
	Adopt Action = "adopt"
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
	// WouldLose: an update would reset a value that is to stay.
	WouldLose Reason = "would-lose"
	// NotWanted: the mesh made it and no longer names it.
	NotWanted Reason = "not-wanted"
	// Destroyed: the whole mesh is taken down.
	Destroyed Reason = "destroyed"
	// Collected: no component uses the package any more, and newer ones are kept.
	Collected Reason = "collected"
	// Retained: it is not wanted now and kept all the same: topics hold data,
	// packages serve a way back.
	Retained Reason = "retained"
	// Adopted: it is there without a marker, and the mesh file says to take it over.
	Adopted Reason = "adopted"
	// Same: nothing differs.
	Same Reason = "same"
)

// Change is what happens to one resource, with all that is needed to do it.
type Change struct {
	Addr   state.Addr
	Action Action
	// Before is nil for Create; After is nil for Delete.
	Before, After state.Resource
	// Between is the form that a component is given before it is deleted, so that its
	// subscriptions stay: the mesh's, with cleanupSubscription off. nil where it is
	// deleted as it is.
	Between state.Resource
	// From are the components that go and whose place a new one takes: it reads on
	// through their subscriptions.
	From   []state.Addr
	Fields []FieldChange
	// Kept is how many instances go on through an update as they are.
	Kept int
	Why  Reason
	Span diag.Span
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
	Addr   state.Addr  `json:"addr"`
	Action Action      `json:"action"`
	Why    Reason      `json:"why"`
	Before state.Boxed `json:"before"`
	After  state.Boxed `json:"after"`
	// Between is left out where there is none, unlike the others.
	Between *state.Boxed  `json:"between,omitempty"`
	From    []state.Addr  `json:"from,omitempty"`
	Fields  []FieldChange `json:"fields,omitempty"`
	Kept    int           `json:"kept,omitempty"`
	Span    diag.Span     `json:"span,omitzero"`
}

// MarshalJSON implements json.Marshaler.
func (c Change) MarshalJSON() ([]byte, error) {
	j := changeJSON{Addr: c.Addr, Action: c.Action, Why: c.Why, Before: state.Boxed{Resource: c.Before}, After: state.Boxed{Resource: c.After}, From: c.From, Fields: c.Fields, Kept: c.Kept, Span: c.Span}
	if c.Between != nil {
		j.Between = &state.Boxed{Resource: c.Between}
	}
	return json.Marshal(j)
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
	*c = Change{Addr: j.Addr, Action: j.Action, Why: j.Why, Before: j.Before.Resource, After: j.After.Resource, From: j.From, Fields: j.Fields, Kept: j.Kept, Span: j.Span}
	if j.Between != nil {
		c.Between = j.Between.Resource
	}
	return nil
}

// Last is what is there when the resource is deleted: as it was found, or as it
// was made for that.
func (c Change) Last() state.Resource {
	if c.Between != nil {
		return c.Between
	}
	return c.Before
}

// Rule says what a cluster does with a changed field of a resource.
type Rule struct {
	// Fixed values cannot be changed in place: the resource is replaced.
	Fixed bool
	// WriteOnce values are read only at creation: a change of them alone does nothing.
	WriteOnce bool
	// CannotClear tells that taking the value away needs a replacement, CannotAdd that
	// giving one does where there was none.
	CannotClear, CannotAdd bool
	// FixedKeys are keys of a map that are Fixed in one that can be changed.
	FixedKeys []string
	// Lossy values are reset to Unset by any update of the resource.
	Lossy bool
	Unset any
	// Derived values are filled in by the cluster where they are not given.
	Derived bool
	// Mirrored values are told by another field as well, which is the one compared.
	Mirrored bool
}

// forces tells whether a difference needs a replacement.
func (r Rule) forces(before, after any) bool {
	return r.Fixed || r.CannotClear && after == nil || r.CannotAdd && before == nil || r.Lossy && !state.Equal(after, r.Unset)
}

// RuleSet answers how a backend's cluster updates; each backend brings its own.
type RuleSet interface {
	// Rule returns the rule for a field, by Pulsar's name without a dotted part.
	Rule(kind state.Kind, field string) Rule
}

// Deleter is the ability of a RuleSet to say how others delete a component there.
type Deleter interface {
	// DeleteBy is a command that does, "" for that of function workers.
	DeleteBy(c *state.Component) string
}

// Housing is the ability of a RuleSet to tell of places that components share: the
// place can be someone else's before any of them is there.
type Housing interface {
	// Occupied says of a live component that stands for a place of others what that is,
	// and how the mesh gets another one; "" for any other component.
	Occupied(c *state.Component) (what, remedy string)
}

// Keeper is a RuleSet that knows of updates which leave instances alone. Function
// workers stop all of them at every update.
type Keeper interface {
	// Kept returns how many instances of before go on as they are.
	Kept(before, after *state.Component) int
}

// Cleaner is a RuleSet of a place where cleanupSubscription is turned off in another
// way than by the field of that name.
type Cleaner interface {
	// CleanupOff returns a copy of a live component with it off, and nothing else changed
	// that the update does not change by itself.
	CleanupOff(live *state.Component) *state.Component
}
