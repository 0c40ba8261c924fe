package kube_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/test/faultproxy"
)

func lockOf(ns, user string) kube.LockOptions {
	return kube.LockOptions{Namespace: ns, Name: "meshc-lock", Labels: map[string]string{"meshc/mesh": "m"},
		Holder:   map[string]string{"user": user, "host": "ci-7", "process": "4711", "command": "apply"},
		Duration: 3 * time.Second, Renew: 500 * time.Millisecond, Patience: 20 * time.Second}
}

func TestLockIsHeldByOne(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	before := time.Now().Add(-2 * time.Second)
	lease := must[*kube.Lease](t)(c.Lock(t.Context(), lockOf(ns, "alice")))
	if err := lease.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	_, err := c.Lock(t.Context(), lockOf(ns, "bob"))
	held := as[*kube.HeldError](t, err)
	if diff := cmp.Diff(lockOf(ns, "alice").Holder, held.Holder); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(held.Identity, "alice@ci-7/4711/") || held.Since.Before(before) || held.Since.After(time.Now().Add(time.Second)) {
		t.Errorf("%s since %v", held.Identity, held.Since)
	}
	if out := k8stest.Kubectl(t, srv, "", "get", "lease", "-n", ns, "-l", "meshc/mesh=m", "-o", "name"); out != "lease.coordination.k8s.io/meshc-lock\n" {
		t.Errorf("kubectl shows %q", out)
	}
	// Renewed for longer than it lasts, it is still held.
	renewals := map[string]bool{}
	until(t, 20*time.Second, "ten renewals", func(ctx context.Context) bool {
		o := must[kube.Object](t)(c.Get(ctx, kube.Ref{Resource: kube.Leases, Namespace: ns, Name: "meshc-lock"}))
		renewals[o.Text("spec", "renewTime")] = true
		return len(renewals) == 10
	})
	if _, err := c.Lock(t.Context(), lockOf(ns, "bob")); !is[*kube.HeldError](err) {
		t.Errorf("after ten renewals: %v", err)
	}
	lease.Release()
	if l := must[kube.Listed](t)(c.List(t.Context(), kube.Leases, ns, kube.Selector{})); len(l.Items) != 0 {
		t.Errorf("%d leases are left", len(l.Items))
	}
	must[*kube.Lease](t)(c.Lock(t.Context(), lockOf(ns, "bob"))).Release()
	_, err = c.Lock(t.Context(), lockOf("none-"+ns, "bob"))
	if e := as[*kube.NotFound](t, err); !e.NoNamespace {
		t.Errorf("%v", err)
	}
	_, err = clientOfUser(t, srv, "carol").Lock(t.Context(), lockOf(ns, "carol"))
	if e := as[*kube.Forbidden](t, err); e.Resource != kube.Leases {
		t.Errorf("%v", err)
	}
}

// TestLockWhoseLastSignIsNotKnown is given back all the same: the end of a run cuts a
// sign short that may have got through.
func TestLockWhoseLastSignIsNotKnown(t *testing.T) {
	t.Parallel()
	_, c, ns := place(t)
	o := lockOf(ns, "alice")
	o.Duration, o.Renew = 3*time.Minute, time.Minute
	lease := must[*kube.Lease](t)(c.Lock(t.Context(), o))
	stored := must[kube.Object](t)(c.Get(t.Context(), kube.Ref{Resource: kube.Leases, Namespace: ns, Name: "meshc-lock"}))
	stored.Map("spec")["renewTime"] = time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	if _, err := c.Update(t.Context(), kube.Leases, stored, kube.Options{}); err != nil {
		t.Fatal(err)
	}
	lease.Release()
	if l := must[kube.Listed](t)(c.List(t.Context(), kube.Leases, ns, kube.Selector{})); len(l.Items) != 0 {
		t.Errorf("%d leases are left", len(l.Items))
	}
}

