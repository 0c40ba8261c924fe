package operator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
)

// Options says what a stand-in looks after and what the test wants to see of it.
type Options struct {
	// Namespace is the only one that it looks at: on a shared server others have theirs.
	Namespace string
	// NeedConfig lets no pod start whose ConfigMaps and Secrets are not there, as a
	// kubelet does; without it their values are empty.
	NeedConfig bool
	// Webhooks makes the API server ask the stand-in about each write of a Function, Source
	// or Sink in the namespace, as it does the operator: defaults are filled in, and
	// creations that break its rules are refused. After [Operator.Stop] nothing is asked.
	Webhooks bool
	// NoKubelet leaves the pods alone: they stay Pending, unless the test writes their
	// status.
	NoKubelet bool
	// OnPod is called for each new pod, in a goroutine of its own, before the pod becomes
	// Ready; nil does nothing. An error makes the pod a crash loop with this message. A
	// pod with the name of a gone one waits until OnPodGone has returned for that.
	OnPod func(context.Context, Pod) error
	// OnPodGone is called when a pod is gone for which OnPod was called; nil does nothing.
	OnPodGone func(Pod)
}

// Operator is a running stand-in.
type Operator struct {
	opts    Options
	rest    *client
	stop    context.CancelFunc
	work    sync.WaitGroup // the loop and the watches
	kubelet *kubelet
	hooks   *webhooks // nil: none
	poke    chan struct{}
	seen    map[string]string // a child's UID -> what it was when its objects were made

	mu   sync.Mutex
	errs []error
}

// Start starts a stand-in on a server. [Operator.Stop] ends it, and tells if it could not
// begin.
func Start(srv *k8s.Server, opts Options) *Operator {
	ctx, stop := context.WithCancel(context.Background())
	o := &Operator{
		opts: opts, stop: stop, poke: make(chan struct{}, 1), seen: map[string]string{},
		rest: &client{http: srv.Client(), url: srv.URL, namespace: opts.Namespace},
	}
	o.kubelet = newKubelet(ctx, o)
	if opts.Webhooks {
		var err error
		if o.hooks, err = startWebhooks(ctx, o.rest); err != nil {
			o.fail(fmt.Errorf("the stand-in's webhooks: %w", err))
		}
	}
	for _, r := range watched {
		o.work.Go(func() { o.watch(ctx, r) })
	}
	o.work.Go(func() { o.loop(ctx) })
	return o
}

// Run starts a stand-in for a test, and stops it when the test ends. What it says went
// wrong is an error of the test.
func Run(t testing.TB, srv *k8s.Server, opts Options) *Operator {
	t.Helper()
	o := Start(srv, opts)
	t.Cleanup(func() {
		if err := o.Stop(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// Stop ends the stand-in, calls OnPodGone for the pods that are left, and returns what
// went wrong: specs that crash the real operator, and refusals by the server that no
// repetition mends. A second call returns the same.
func (o *Operator) Stop() error {
	o.stop()
	o.work.Wait()
	o.kubelet.close()
	if o.hooks != nil {
		o.hooks.close()
		o.hooks = nil
	}
	o.rest.http.CloseIdleConnections()
	return o.Err()
}

// Err returns what went wrong so far, as [Operator.Stop] does in the end.
func (o *Operator) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return errors.Join(o.errs...)
}

// fail remembers an error, once.
func (o *Operator) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.errs {
		if e.Error() == err.Error() {
			return
		}
	}
	o.errs = append(o.errs, err)
}

// wake starts a pass soon.
func (o *Operator) wake() {
	select {
	case o.poke <- struct{}{}:
	default: // one is due already
	}
}

// loop passes over everything whenever something has changed. Errors are tried again,
// as a controller does: the server may be restarting, or have seen another writer.
func (o *Operator) loop(ctx context.Context) {
	for {
		again := time.Minute
		if err := o.pass(ctx); err != nil && ctx.Err() == nil {
			again = 200 * time.Millisecond
			var status *k8s.StatusError
			if errors.As(err, &status) && status.Code != http.StatusConflict && status.Code != http.StatusNotFound && status.Code != http.StatusTooManyRequests && status.Code/100 == 4 {
				o.fail(fmt.Errorf("the stand-in operator: %w", err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-o.poke:
			time.Sleep(20 * time.Millisecond) // changes come in crowds
		case <-time.After(again):
		}
	}
}

// cluster is what a pass read, by resource and name. A pass keeps it current where it
// creates or changes something.
type cluster map[resource]map[string]object

func (c cluster) get(r resource, name string) object { return c[r][name] }

// pass brings all meshes, then all children, then all pods to where they should be.
func (o *Operator) pass(ctx context.Context) error {
	c := cluster{}
	for _, r := range watched {
		found, err := o.rest.list(ctx, r)
		if err != nil {
			return err
		}
		c[r] = map[string]object{}
		for _, f := range found {
			c[r][f.name()] = f
		}
	}
	var errs []error
	for _, name := range sorted(c[meshes]) {
		errs = append(errs, o.mesh(ctx, c, c[meshes][name]))
	}
	for _, k := range kinds {
		for _, name := range sorted(c[k.resource]) {
			errs = append(errs, o.child(ctx, c, k, c[k.resource][name]))
		}
	}
	if !o.opts.NoKubelet {
		o.kubelet.sync(slices.Collect(maps.Values(c[pods])))
	}
	return errors.Join(errs...)
}

func sorted(objects map[string]object) []string { return slices.Sorted(maps.Keys(objects)) }
