package native

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/planner/state"
)

// TestSlots asks for many statuses at once: never more than the slots are in
// flight, and an end of the context ends the wait for one.
func TestSlots(t *testing.T) {
	var now, most atomic.Int64
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		<-release
		now.Add(-1)
		fmt.Fprint(w, `{"numInstances":1,"numRunning":1,"instances":[]}`)
	}))
	defer server.Close()
	settings := conn.Settings{AdminURL: server.URL, BrokerURL: "pulsar://127.0.0.1:1"}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	b := New(client, settings)
	b.slots.widen(2) // fewer than there are: nothing happens
	b.slots.widen(writesInFlight + 1)
	f := &state.Component{Kind: state.KindFunction, Tenant: "public", Namespace: "default", Name: "f"}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if _, err := b.status(context.Background(), f); err != nil {
				t.Error(err)
			}
		})
	}
	for end := time.Now().Add(10 * time.Second); now.Load() < writesInFlight+1 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.status(ctx, f); err == nil {
		t.Error("a status without a slot")
	}
	close(release)
	all.Wait()
	if most.Load() != writesInFlight+1 {
		t.Errorf("%d in flight, want %d", most.Load(), writesInFlight+1)
	}
}
