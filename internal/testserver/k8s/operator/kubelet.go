package operator

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// kubelet plays the part of one that runs all pods.
type kubelet struct {
	op   *Operator
	ctx  context.Context
	work sync.WaitGroup // one for each pod that is being started or ended

	mu       sync.Mutex
	outcomes map[string]Outcome       // by component
	pods     map[string]*running      // by UID
	names    map[string]chan struct{} // closed when the last pod of a name has ended
}

// running is a pod that was seen. The kubelet's mutex guards it.
type running struct {
	pod     Pod
	begun   bool          // start has been called
	ready   bool          // and the pod runs
	failed  *Outcome      // why it does not
	told    *Outcome      // what its status says
	called  bool          // OnPod has been called; of the goroutine of start, then of end
	gone    chan struct{} // closed when the pod is gone
	started chan struct{} // closed when start has returned
	ended   chan struct{} // closed when OnPodGone has returned
}

func newKubelet(ctx context.Context, o *Operator) *kubelet {
	return &kubelet{op: o, ctx: ctx, outcomes: map[string]Outcome{}, pods: map[string]*running{}, names: map[string]chan struct{}{}}
}

// Set says how the pods of a component (the name of its Function, Source or Sink) fare
// from now on, those that are there and those to come. Pods that were Ready are told
// to be no longer, but what OnPod started for them goes on.
func (o *Operator) Set(component string, out Outcome) {
	o.kubelet.mu.Lock()
	o.kubelet.outcomes[component] = out
	o.kubelet.mu.Unlock()
	o.wake()
}

// sync looks at the pods that are there.
func (k *kubelet) sync(list []object) {
	k.mu.Lock()
	defer k.mu.Unlock()
	here := map[string]bool{}
	for _, p := range list {
		pod, ok := podOf(p)
		if !ok || p.deleted() {
			continue
		}
		here[pod.UID] = true
		r := k.pods[pod.UID]
		if r == nil {
			r = &running{pod: pod, gone: make(chan struct{}), started: make(chan struct{}), ended: make(chan struct{})}
			k.pods[pod.UID] = r
		}
		out := k.outcome(r)
		if out.Ready && !r.begun {
			r.begun = true
			before := k.names[pod.Name]
			k.names[pod.Name] = r.ended
			k.work.Go(func() { k.start(p, r, before) })
		}
		if out.Ready && !r.ready {
			continue // its start wakes the loop
		}
		if r.told == nil || *r.told != out {
			if k.tell(p, out) == nil {
				r.told = &out
			}
		}
	}
	for uid, r := range k.pods {
		if !here[uid] {
			delete(k.pods, uid)
			close(r.gone)
			k.work.Go(func() { k.end(r) })
		}
	}
}

// outcome returns how a pod fares.
func (k *kubelet) outcome(r *running) Outcome {
	if r.failed != nil {
		return *r.failed
	}
	if out, ok := k.outcomes[r.pod.Component]; ok {
		return out
	}
	return Ready()
}

// start starts a pod once the one before it of that name has ended.
func (k *kubelet) start(p object, r *running, before <-chan struct{}) {
	defer k.op.wake()
	defer close(r.started)
	if before != nil {
		select {
		case <-before:
		case <-k.ctx.Done():
			return
		}
	}
	set := func(failed *Outcome, ready bool) {
		k.mu.Lock()
		r.failed, r.ready = failed, ready
		k.mu.Unlock()
	}
	for {
		env, err := k.op.environmentOf(k.ctx, p, k.op.opts.NeedConfig)
		if r.pod.Env = env; err == nil {
			break
		}
		set(&Outcome{Waiting: "CreateContainerConfigError", Message: err.Error()}, false)
		k.op.wake()
		select {
		case <-time.After(200 * time.Millisecond):
		case <-r.gone:
			return
		case <-k.ctx.Done():
			return
		}
	}
	select {
	case <-r.gone: // while it waited
		return
	default:
	}
	if hook := k.op.opts.OnPod; hook != nil {
		r.called = true
		if err := hook(k.ctx, r.pod); err != nil {
			out := CrashLoop("Error", 1, 1)
			out.Message = err.Error()
			set(&out, false)
			return
		}
	}
	set(nil, true)
}

// end calls OnPodGone for a pod whose OnPod was called.
func (k *kubelet) end(r *running) {
	defer close(r.ended)
	if !r.begun {
		return
	}
	<-r.started
	if hook := k.op.opts.OnPodGone; hook != nil && r.called {
		hook(r.pod)
	}
}

// tell writes a pod's status. A pod that has just gone is no error.
func (k *kubelet) tell(p object, out Outcome) error {
	path := k.op.rest.path(pods, p.name()) + "/status"
	body := object{"metadata": object{"uid": p.uid()}, "status": out.status(p, time.Now())}
	if _, err := k.op.rest.call(k.ctx, http.MethodPatch, path, "application/merge-patch+json", body); err != nil {
		return fmt.Errorf("pod %s: %w", p.name(), err)
	}
	return nil
}

// close ends all pods that are left, and returns when their hooks have returned.
func (k *kubelet) close() {
	k.mu.Lock()
	for uid, r := range k.pods {
		delete(k.pods, uid)
		close(r.gone)
		k.work.Go(func() { k.end(r) })
	}
	k.mu.Unlock()
	k.work.Wait()
}
