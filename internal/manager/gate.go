package manager

import (
	"context"
	"errors"
	"net/http"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// Gate finds out who asks.
type Gate interface {
	// Caller gives who asks. Errors: ErrUnauthorized.
	Caller(r *http.Request) (Caller, error)
}

// Caller is who asks, and acts with that one's rights only.
type Caller interface {
	// Name is what records say about who it was.
	Name() string
	// Known returns nil when the cluster knows the caller. Errors are May's.
	Known(ctx context.Context) error
	// May returns nil when the caller may deploy to a namespace, which is also what
	// reading its meshes takes: Pulsar has no permission to read functions without
	// deploying them. Errors: ErrUnauthorized, ErrForbidden, or why it could not be asked.
	May(ctx context.Context, tenant, namespace string) error
	// Open gives the backend as the caller may use it; done gives it back.
	Open(ctx context.Context) (b backend.Backend, done func(), err error)
	// Allows returns nil when the caller may carry out a plan, where the backend does
	// not find that out by itself. A plan without steps is about what it wants, and about
	// the mesh alone where it wants nothing.
	Allows(ctx context.Context, id mesh.ID, p *plan.Plan) error
}

// Refuser is a Caller whose own credentials the cluster is asked with, so that its refusals
// are about the caller, and not about the manager.
type Refuser interface {
	// Refused gives ErrUnauthorized or ErrForbidden, with the error, where the error is
	// such a refusal, and the error as it is where not.
	Refused(ctx context.Context, err error) error
}

// refused is Refuser's Refused, for any caller.
func refused(ctx context.Context, c Caller, err error) error {
	if r, ok := c.(Refuser); ok && err != nil {
		return r.Refused(ctx, err)
	}
	return err
}

// The errors of gates.
var (
	// ErrUnauthorized: nobody said who asks, or the cluster does not know that one.
	ErrUnauthorized = errors.New("not authenticated")
	// ErrForbidden: the cluster knows who asks, and that one may not.
	ErrForbidden = errors.New("not allowed")
)

// Open is a gate for one desk: whoever asks is the manager itself. The command line
// has it on the loopback interface only.
type Open struct {
	// Who is the name of all callers, Backend what they use.
	Who     string
	Backend backend.Backend
}

// Caller implements Gate.
func (o Open) Caller(*http.Request) (Caller, error) { return openCaller{o}, nil }

type openCaller struct{ o Open }

func (c openCaller) Name() string { return c.o.Who }

func (openCaller) Known(context.Context) error { return nil }

func (openCaller) May(context.Context, string, string) error { return nil }

func (c openCaller) Open(context.Context) (b backend.Backend, done func(), err error) {
	return c.o.Backend, func() {}, nil
}

func (openCaller) Allows(context.Context, mesh.ID, *plan.Plan) error { return nil }
