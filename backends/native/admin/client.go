package admin

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends/native/conn"

	pulsaradmin "github.com/apache/pulsar-client-go/pulsaradmin/pkg/admin"
)

// Observer is told of each HTTP exchange, redirected ones too: the method, the
// path without query, the status (0 if there was no answer) and the time until
// the head of the answer. It is called from the goroutine that sends and must
// be safe for use by several.
type Observer func(method, path string, status int, dur time.Duration)

// Client talks to one cluster. It is safe for use by several goroutines.
type Client struct {
	base *url.URL
	// workers is where function workers are asked; the same as base where they are in the brokers.
	workers  *url.URL
	settings conn.Settings
	http     *http.Client
	observe  Observer
	// transport takes the place of the settings' own, where it is set.
	transport http.RoundTripper
	pulsar    pulsaradmin.Client
	// plain are topics that had no partitions when last seen, and when that was.
	plain sync.Map
}

// Option changes how New builds a client.
type Option func(*Client)

// WithObserver sets the observer.
func WithObserver(o Observer) Option { return func(c *Client) { c.observe = o } }

// WithTransport sends all requests through rt, without the rules of
// conn.Settings.Transport: for tests that have no network.
func WithTransport(rt http.RoundTripper) Option { return func(c *Client) { c.transport = rt } }

// New builds a client; it connects to nothing yet. Errors are those of
// conn.Settings.Transport.
func New(s conn.Settings, opts ...Option) (*Client, error) {
	rt, err := s.Transport()
	if err != nil {
		return nil, err
	}
	base, err := s.Base()
	if err != nil {
		return nil, err
	}
	workers, err := s.WorkerBase()
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, workers: workers, settings: s}
	for _, o := range opts {
		o(c)
	}
	if c.transport != nil {
		rt = c.transport
	}
	watched := &observed{next: rt, client: c}
	c.http = &http.Client{Transport: watched}
	c.pulsar, err = newPulsarAdmin(c, watched)
	return c, err
}

// Close frees the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// observed reports exchanges to the observer and names the client.
type observed struct {
	next   http.RoundTripper
	client *Client
}

// CloseIdleConnections passes on to the transport beneath.
func (o *observed) CloseIdleConnections() {
	if t, ok := o.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper.
func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.Header.Set("User-Agent", "meshc")
	strictPath(out.URL)
	start := time.Now()
	resp, err := o.next.RoundTrip(out)
	if o.client.observe != nil {
		status := 0
		if resp != nil {
			status = resp.StatusCode
		}
		o.client.observe(req.Method, req.URL.Path, status, time.Since(start))
	}
	return resp, err
}

// strictPath escapes the plus sign, which Go leaves alone in a path and which
// Pulsar's topic resources read as a space.
func strictPath(u *url.URL) {
	if escaped := u.EscapedPath(); strings.Contains(escaped, "+") {
		u.RawPath = strings.ReplaceAll(escaped, "+", "%2B")
	}
}