// TestLockOfOneWhoIsGone is free after its duration, for one of those who want it;
// the old holder, who was away only, learns of it before he could do harm.
func TestLockOfOneWhoIsGone(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	p, away := faulty(t, srv, time.Minute)
	lease := must[*kube.Lease](t)(away.Lock(t.Context(), lockOf(ns, "alice")))
	// From now on nothing of his gets through.
	p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, faultproxy.CutBefore(), 0, faultproxy.Repeats)
	var (
		all    sync.WaitGroup
		mu     sync.Mutex
		winner *kube.Lease
		took   time.Time
	)
	for range 6 {
		all.Go(func() {
			for t.Context().Err() == nil {
				l, err := c.Lock(t.Context(), lockOf(ns, "bob"))
				mu.Lock()
				if err == nil && winner != nil {
					t.Error("two have taken it over")
				}
				if err == nil {
					winner, took = l, time.Now()
				} else if !is[*kube.HeldError](err) && !kube.IsMoved(err) {
					t.Error(err)
				}
				done := winner != nil
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	// The old holder may write as long as Ready says so, which must end before.
	var sure time.Time
	for lease.Err() == nil {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		asked := time.Now()
		err := lease.Ready(ctx)
		cancel()
		if err != nil {
			break
		}
		sure = asked
	}
	all.Wait()
	if winner == nil || !sure.Before(took) {
		t.Fatalf("sure until %v, taken over at %v", sure, took)
	}
	p.Heal()
	select {
	case <-lease.Lost():
	case <-time.After(30 * time.Second):
		t.Fatal("the old holder does not learn that it is lost")
	}
	if e := as[*kube.HeldError](t, lease.Err()); e.Holder["user"] != "bob" || lease.Ready(t.Context()) == nil {
		t.Errorf("lost to %v", e)
	}
	lease.Release() // another's is left alone
	if err := winner.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	o := must[kube.Object](t)(c.Get(t.Context(), kube.Ref{Resource: kube.Leases, Namespace: ns, Name: "meshc-lock"}))
	if o.Int("spec", "leaseTransitions") != 1 || o.Annotation("meshc/user") != "bob" {
		t.Errorf("the lease is %v", o)
	}
	winner.Release()
}

// TestLockWhoseAnswersAreLost stays with its holder: a sign of his own is no other's.
func TestLockWhoseAnswersAreLost(t *testing.T) {
	t.Parallel()
	srv, c, ns := place(t)
	p, far := faulty(t, srv, time.Minute)
	p.InjectWhere(func(r *http.Request, _ faultproxy.Kind) bool { return r.Method == http.MethodPost }, faultproxy.CutAfter(), 0, 1)
	lease := must[*kube.Lease](t)(far.Lock(t.Context(), lockOf(ns, "alice")))
	p.InjectWhere(func(r *http.Request, _ faultproxy.Kind) bool { return r.Method == http.MethodPut }, faultproxy.CutAfter(), 0, 3)
	signs := func() (n int) {
		for _, e := range p.Log() {
			if e.Method == http.MethodPut && e.Fault == "" && e.Done() {
				n++
			}
		}
		return n
	}
	p.Log()
	seen := 0
	until(t, 20*time.Second, "signs that get through again", func(context.Context) bool { seen += signs(); return seen >= 2 })
	if p.Heal() != 0 || lease.Err() != nil || lease.Ready(t.Context()) != nil {
		t.Errorf("the holder is told %v", lease.Err())
	}
	// Someone deletes it: the holder must not go on as if nothing were.
	if err := c.Delete(t.Context(), kube.Ref{Resource: kube.Leases, Namespace: ns, Name: "meshc-lock"}, kube.Deletion{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lease.Lost():
	case <-time.After(30 * time.Second):
		t.Fatal("the holder does not learn that its lease is gone")
	}
	if !errors.Is(lease.Err(), kube.ErrMeanwhile) {
		t.Errorf("%v", lease.Err())
	}
	lease.Release()
}

// TestLockOfAServerThatIsGone is lost when patience ends.
func TestLockOfAServerThatIsGone(t *testing.T) {
	t.Parallel()
	srv, _, ns := place(t)
	p, c := faulty(t, srv, time.Minute)
	o := lockOf(ns, "alice")
	o.Patience = 300 * time.Millisecond
	lease := must[*kube.Lease](t)(c.Lock(t.Context(), o))
	p.InjectWhere(func(*http.Request, faultproxy.Kind) bool { return true }, unavailable, 0, faultproxy.Repeats)
	select {
	case <-lease.Lost():
	case <-time.After(30 * time.Second):
		t.Fatal("the lock is not lost")
	}
	if err := lease.Err(); !is[*kube.Unknown](err) || !strings.Contains(err.Error(), "could not be renewed for 300ms") {
		t.Errorf("%v", err)
	}
}
