package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// What a manager is asked by those who watch it, and within what time 99 of 100
// answers are to come on two cores that do nothing else.
const (
	connections   = 1000
	everySecond   = 500
	wantedAnswers = 50 * time.Millisecond
)

// BenchmarkManagerReads lists 1,000 meshes of 50 functions in pages of 100, over 1,000
// connections, 500 times a second in all. Client and manager share the machine, so the
// time is told and not judged.
func BenchmarkManagerReads(b *testing.B) {
	url := manyOnRecord(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}}
	var cursors []string
	for cursor := ""; ; {
		cursors = append(cursors, cursor)
		page := fetch(b, client, url+cursor)
		if page.Next == "" {
			break
		}
		cursor = "?cursor=" + page.Next
	}
	for b.Loop() {
		var mu sync.Mutex
		var took []time.Duration
		var size, failed int
		var all sync.WaitGroup
		const pause, rounds = time.Second * connections / everySecond, 8
		begin := time.Now()
		for c := range connections {
			all.Go(func() {
				for round := range rounds {
					time.Sleep(time.Until(begin.Add(time.Duration(round)*pause + time.Duration(c)*time.Second/everySecond)))
					asked := time.Now()
					n, err := read(client, url+cursors[(c+round)%len(cursors)])
					mu.Lock()
					if err != nil {
						failed++
					} else if round > 0 { // the first one connects
						took = append(took, time.Since(asked))
						size += n
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(took) == 0 || failed > 0 {
			b.Fatalf("%d requests failed, %d did not", failed, len(took))
		}
		slices.Sort(took)
		harness.Figure(b, "%d lists of %d over %d connections, %d a second, %d kB each: half within %s, 99 of 100 within %s (target %s), all within %s",
			len(took), 100, connections, everySecond, size/len(took)/1000, took[len(took)/2], took[len(took)*99/100], wantedAnswers, took[len(took)-1])
	}
}

// manyOnRecord is the address of the list of a manager with many meshes.
func manyOnRecord(b *testing.B) string {
	cluster := memory.New(native.Rules{})
	store := memory.NewRecords()
	for i := range managed {
		name := fmt.Sprintf("mesh%04d", i)
		h := record.Head{Mesh: "public/default/" + name, Revision: 1, Version: 1, Action: record.Apply, Outcome: record.Applied, Author: "alice@ci-7", Backend: "memory", Began: time.Now(), Ended: time.Now()}
		for n := range functionsEach {
			h.Nodes = append(h.Nodes, state.ComponentAddr(state.KindFunction, "public", "default", fmt.Sprintf("%s-%04d", name, n)))
		}
		if _, err := store.Write(b.Context(), h, &record.Body{}); err != nil {
			b.Fatal(err)
		}
	}
	m, err := manager.New(manager.Options{Records: store, Gate: manager.Open{Who: "alice", Backend: cluster}, Backend: "memory"})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { _ = m.Run(ctx) })
	all.Go(func() {
		if err := m.Serve(ctx, l, nil, 2*connections, time.Second); err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(func() { cancel(); all.Wait() })
	for !m.Ready() {
		time.Sleep(time.Millisecond)
	}
	return "http://" + l.Addr().String() + api.Meshes
}

func fetch(b *testing.B, client *http.Client, url string) (page api.Page) {
	b.Helper()
	resp, err := client.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %v", resp.Status, data, err)
	} else if err := json.Unmarshal(data, &page); err != nil {
		b.Fatal(err)
	}
	return page
}

// read takes an answer to its end.
func read(client *http.Client, url string) (int, error) {
	resp, err := client.Get(url)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s", resp.Status)
	}
	return int(n), err
}
