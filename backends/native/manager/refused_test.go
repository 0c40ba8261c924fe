package manager_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// refusing answers look-ups of brokers with a status while there is one.
type refusing struct {
	through
	status atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (r *refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	status := int(r.status.Load())
	if status == 0 || !strings.HasPrefix(req.URL.Path, "/lookup/") {
		return r.through.RoundTrip(req)
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}, Request: req}, nil
}

// TestRefusalsPass: a store that is refused when it connects again says so at once, and
// goes on when it is let in: what it watches too.
func TestRefusalsPass(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	g := newGate(t, p.srv.BrokerURL)
	rt := &refusing{through: through{p.srv.BrokerURL, "pulsar://" + g.Addr().String()}}
	client, err := admin.New(conn.Settings{AdminURL: p.srv.AdminURL}, admin.WithTransport(rt))
	if err != nil {
		t.Fatal(err)
	}
	other, o := p.open(t), p.options(t)
	o.Client, o.Settings = client, conn.Settings{AdminURL: p.srv.AdminURL}
	s, id := openWith(t, o), newMesh()
	told := make(chan record.Head, 10)
	ready := make(chan bool)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { ended <- s.Watch(ctx, func() { close(ready) }, func(h record.Head) { told <- h }) }()
	<-ready
	newest := record.Head{}
	for _, status := range []int{http.StatusForbidden, http.StatusUnauthorized, http.StatusNotFound} {
		rt.status.Store(int64(status))
		g.cut()
		within(t, "it is refused", func() bool { return s.Refused() != nil })
		began := time.Now()
		if _, err := s.Head(t.Context(), id); err == nil || status != http.StatusNotFound && !errors.Is(err, record.ErrForbidden) {
			t.Errorf("%d: %v", status, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%d: told after %v", status, took)
		}
		if newest, err = other.Write(t.Context(), recordtest.Next(id, newest, "other"), nil); err != nil {
			t.Fatal(err)
		}
		rt.status.Store(0)
		within(t, "it is let in", func() bool { return s.Refused() == nil })
		if h, err := s.Head(t.Context(), id); err != nil || h.Revision != newest.Revision {
			t.Errorf("%d: %+v %v", status, h, err)
		}
		select {
		case h := <-told:
			if h.Revision != newest.Revision {
				t.Errorf("told %+v", h)
			}
		case err := <-ended:
			t.Fatalf("%d: watching has ended: %v", status, err)
		}
	}
}

func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so after 15 s: %s", what)
		}
	}
}
