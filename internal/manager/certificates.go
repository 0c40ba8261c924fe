package manager

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

// Certificates is a gate for callers with client certificates. Their keys are not the
// manager's to pass on, so what is done for them is done with its own credentials, and
// only after it has asked the cluster what their role may: to read takes the permission
// functions on the mesh's namespace, and to plan or change anything the role has to
// administer every tenant that the plan is about. That is narrower than what the role
// may do by itself, and never wider.
type Certificates struct {
	cluster *backends.Cluster
	// roles are Pulsar's, by the common names of certificates.
	roles map[string]string
	now   func() time.Time

	mu    sync.Mutex
	known map[string]verdictOf
}

// verdictOf is what a role may in a namespace, for a while.
type verdictOf struct {
	admins  bool
	actions []string
	until   time.Time
}

// NewCertificates makes the gate; roles are by the common names of certificates. The
// TLS layer has verified them before.
func NewCertificates(c *backends.Cluster, roles map[string]string) *Certificates {
	return &Certificates{cluster: c, roles: roles, now: time.Now, known: map[string]verdictOf{}}
}

// Caller implements Gate.
func (g *Certificates) Caller(r *http.Request) (Caller, error) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.PeerCertificates) == 0 {
		return nil, fmt.Errorf("%w: a client certificate is needed", ErrUnauthorized)
	}
	name := r.TLS.PeerCertificates[0].Subject.CommonName
	role, ok := g.roles[name]
	if !ok {
		return nil, fmt.Errorf("%w: no role is given to certificates of %q", ErrUnauthorized, clean(name))
	}
	return certificateCaller{g, role}, nil
}

type certificateCaller struct {
	g    *Certificates
	role string
}

// Name implements Caller.
func (c certificateCaller) Name() string { return c.role }

// Known implements Caller: the certificate has been verified.
func (certificateCaller) Known(context.Context) error { return nil }

// May implements Caller.
func (c certificateCaller) May(ctx context.Context, tenant, namespace string) error {
	v, err := c.ask(ctx, tenant, namespace)
	if err == nil && !v.admins && !slices.Contains(v.actions, "functions") {
		err = fmt.Errorf("%w: role %s needs the permission functions on namespace %s/%s, or to administer its tenant", ErrForbidden, c.role, tenant, namespace)
	}
	return err
}

func (c certificateCaller) ask(ctx context.Context, tenant, namespace string) (verdictOf, error) {
	key := c.role + " " + tenant + "/" + namespace
	c.g.mu.Lock()
	v, ok := c.g.known[key]
	c.g.mu.Unlock()
	if ok && c.g.now().Before(v.until) {
		return v, nil
	}
	var err error
	v = verdictOf{until: c.g.now().Add(goodFor)}
	if v.admins, v.actions, err = c.g.cluster.Named(ctx, c.role, tenant, namespace); err != nil {
		return v, unreached{err}
	}
	c.g.mu.Lock()
	defer c.g.mu.Unlock()
	if len(c.g.known) > mostTokens {
		clear(c.g.known)
	}
	c.g.known[key] = v
	return v, nil
}

// Open implements Caller.
func (c certificateCaller) Open(context.Context) (backend.Backend, func(), error) {
	return c.g.cluster.Backend(), func() {}, nil
}

// Allows implements Caller.
func (c certificateCaller) Allows(ctx context.Context, id mesh.ID, p *plan.Plan) error {
	tenants, err := tenantsOf(id, p)
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		v, err := c.ask(ctx, tenant, id.Namespace)
		if err != nil {
			return err
		}
		if !v.admins {
			return fmt.Errorf("%w: to plan and change meshes by certificate, role %s has to administer tenant %s", ErrForbidden, c.role, tenant)
		}
	}
	return nil
}

// named finds tenants in the full names of topics and packages.
var named = regexp.MustCompile(`(?:persistent|function|source|sink)://([^/"]+)/`)

// tenantsOf are the tenants that a plan is about, sorted: those of what it changes, and
// those of what it wants, which goes on record and may be deployed again from there. What
// is not named in full is refused: whose it is cannot be known.
func tenantsOf(id mesh.ID, p *plan.Plan) ([]string, error) {
	all := map[string]bool{id.Tenant: true}
	// Whatever a plan holds is in its JSON form; so nothing is forgotten here that is
	// added to plans later.
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	for _, m := range named.FindAllSubmatch(text, -1) {
		all[string(m[1])] = true
	}
	about := []state.Resource{}
	for _, boxed := range p.Desired {
		about = append(about, boxed.Resource)
	}
	for _, s := range p.Steps {
		about = append(about, s.Change.Before, s.Change.Between, s.Change.After)
	}
	for _, r := range about {
		if r == nil {
			continue
		}
		where, err := state.Where(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrForbidden, err)
		}
		tenant, _, _ := strings.Cut(where, "/")
		all[tenant] = true
	}
	return slices.Sorted(maps.Keys(all)), nil
}
