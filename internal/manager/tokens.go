package manager

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// Tokens is a gate that passes the callers' Pulsar tokens on: the cluster itself says
// who they are and what they may, and all that is done for them is done with their
// tokens. The manager holds no key to check them with.
type Tokens struct {
	cluster *backends.Cluster
	// claim is the name of the claim that has the role (tokenAuthClaim of brokers).
	claim string
	// verified tells that the cluster checks tokens.
	verified bool
	now      func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]*tokenCaller
}

// How long an answer of the cluster about a caller holds, and for how many callers
// answers are kept.
const (
	goodFor    = 30 * time.Second
	badFor     = 5 * time.Second
	keepFor    = 10 * time.Minute
	mostTokens = 1000
)

// NewTokens makes the gate. claim "" is "sub", Pulsar's default; verified tells that
// the cluster checks tokens, without which names of callers are told as doubtful.
func NewTokens(c *backends.Cluster, claim string, verified bool) *Tokens {
	if claim == "" {
		claim = "sub"
	}
	return &Tokens{cluster: c, claim: claim, verified: verified, now: time.Now, known: map[[sha256.Size]byte]*tokenCaller{}}
}

// maxToken bounds a token; brokers take no longer headers either.
const maxToken = 16 << 10

// Caller implements Gate. A token is known by its hash.
func (t *Tokens) Caller(r *http.Request) (Caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" || len(token) > maxToken || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return nil, fmt.Errorf("%w: send a token that Pulsar takes: Authorization: Bearer TOKEN", ErrUnauthorized)
	}
	key := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.known[key]; ok {
		c.used = t.now()
		return c, nil
	}
	role, err := t.cluster.Token(token)
	if err != nil {
		return nil, err
	}
	t.forget()
	c := &tokenCaller{gate: t, role: role, name: t.nameOf(token), used: t.now(), may: map[string]verdict{}}
	t.known[key] = c
	return c, nil
}

// forget drops callers that have not come for long, and the longest one where there
// are too many.
func (t *Tokens) forget() {
	var oldest [sha256.Size]byte
	for key, c := range t.known {
		if t.now().Sub(c.used) > keepFor {
			c.role.Close()
			delete(t.known, key)
		} else if o, ok := t.known[oldest]; !ok || c.used.Before(o.used) {
			oldest = key
		}
	}
	if o, ok := t.known[oldest]; ok && len(t.known) >= mostTokens {
		o.role.Close()
		delete(t.known, oldest)
	}
}

// nameOf reads the role out of a JSON web token. Whether it is true the cluster says,
// which every request asks first; a token of another kind is named by its hash.
func (t *Tokens) nameOf(token string) string {
	claims := map[string]any{}
	if parts := strings.Split(token, "."); len(parts) == 3 {
		if data, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			_ = json.Unmarshal(data, &claims) // none: no name
		}
	}
	name, ok := claims[t.claim].(string)
	if !ok || name == "" {
		sum := sha256.Sum256([]byte(token))
		name = fmt.Sprintf("token-%x", sum[:6])
	}
	if len(name) > 200 {
		name = name[:200]
	}
	if !t.verified {
		name += " (not verified)"
	}
	return clean(name)
}

// verdict is an answer of the cluster, for a while.
type verdict struct {
	err   error
	until time.Time
}

// tokenCaller is who has a token.
type tokenCaller struct {
	gate *Tokens
	role *backends.Role
	name string
	used time.Time // under the gate's lock

	mu  sync.Mutex
	may map[string]verdict
}

// Name implements Caller.
func (c *tokenCaller) Name() string { return c.name }

// Known implements Caller.
func (c *tokenCaller) Known(ctx context.Context) error {
	return c.ask("", func() error { return c.role.Known(ctx) })
}

// May implements Caller.
func (c *tokenCaller) May(ctx context.Context, tenant, namespace string) error {
	return c.ask(tenant+"/"+namespace, func() error { return c.role.MayDeploy(ctx, tenant, namespace) })
}

// ask gives an answer that is not old, or asks the cluster.
func (c *tokenCaller) ask(what string, question func() error) error {
	now := c.gate.now()
	c.mu.Lock()
	v, ok := c.may[what]
	c.mu.Unlock()
	if ok && now.Before(v.until) {
		return v.err
	}
	err := question()
	v = verdict{until: now.Add(badFor)}
	switch {
	case err == nil:
		v.until = now.Add(goodFor)
	case errors.Is(err, backends.ErrUnknownRole):
		v.err = fmt.Errorf("%w: %w", ErrUnauthorized, err)
	case errors.Is(err, backends.ErrNoRight):
		v.err = fmt.Errorf("%w: role %s needs the permission functions on namespace %s, or to administer its tenant", ErrForbidden, c.name, what)
	default:
		// It could not be asked; the next one asks again.
		return unreached{err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.may) > mostTokens {
		clear(c.may)
	}
	c.may[what] = v
	return v.err
}

// Open implements Caller.
func (c *tokenCaller) Open(context.Context) (backend.Backend, func(), error) {
	return c.role.Backend(), func() {}, nil
}

// Allows implements Caller: the cluster looks at each request.
func (*tokenCaller) Allows(context.Context, mesh.ID, *plan.Plan) error { return nil }

// Refused implements Refuser. Whether the token is taken is asked anew: it may have ended
// a moment ago.
func (c *tokenCaller) Refused(ctx context.Context, err error) error {
	if !backends.Refused(err) {
		return err
	}
	if errors.Is(c.role.Known(ctx), backends.ErrUnknownRole) {
		return fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	return fmt.Errorf("%w: %w", ErrForbidden, err)
}

// unreached is a question that the cluster did not answer.
type unreached struct{ error }

// Unwrap gives the cause.
func (u unreached) Unwrap() error { return u.error }
