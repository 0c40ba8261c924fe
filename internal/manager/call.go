package manager

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// call is one request that is passed on, up to the beginning of its answer.
type call struct {
	ctx context.Context
	// sent tells that there was a connection, so that something may have arrived.
	sent, done atomic.Bool
	stop       chan struct{}
}

// errNoAnswer: the member stands still, or is gone.
var errNoAnswer = errors.New("the member does not answer, and another one leads or its time is over")

// call watches over a request that is passed on to a member: it is given up where the
// member has lost its seat, or takes longer than what it is asked for can take. The function that
// is returned ends that.
func (m *Manager) call(r *http.Request, seated func() bool) (*http.Request, *call, func()) {
	ctx, cancel := context.WithCancelCause(r.Context())
	c := &call{ctx: ctx, stop: make(chan struct{})}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { c.sent.Store(true) }})
	wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
	l := m.opts.Limits
	longest := l.UploadTime + l.PlanTime + min(max(wait, 0), l.Wait) + takeTime
	go func() {
		over := time.NewTimer(longest)
		defer over.Stop()
		beat := time.NewTicker(leadBeat)
		defer beat.Stop()
		for gone := time.Duration(0); gone < cmp.Or(m.opts.Forward.Patience, patience); {
			select {
			case <-beat.C:
				if gone += leadBeat; seated() {
					gone = 0
				}
			case <-over.C:
				gone = longest
			case <-c.stop:
				return
			case <-ctx.Done():
				return
			}
		}
		cancel(errNoAnswer)
	}()
	return r.WithContext(traced), c, func() { c.answered(); cancel(nil) }
}

// patience is how long a member may take to answer when it has lost its seat.
const patience = 10 * time.Second

// answered tells that the answer has begun, or that none is waited for any more.
func (c *call) answered() {
	if c.done.CompareAndSwap(false, true) {
		close(c.stop)
	}
}

// gaveUp tells that it was given up here, and not by who asked.
func (c *call) gaveUp() bool { return errors.Is(context.Cause(c.ctx), errNoAnswer) }

// connected tells that something may have arrived at the member.
func (c *call) connected() bool { return c.sent.Load() }

// transport reaches the members.
func (f *Forward) transport() http.RoundTripper {
	if f.Transport != nil {
		return f.Transport
	}
	return direct
}

// direct is Go's own transport without a proxy.
var direct = func() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Transport{}
	}
	t = t.Clone()
	t.Proxy = nil
	return t
}()
