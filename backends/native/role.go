package native

import (
	"context"
	"errors"
	"slices"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/lock"
)

// The answers to the question of what a role may.
var (
	// ErrUnknownRole: the cluster does not know who asks.
	ErrUnknownRole = errors.New("the cluster does not know the caller")
	// ErrNoRight: it does, and that one may not.
	ErrNoRight = errors.New("the caller may not deploy to this namespace")
)

// Role is someone else at the cluster, by own credentials: who works for others must
// not do more for them than they can do themselves.
type Role struct {
	client   *admin.Client
	settings conn.Settings
}

// NewRole gives the role that has these credentials; none of those in settings are used.
func NewRole(settings conn.Settings, a conn.Auth) (*Role, error) {
	settings = settings.For(a)
	client, err := admin.New(settings)
	if err != nil {
		return nil, err
	}
	return &Role{client, settings}, nil
}

// Known returns nil when the cluster knows the role. GET /admin/v2/clusters takes no
// more than that. Errors: ErrUnknownRole, or why it could not be asked.
func (r *Role) Known(ctx context.Context) error {
	_, err := r.client.Clusters(ctx)
	if admin.Classify(err) == admin.Unauthorized {
		return ErrUnknownRole
	}
	return err
}

// MayDeploy returns nil when the role may deploy functions to a namespace, which the
// worker asks also of those who list them (GET /admin/v3/functions/{tenant}/{namespace}).
// Errors: ErrUnknownRole, ErrNoRight, or why it could not be asked.
func (r *Role) MayDeploy(ctx context.Context, tenant, namespace string) error {
	_, err := r.client.List(ctx, admin.Functions, tenant, namespace)
	if admin.Classify(err) != admin.Unauthorized {
		return err
	}
	// Workers answer both with the same status.
	if err := r.Known(ctx); err != nil {
		return err
	}
	return ErrNoRight
}

// Refused tells whether an error, of whatever was done with someone's credentials, is the
// word of the cluster that it does not take them, or that a right is missing.
func Refused(err error) bool {
	return admin.Classify(err) == admin.Unauthorized || lock.Unauthorized(err)
}

// Backend gives a backend that has the role's credentials only.
func (r *Role) Backend(opts ...Option) *Backend { return New(r.client, r.settings, opts...) }

// Close frees the idle connections.
func (r *Role) Close() { r.client.Close() }

// Named asks, with credentials that may see it, what another role may do: whether it
// administers the tenant, and its permissions on the namespace.
func Named(ctx context.Context, client *admin.Client, role, tenant, namespace string) (admins bool, actions []string, err error) {
	list, err := client.TenantAdmins(ctx, tenant)
	if err != nil && admin.Classify(err) != admin.Unauthorized && admin.Classify(err) != admin.NotFound {
		return false, nil, err
	}
	if slices.Contains(list, role) {
		return true, nil, nil
	}
	roles, err := client.Permissions(ctx, tenant, namespace)
	if admin.Classify(err) == admin.NotFound {
		return false, nil, nil
	}
	return false, roles[role], err
}
