package coordinate_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/coordinate"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// member is one of those who meet.
type member struct {
	*coordinate.Coordination
	cancel context.CancelFunc
	done   chan struct{}
	mu     sync.Mutex
	told   []bool
}

func join(t *testing.T, topic, name string) *member {
	srv := pulsartest.Shared(t)
	settings := conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	m := &member{done: make(chan struct{})}
	m.Coordination = coordinate.New(coordinate.Options{Topic: topic, Client: client, Settings: settings, Name: name, URL: "http://" + name, Beat: 200 * time.Millisecond, OnChange: func(leads bool) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.told = append(m.told, leads)
	}})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	m.cancel = cancel
	go func() {
		defer close(m.done)
		m.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-m.done; client.Close() })
	return m
}

// leader waits until all members agree on who leads.
func leader(t *testing.T, members ...*member) *member {
	t.Helper()
	var found *member
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		names, leads := map[string]bool{}, 0
		for _, m := range members {
			name, url, known := m.Leader()
			if known && url == "http://"+name {
				names[name] = true
			} else {
				names[""] = true
			}
			if m.Leading() {
				found = m
				leads++
			}
		}
		if len(names) == 1 && leads == 1 && names[found.Name()] {
			return found
		}
	}
	t.Fatal("no leader that all agree on after 30 s")
	return nil
}

// TestOneLeads: of three members one leads, all know where it is, and another one
// takes over from one that is killed and from one that resigns.
func TestOneLeads(t *testing.T) {
	topic := "persistent://" + pulsartest.Namespace(t, pulsartest.Shared(t)) + "/records-coordinate"
	var members []*member
	for i := range 3 {
		members = append(members, join(t, topic, fmt.Sprint("m", i)))
	}
	for len(members) > 1 {
		old := leader(t, members...)
		if err := old.Confirm(t.Context()); err != nil {
			t.Error(err)
		}
		began := time.Now()
		if len(members) == 3 {
			old.cancel()
		} else {
			old.Resign(t.Context())
		}
		var left []*member
		for _, m := range members {
			if m != old {
				left = append(left, m)
			}
		}
		members = left
		leader(t, members...)
		t.Logf("a new leader after %v", time.Since(began))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		if old.Leading() || old.Confirm(t.Context()) == nil {
			t.Error("two lead")
		}
		old.mu.Lock()
		if len(old.told) < 2 || old.told[len(old.told)-1] {
			t.Errorf("the old one was told %v", old.told)
		}
		old.mu.Unlock()
	}
}
