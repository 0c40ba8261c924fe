package manager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/tracing"
)

// Forward says how requests are passed on to other members.
type Forward struct {
	// Allowed tells whether the callers' credentials may go to an address.
	Allowed func(*url.URL) bool
	// Transport reaches the members; nil is one that trusts what the system does. It is to
	// take no proxy: credentials go to the members alone.
	Transport http.RoundTripper
	// Patience is how long a member may take to answer when another one leads already: one
	// that hands the lead over finishes first, one that stands still never does (10 s).
	Patience time.Duration
	// Redirect answers with the leader's address instead, where credentials cannot be
	// passed on: a client certificate proves only who holds its key.
	Redirect bool
}

// headerForwarded marks a request that a member has passed on; it is not passed on again.
const headerForwarded = "Meshc-Forwarded-By"

// passOn passes a request on to the leader; done tells that it has answered.
func (m *Manager) passOn(w http.ResponseWriter, r *http.Request) (done bool, err error) {
	l := m.opts.Leadership
	if l.Leading() {
		return false, nil
	}
	name, address, known := l.Leader()
	switch {
	case !known:
		return false, errNoLeader
	case name == l.Name():
		// It leads by what the cluster says, and does not know it yet.
		return false, nil
	}
	return true, m.pass(w, r, name, address, func() bool {
		now, _, known := l.Leader()
		return !known || now == name
	})
}

// passTo passes a request on to a member.
func (m *Manager) passTo(w http.ResponseWriter, r *http.Request, member string) (done bool, err error) {
	address, known := m.opts.Leadership.Member(member)
	if !known {
		return false, nil
	}
	return true, m.pass(w, r, member, address, func() bool {
		_, known := m.opts.Leadership.Member(member)
		return known
	})
}

func (m *Manager) pass(w http.ResponseWriter, r *http.Request, member, address string, seated func() bool) error {
	to, err := url.Parse(address)
	switch {
	case r.Header.Get(headerForwarded) != "":
		return fmt.Errorf("%w: the lead has changed while the request was passed on", errNoLeader)
	case err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https":
		return fmt.Errorf("%w: member %s advertises no address", errNoLeader, member)
	case m.opts.Forward == nil || !m.opts.Forward.Allowed(to):
		return fmt.Errorf("%w here, and requests are not passed on to %s: allow its host with --peer", errNoLeader, to.Host)
	case m.opts.Secure && to.Scheme != "https":
		return fmt.Errorf("%w here, and %s is reached without TLS: credentials are not sent there", errNoLeader, to.Host)
	}
	if m.opts.Forward.Redirect {
		w.Header().Set("Location", to.Scheme+"://"+to.Host+r.URL.RequestURI())
		writeJSON(w, http.StatusTemporaryRedirect, "application/json", api.LeaderInfo{Member: m.opts.Leadership.Name(), Leader: member, URL: address})
		return nil
	}
	yieldTurn(w)
	var span *tracing.Span
	defer func() { span.End() }()
	r, call, end := m.call(r, seated)
	defer end()
	proxy := &httputil.ReverseProxy{
		Transport: m.opts.Forward.transport(),
		// What comes from here on may take its time: events do.
		ModifyResponse: func(*http.Response) error { call.answered(); return nil },
		// Streams are passed on event by event.
		FlushInterval: -1,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Header.Set(headerForwarded, m.opts.Leadership.Name())
			span = m.opts.Tracing.BeginCall(p.In.Context(), "forward", p.Out.Header, tracing.String("server.address", to.Host))
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.As(err, new(*http.MaxBytesError)) || errors.Is(err, context.Canceled) && !call.gaveUp() {
				m.refuse(w, r, err)
				return
			}
			span.Fail(api.KindUnreachable)
			m.log.Warn("the leader does not answer", "leader", member, "url", address, "err", err)
			if !call.connected() {
				m.refuse(w, r, fmt.Errorf("%w: %s cannot be reached: %w", errNoLeader, to.Host, err))
				return
			}
			m.refuse(w, r, errUnknown)
		},
	}
	began := time.Now()
	proxy.ServeHTTP(w, r)
	m.metrics.forwarded(time.Since(began))
	return nil
}
