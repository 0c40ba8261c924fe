package manager_test

import (
	"net/http"
	"net/http/httptest"
	nurl "net/url"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
)

// follower is a manager that follows a leader at an address.
func follower(t *testing.T, address string) (*desk, *lead) {
	l := &lead{name: "second"}
	l.leader.Store(&[2]string{"first", address})
	return newDesk(t, func(o *manager.Options) {
		o.Leadership = l
		o.Forward = &manager.Forward{Allowed: func(*nurl.URL) bool { return true }, Patience: 10 * time.Millisecond}
	}), l
}

// TestALeaderThatStandsStill: a request that was passed on to it is given up when another one
// leads; whether it was carried out is not known.
func TestALeaderThatStandsStill(t *testing.T) {
	arrived, stop := make(chan bool), make(chan bool)
	still := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- true
		<-stop
	}))
	defer still.Close()
	defer close(stop)
	f, l := follower(t, still.URL)
	go func() {
		<-arrived
		l.leader.Store(&[2]string{"third", "http://127.0.0.1:1"})
	}()
	body, kind := form(t, meshFile("m", 1), pyFile, "")
	f.problem(request{method: "PUT", path: one + "?wait=5m", who: "alice", body: body, header: kind}, 502, api.KindUnknown)
}

// TestALeaderThatIsNotReached: where nothing was sent, nothing was carried out.
func TestALeaderThatIsNotReached(t *testing.T) {
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, address := range []string{untrusted.URL, gone.URL} {
		f, _ := follower(t, address)
		body, kind := form(t, meshFile("m", 1), pyFile, "")
		f.problem(request{method: "PUT", path: one, who: "alice", body: body, header: kind}, 503, api.KindNoLeader)
	}
}
