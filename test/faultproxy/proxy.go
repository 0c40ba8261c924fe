// Package faultproxy stands between meshc and an admin service and does what
// networks, load balancers and workers do to requests: it delays them, answers in
// the service's place, cuts connections before or after a request was carried out,
// redirects, and shows the past. It remembers each request and whether it reached
// the service, so that tests can count what was written.
package faultproxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy passes requests on to one service. It is safe for concurrent use.
type Proxy struct {
	// URL is where clients of the proxy connect; Other is a second address of it,
	// to redirect to. Both are of the form http://127.0.0.1:port.
	URL, Other string

	to   *url.URL
	next *http.Transport
	// token is sent to the service, when it is not empty.
	token string

	mu    sync.Mutex
	log   []Exchange
	rules []*rule
	past  map[string]remembered
	seen  func(Exchange)
}

// Exchange is a request that the proxy has dealt with.
type Exchange struct {
	Method, Path string
	Kind         Kind
	// Status is the service's answer; 0 tells that the request did not get there.
	Status int
	// Fault is the name of what was done to it, "" for nothing.
	Fault string
	// Sent are the bytes of the request's body that the service got.
	Sent int64
}

// Write tells whether the request asked for a change.
func (e Exchange) Write() bool {
	return e.Method != http.MethodGet && e.Method != http.MethodHead && e.Kind != AskSchema
}

// Done tells whether the service has carried the request out.
func (e Exchange) Done() bool { return e.Status/100 == 2 }

// rule is a fault that waits for its requests.
type rule struct {
	match func(*http.Request, Kind) bool
	fault Fault
	// skip requests pass before it, then times get the fault.
	skip, times int
}

// New starts a proxy before a service; it ends with the test.
func New(t testing.TB, adminURL string) *Proxy {
	t.Helper()
	to, err := url.Parse(adminURL)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{
		to: to, past: map[string]remembered{},
		next: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, ExpectContinueTimeout: 2 * time.Second},
	}
	t.Cleanup(p.next.CloseIdleConnections)
	for _, address := range []*string{&p.URL, &p.Other} {
		srv := httptest.NewServer(p)
		t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
		*address = srv.URL
	}
	return p
}

// Inject does a fault to the next requests of a kind, so many of them.
func (p *Proxy) Inject(kind Kind, fault Fault, times int) {
	p.InjectWhere(func(_ *http.Request, k Kind) bool { return k == kind }, fault, 0, times)
}

// InjectWhere does a fault to the requests that match, after the first skip of
// them, times often.
func (p *Proxy) InjectWhere(match func(*http.Request, Kind) bool, fault Fault, skip, times int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, &rule{match: match, fault: fault, skip: skip, times: times})
}

// Heal ends all faults; what was shown of the past is forgotten. It returns how
// many faults had not found their request.
func (p *Proxy) Heal() (left int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.rules {
		left += r.times
	}
	p.rules, p.past = nil, map[string]remembered{}
	return left
}

// Watch is told of each request when it has been dealt with, before its answer is
// written; nil ends that. Calls may overlap.
func (p *Proxy) Watch(seen func(Exchange)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = seen
}

// Log returns the requests so far, in the order in which they were dealt with,
// and forgets them.
func (p *Proxy) Log() []Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.log
	p.log = nil
	return out
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &Call{Request: r, Kind: KindOf(r.Method, r.URL.Path), proxy: p, w: w}
	fault := p.take(c)
	if fault.Do == nil {
		fault.Do = func(c *Call) { c.Answer(c.Forward()) }
	}
	c.fault = fault.Name
	fault.Do(c)
	c.book()
}

// take finds the fault of a request.
func (p *Proxy) take(c *Call) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.rules {
		if r.times == 0 || !r.match(c.Request, c.Kind) {
			continue
		}
		if r.skip > 0 {
			r.skip--
			continue
		}
		r.times--
		return r.fault
	}
	return p.pastOf(c.Request)
}

// Answer is what the service said, or what is said in its place.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// send asks the service. A failure to reach it is a 502.
func (p *Proxy) send(r *http.Request, body io.Reader) Answer {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.Host, out.RequestURI = p.to.Scheme, p.to.Host, p.to.Host, ""
	out.Header.Del("Connection")
	if p.token != "" {
		out.Header.Set("Authorization", "Bearer "+p.token)
	}
	out.Body = nil
	if body != nil {
		out.Body = io.NopCloser(body)
	}
	resp, err := p.next.RoundTrip(out)
	if err != nil {
		return Answer{Status: http.StatusBadGateway, Body: []byte(err.Error())}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return Answer{Status: http.StatusBadGateway, Body: []byte(err.Error())}
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: text}
}

// Call is a request that a fault decides about.
type Call struct {
	Request *http.Request
	Kind    Kind

	proxy  *Proxy
	w      http.ResponseWriter
	fault  string
	status int
	sent   int64
	booked bool
}

// Forward lets the service carry the request out and returns its answer.
func (c *Call) Forward() Answer {
	counted := &counter{Reader: c.Request.Body}
	r := c.Request
	if c.fault != "" {
		// What a fault lets happen happens, whether or not its client is still there.
		r = r.WithContext(context.WithoutCancel(r.Context()))
	}
	a := c.proxy.send(r, counted)
	c.status, c.sent = a.Status, counted.n
	return a
}

// Answer answers the request.
func (c *Call) Answer(a Answer) {
	c.book()
	for name, values := range a.Header {
		if !strings.EqualFold(name, "Content-Length") && !strings.EqualFold(name, "Transfer-Encoding") {
			c.w.Header()[name] = values
		}
	}
	c.w.WriteHeader(a.Status)
	_, _ = c.w.Write(a.Body) // a client that is gone needs none
}

// Cut ends the connection without a word.
func (c *Call) Cut() {
	c.book()
	// Told by the server's own documentation: ends the connection, logs nothing.
	panic(http.ErrAbortHandler)
}

// book remembers the request, once, and before its client can know of its end.
func (c *Call) book() {
	if c.booked {
		return
	}
	c.booked = true
	e := Exchange{Method: c.Request.Method, Path: c.Request.URL.Path, Kind: c.Kind, Status: c.status, Fault: c.fault, Sent: c.sent}
	c.proxy.mu.Lock()
	c.proxy.log = append(c.proxy.log, e)
	seen := c.proxy.seen
	c.proxy.mu.Unlock()
	if seen != nil {
		seen(e)
	}
}

// counter counts what is read.
type counter struct {
	io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// reasonOf is the body in which Pulsar tells why not.
func reasonOf(text string) []byte {
	var b bytes.Buffer
	b.WriteString(`{"reason":"` + strings.ReplaceAll(text, `"`, `\"`) + `"}`)
	return b.Bytes()
}
