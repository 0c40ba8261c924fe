package state

import (
	"maps"
	"slices"
)

// KindPolicies is the kind of the policies of a topic or namespace.
const KindPolicies Kind = "policies"

// Policies are the policies of a topic or namespace that meshes can declare, by
// Pulsar's names. A desired state holds those that the mesh declares; only these
// are compared and set. One that has none of them in the cluster has no such resource.
type Policies struct {
	// On is the address of the topic or namespace.
	On Addr `json:"on"`
	// Values are in canonical form (see Canonical): `retention` (a mapping with both
	// of its values), and of a namespace `deduplication`, `messageTTLInSeconds` and
	// `schemaCompatibilityStrategy`.
	Values map[string]any `json:"values"`
	// Owner is the mesh that set the policies of a topic. Those of a namespace are
	// for all that is in it: no mesh owns them, and none takes them away.
	Owner string `json:"owner,omitempty"`
}

// PoliciesAddr returns the address of the policies of a topic or namespace, given
// by its address.
func PoliciesAddr(on Addr) Addr { return Addr(KindPolicies) + "/" + on }

// Addr implements Resource.
func (p *Policies) Addr() Addr { return PoliciesAddr(p.On) }

// OwnerID implements Resource.
func (p *Policies) OwnerID() string { return p.Owner }

func (p *Policies) resource() {}

// Names returns the names of the policies that are given, sorted.
func (p *Policies) Names() []string { return slices.Sorted(maps.Keys(p.Values)) }

// Retention says what a topic keeps of acknowledged messages: as long as it is
// younger than Minutes and as they take less than MB mebibytes together. -1 is
// without limit; both 0 keep nothing.
type Retention struct{ Minutes, MB int64 }

// Value gives the canonical form.
func (r Retention) Value() map[string]any {
	return map[string]any{"retentionTimeInMinutes": float64(r.Minutes), "retentionSizeInMB": float64(r.MB)}
}

// Retention returns the policy of that name, and whether it is given.
func (p *Policies) Retention() (Retention, bool) {
	v, ok := p.Values["retention"].(map[string]any)
	if !ok {
		return Retention{}, false
	}
	minutes, _ := v["retentionTimeInMinutes"].(float64)
	mb, _ := v["retentionSizeInMB"].(float64)
	return Retention{int64(minutes), int64(mb)}, true
}

// Less tells whether r drops messages that q keeps.
func (r Retention) Less(q Retention) bool {
	less := func(a, b int64) bool { return a >= 0 && (b < 0 || a < b) }
	return less(r.Minutes, q.Minutes) || less(r.MB, q.MB)
}
