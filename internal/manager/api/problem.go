package api

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/record"
)

// ContentProblem is the media type of a Problem (RFC 9457).
const ContentProblem = "application/problem+json"

// The kinds of problems.
const (
	// KindUsage: the request itself is wrong.
	KindUsage = "usage"
	// KindUnauthorized: nobody said who asks, or wrongly. KindForbidden: that one may not.
	KindUnauthorized = "unauthorized"
	KindForbidden    = "forbidden"
	// KindNotFound: there is no such mesh, version or operation. KindExists: the mesh is there.
	KindNotFound = "not-found"
	KindExists   = "exists"
	// KindFindings: the mesh file or the plan has errors. KindRisks: risks are not allowed.
	KindFindings = "findings"
	KindRisks    = "risks"
	// KindStale: the cluster is not as the plan saw it, or sensitive values are others.
	KindStale = "stale"
	// KindConflict: another run came first, or has the mesh. KindHeld: someone holds it (meshc lock).
	KindConflict = "conflict"
	KindHeld     = "held"
	// KindGone: the version's code or record is not kept any more.
	KindGone = "gone"
	// KindTooLarge: the body is larger than what is taken. KindTooSlow: it did not come in
	// time. KindBusy: too much at once.
	KindTooLarge = "too-large"
	KindTooSlow  = "too-slow"
	KindBusy     = "busy"
	// KindNoLeader: nobody leads now. KindUnreachable: the cluster does not answer.
	KindNoLeader    = "no-leader"
	KindUnreachable = "unreachable"
	// KindUnknown: the request was passed on to a leader that did not answer. It may have
	// been accepted: the mesh's history tells, and the same request with the same
	// Idempotency-Key is not carried out twice.
	KindUnknown = "unknown"
	// KindFailed: anything else that went wrong.
	KindFailed = "failed"
)

// HeaderKey names a request, so that one that is sent again is carried out once.
const HeaderKey = "Idempotency-Key"

// Problem is the answer to a request that was not carried out: nothing was written,
// but for KindUnknown, where that is open.
type Problem struct {
	// Type is one of the kinds.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Findings, Risks, Winner, Hold, Moved and Missing say more, by the kind.
	Findings diag.List        `json:"findings,omitempty"`
	Risks    []Risk           `json:"risks,omitempty"`
	Winner   *Mesh            `json:"winner,omitempty"`
	Hold     *record.HoldInfo `json:"hold,omitempty"`
	Moved    []string         `json:"moved,omitempty"`
	Missing  []string         `json:"missing,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}
