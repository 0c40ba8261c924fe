package manager_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// TestReadsAreFast reads pages of 100 of 1,000 meshes with 50 nodes each over many
// connections at a fixed rate, and tells the latencies: 1,000 connections and 500
// requests a second with MESHC_MANAGER_LOAD=full (make manager), fewer otherwise. The
// client is in the same process, and shares its processors.
func TestReadsAreFast(t *testing.T) {
	connections, rate, long := 100, 100, 2*time.Second
	full := os.Getenv("MESHC_MANAGER_LOAD") == "full"
	if full {
		connections, rate, long = 1000, 500, 20*time.Second
	}
	d := newDesk(t, func(o *manager.Options) { o.Log = nil })
	store, err := d.b.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		id := mesh.ID{Tenant: "public", Namespace: "default", Name: fmt.Sprintf("mesh-%04d", i)}
		h := record.Head{Mesh: id.String(), Revision: 1, Version: 1, Action: record.Apply, Outcome: record.Applied, Author: "ci", Began: time.Now(), Ended: time.Now()}
		for n := range 50 {
			h.Nodes = append(h.Nodes, state.ComponentAddr(state.KindFunction, id.Tenant, id.Namespace, fmt.Sprintf("%s-%d", id.Name, n)))
		}
		if _, err := store.Write(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
	}
	path := api.Meshes + "/public/default?limit=100"
	eventually(t, "all meshes are known", func() bool {
		return len(decode[api.Page](t, d.ask(request{method: "GET", path: path, who: "bob"}, 200)).Items) == 100
	})
	took := load(t, d.url+path, connections, rate, long)
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))] }
	t.Logf("%d connections, %d requests a second, pages of 100 of 1,000 meshes x 50 nodes: %d requests, p50 %v, p99 %v, longest %v", connections, rate, len(took), at(.5), at(.99), at(1))
	if full && at(.99) > 50*time.Millisecond {
		t.Errorf("p99 is %v", at(.99))
	}
	if len(took) < int(long.Seconds())*rate/2 {
		t.Errorf("only %d requests were answered", len(took))
	}
}

// load sends requests at a rate in total, each connection in its turn, and gives how
// long they took from when they were due.
func load(t *testing.T, url string, connections, rate int, long time.Duration) []time.Duration {
	ctx, cancel := context.WithTimeout(t.Context(), long+30*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var all sync.WaitGroup
	// Connections are made within the first second, and not counted.
	begin := time.Now().Add(time.Second)
	each := time.Second * time.Duration(connections) / time.Duration(rate)
	for c := range connections {
		all.Go(func() {
			for due := begin.Add(each * time.Duration(c) / time.Duration(connections)); due.Before(begin.Add(long)); due = due.Add(each) {
				time.Sleep(time.Until(due))
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer bob-secret")
				resp, err := client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != 200 {
					t.Errorf("%s: %v", resp.Status, err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(due))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return took
}
