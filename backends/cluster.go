package backends

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/coordinate"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/record"
)

// The answers of Cluster and Role to the question of what someone may.
var (
	ErrUnknownRole = native.ErrUnknownRole
	ErrNoRight     = native.ErrNoRight
)

// Cluster is a Pulsar that is used for others, each with own credentials.
type Cluster struct {
	settings conn.Settings
	client   *admin.Client
	options  []native.Option
	records  string
}

// Role is someone at a Cluster.
type Role struct {
	*native.Role
	options []native.Option
}

// OpenCluster makes a Cluster from settings; it connects to nothing yet.
func OpenCluster(s Settings) (*Cluster, error) {
	client, settings, err := s.pulsar()
	if err != nil {
		return nil, err
	}
	return &Cluster{settings: settings, client: client, records: s.RecordsTopic,
		options: []native.Option{native.WithPackages(s.Packages), native.WithCodeVerified(s.VerifyCode), native.WithRecords(s.RecordsTopic)}}, nil
}

// Backend is the backend with the cluster's own credentials, under its name Name.
func (c *Cluster) Backend() backend.Backend { return native.New(c.client, c.settings, c.options...) }

// Name is the name of the backend that a Cluster opens.
func (c *Cluster) Name() string { return native.Name }

// Token gives the role that has a token; no other credentials are used for it.
func (c *Cluster) Token(text string) (*Role, error) {
	r, err := native.NewRole(c.settings, conn.TokenAuth(text))
	if err != nil {
		return nil, err
	}
	return &Role{r, c.options}, nil
}

// Backend gives a backend with the role's credentials.
func (r *Role) Backend() backend.Backend { return r.Role.Backend(r.options...) }

// Records opens the records of meshes with the cluster's own credentials; who calls it
// closes them. Errors are those of record.Keeper.
func (c *Cluster) Records(ctx context.Context) (record.Store, error) {
	return native.New(c.client, c.settings, c.options...).Records(ctx)
}

// Coordination makes one of several processes the leader; see package coordinate.
type Coordination = coordinate.Coordination

// Coordinate gives a member of those who meet beside the records topic. name is unique
// among them, url where others reach it.
func (c *Cluster) Coordinate(name, url string, log *slog.Logger, onChange func(leads bool)) *Coordination {
	return coordinate.New(coordinate.Options{
		Topic: cmp.Or(c.records, manager.DefaultTopic) + "-coordinate", Client: c.client, Settings: c.settings, Name: name, URL: url, Log: log, OnChange: onChange,
	})
}

// Verifies tells whether the cluster asks who someone is: one that answers without
// credentials takes any token for good.
func (c *Cluster) Verifies(ctx context.Context) (bool, error) {
	nobody, err := native.NewRole(c.settings, conn.Auth{})
	if err != nil {
		return false, err
	}
	defer nobody.Close()
	err = nobody.Known(ctx)
	if err == ErrUnknownRole {
		return true, nil
	}
	return false, err
}

// Named asks with the cluster's own credentials what a role may do in a namespace;
// see native.Named.
func (c *Cluster) Named(ctx context.Context, role, tenant, namespace string) (admins bool, actions []string, err error) {
	return native.Named(ctx, c.client, role, tenant, namespace)
}

// Refused tells whether an error is the cluster's word that it does not take someone's
// credentials, or that a right is missing; see native.Refused.
func Refused(err error) bool { return native.Refused(err) }

// Peers gives the transport to other managers of the cluster: with the authorities that
// client.conf trusts, without credentials of its own, and never by a proxy.
func (c *Cluster) Peers() (http.RoundTripper, error) { return c.settings.Peers() }

// Service gives an HTTP client for a service that takes the same credentials as the
// cluster, by client.conf: they go to the hosts of its URL, and to AllowedHosts, alone.
func (s Settings) Service(url string) (*http.Client, error) {
	settings, err := conn.Load(conn.Flags{AdminURL: url, AllowHosts: s.AllowedHosts}, s.Getenv)
	if err != nil {
		return nil, err
	}
	return settings.Client()
}

// Rules are how function workers take changes, for who has no backend at hand.
func Rules() diff.RuleSet { return native.Rules{} }
