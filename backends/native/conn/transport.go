package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Limits of the transport. There is no limit for a whole request: a download may be long.
const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	// headerTimeout is above the 60 s after which a blocked worker answers a create by itself.
	headerTimeout = 90 * time.Second
	idlePerHost   = 32
)

// RefusedError is a request that the transport did not send, since it would have
// led to a host that is not allowed or taken credentials from https to http.
type RefusedError struct{ Reason string }

// Error is the reason, with the way out.
func (e *RefusedError) Error() string { return e.Reason }

// Client is an HTTP client on Transport, without a limit of time: give each
// request a context.
func (s Settings) Client() (*http.Client, error) {
	rt, err := s.Transport()
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: rt}, nil
}

// Transport is the one way to the web service. For each request it
//
//   - attaches the credentials, if scheme, host and port are those of AdminURL,
//     WorkerURL or AllowedHosts, and to no other host;
//   - sends a request for the first host of AdminURL or WorkerURL to the next ones,
//     when a host cannot be connected to, and stays with the one that worked;
//   - refuses (RefusedError) a redirect to a host that is not allowed, from https
//     to http, or that would turn a write into a GET.
//
// It honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY except for loopback addresses.
// Each call returns a transport with a connection pool of its own.
//
// Errors: AdminURL or AllowedHosts are not valid, a certificate file cannot be read.
func (s Settings) Transport() (http.RoundTripper, error) {
	b, err := parseBases(first(s.AdminURL, DefaultAdminURL))
	if err != nil {
		return nil, err
	}
	allow, err := parseAllowed(s.AllowedHosts, b[0].Scheme)
	if err != nil {
		return nil, err
	}
	base, err := plainTransport(s.TLS)
	if err != nil {
		return nil, err
	}
	t := &transport{services: []*service{{bases: b}}, allowed: allow, auth: s.Auth, tls: s.TLS, base: base}
	if s.WorkerURL != "" {
		w, err := parseBases(s.WorkerURL)
		if err != nil {
			return nil, err
		}
		t.services = append(t.services, &service{bases: w})
	}
	return t, nil
}

// plainTransport is the transport beneath, without credentials and rules.
func plainTransport(t TLS) (*http.Transport, error) {
	cfg, err := t.Config()
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		// net/http asks no proxy for localhost and loopback addresses.
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        cfg,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		ExpectContinueTimeout:  2 * time.Second,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConns:           4 * idlePerHost,
		MaxIdleConnsPerHost:    idlePerHost,
		MaxResponseHeaderBytes: 1 << 20,
	}, nil
}

// Peers gives the transport to services beside this one, to which the credentials of
// others are passed on: it trusts what the cluster's does, shows no certificate, takes no
// proxy, and leaves it to its user how long an answer may take. Errors are those of TLS.Config.
func (s Settings) Peers() (*http.Transport, error) {
	s.TLS.CertFile, s.TLS.KeyFile = "", ""
	t, err := plainTransport(s.TLS)
	if err != nil {
		return nil, err
	}
	t.Proxy, t.ResponseHeaderTimeout = nil, 0
	return t, nil
}

type transport struct {
	// services are the brokers and, where they are apart, the function workers.
	services []*service
	allowed  []allowed
	auth     Auth
	tls      TLS
	base     *http.Transport
}

// service is hosts of which one does as well as the other.
type service struct {
	bases bases
	// current is the index of the host that worked last.
	current atomic.Int32
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the pool.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.check(req); err != nil {
		closeBody(req)
		return nil, err
	}
	if s := t.serviceOf(req.URL); req.Response == nil && s != nil {
		return t.failover(req, s)
	}
	return t.send(req, req.URL)
}

// check applies the rules for redirects. net/http sets Response on the requests
// that follow one; checking here covers each client that uses this transport.
func (t *transport) check(req *http.Request) error {
	if req.Response == nil || req.Response.Request == nil {
		return nil
	}
	from := req.Response.Request
	switch {
	case from.URL.Scheme == "https" && req.URL.Scheme != "https":
		return &RefusedError{fmt.Sprintf("the server redirected from https to %s://%s: not followed, since it would show the credentials; correct the addresses that the brokers and workers advertise", req.URL.Scheme, req.URL.Host)}
	case !t.trusted(req.URL):
		return &RefusedError{fmt.Sprintf("the server redirected to %s://%s, which is not a configured host; if it is part of the cluster, allow it with %s %[2]s", req.URL.Scheme, req.URL.Host, FlagAllowHost)}
	case from.Method != req.Method:
		return &RefusedError{fmt.Sprintf("the server answered %d to a %s, which would turn it into a %s; check the admin URL", req.Response.StatusCode, from.Method, req.Method)}
	}
	return nil
}

// serviceOf returns the service that the user named the host of, or nil.
func (t *transport) serviceOf(u *url.URL) *service {
	o := origin(u)
	for _, s := range t.services {
		for _, b := range s.bases {
			if origin(b) == o {
				return s
			}
		}
	}
	return nil
}

func (t *transport) trusted(u *url.URL) bool {
	if t.serviceOf(u) != nil {
		return true
	}
	for _, a := range t.allowed {
		if a.matches(u) {
			return true
		}
	}
	return false
}

// failover sends to the host that worked last, then to the others in turn. Only
// a connection that was never made lets it go on: nothing was sent by then.
func (t *transport) failover(req *http.Request, s *service) (*http.Response, error) {
	start := int(s.current.Load())
	for i := 0; ; i++ {
		at := (start + i) % len(s.bases)
		u := *req.URL
		u.Host = s.bases[at].Host
		resp, err := t.send(req, &u)
		if err == nil {
			s.current.Store(int32(at))
			return resp, nil
		}
		if i+1 == len(s.bases) || !notConnected(req.Context(), err) {
			return nil, err
		}
		if req.Body != nil && req.Body != http.NoBody {
			if req.GetBody == nil {
				return nil, err
			}
			body, bodyErr := req.GetBody()
			if bodyErr != nil {
				return nil, bodyErr
			}
			req = req.Clone(req.Context())
			req.Body = body
		}
	}
}

func notConnected(ctx context.Context, err error) bool {
	var op *net.OpError
	return ctx.Err() == nil && errors.As(err, &op) && op.Op == "dial"
}

// send attaches the credentials, if the address may have them, and sends.
func (t *transport) send(req *http.Request, u *url.URL) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL, out.Host = u, ""
	u.User = nil
	// Whoever made the request cannot smuggle a credential past the rule either.
	out.Header.Del("Authorization")
	if t.trusted(u) {
		value, err := t.auth.Authorization(req.Context())
		if err != nil {
			closeBody(req)
			return nil, &CredentialError{err}
		}
		if value != "" {
			out.Header.Set("Authorization", value)
		}
	}
	resp, err := t.base.RoundTrip(out)
	return resp, t.tls.Explain(err)
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// CredentialError is a request that was not sent, since no credential could be had for it.
type CredentialError struct{ Err error }

// Error is the text of the cause.
func (e *CredentialError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *CredentialError) Unwrap() error { return e.Err }
