package kube

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
)

// Manager is meshc's name as a field manager of server-side apply.
const Manager = "meshc"

// Client talks to one API server. It is safe for use by several goroutines, and
// bounds nothing: how many requests are in the air is its users' business. Eight to
// sixteen are what one server takes with profit.
type Client struct {
	base     *url.URL
	http     *http.Client
	patience time.Duration
	perPage  int
	// plain is the base without credentials, for messages.
	plain string
	// met tells that the server has answered before, so that not to reach it passes.
	met   atomic.Bool
	clock clock
	// exec tells that credentials come from a program, which is asked again after a 401.
	exec bool
}

// New makes the client of a cluster. It connects to nothing, but reads the files
// that the configuration names. Errors are *ConfigError.
func New(c *Config) (*Client, error) {
	conf := rest.CopyConfig(c.rest)
	hc, err := rest.HTTPClientFor(conf)
	if err != nil {
		return nil, &ConfigError{Source: c.Source, Problem: "context \"" + c.Context + "\" cannot be used: " + err.Error(), Advice: "kubectl config view shows what it names", Err: err}
	}
	base, _, err := rest.DefaultServerUrlFor(conf)
	if err != nil {
		return nil, &ConfigError{Source: c.Source, Problem: err.Error(), Advice: "kubectl config view shows the server's address", Err: err}
	}
	// A redirect would carry the token to whoever is named there.
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	k := &Client{base: base, http: hc, plain: c.URL, patience: c.Patience, perPage: c.PerPage, exec: conf.ExecProvider != nil}
	if k.patience <= 0 {
		k.patience = 30 * time.Second
	}
	if k.perPage <= 0 {
		k.perPage = perPage
	}
	return k, nil
}

// URL is the server's address without credentials.
func (c *Client) URL() string { return c.plain }

// Version is what an API server says of itself.
type Version struct {
	// Git is such as v1.34.4, Platform such as linux/amd64.
	Git      string `json:"gitVersion"`
	Major    string `json:"major"`
	Minor    string `json:"minor"`
	Platform string `json:"platform"`
}

// Version asks for the server's version (GET /version), which all may read.
func (c *Client) Version(ctx context.Context) (Version, error) {
	var v Version
	_, err := c.do(ctx, request{op: Op{Verb: "get", Path: "/version"}, method: http.MethodGet, path: "/version", repeat: always, into: &v})
	return v, err
}

// ClusterID returns what tells clusters apart: the UID of their kube-system
// namespace. It is empty where that may not be read.
func (c *Client) ClusterID(ctx context.Context) (string, error) {
	o, err := c.Get(ctx, Ref{Resource: Namespaces, Name: "kube-system"})
	if IsForbidden(err) || IsNotFound(err) {
		return "", nil
	}
	return o.UID(), err
}

// pathOf is where the API server has the objects of a kind, or one of them.
func pathOf(r Resource, namespace, name, sub string) string {
	parts := []string{"", "apis", r.Group, r.Version}
	if r.Group == "" {
		parts = []string{"", "api", r.Version}
	}
	if namespace != "" {
		parts = append(parts, "namespaces", url.PathEscape(namespace))
	}
	parts = append(parts, r.Plural)
	for _, p := range []string{name, sub} {
		if p != "" {
			parts = append(parts, url.PathEscape(p))
		}
	}
	return strings.Join(parts, "/")
}
