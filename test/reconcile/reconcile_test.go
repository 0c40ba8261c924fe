// Package reconcile lets hands change functions on a real Pulsar, and sees whether that
// is told, and mended where a mesh says so.
package reconcile

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/reconcile"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// promised is within what time a change by hand is reported, on default settings.
const promised = 10 * time.Second

// watch is a reconciler on a real Pulsar, with records on topics of the test's own.
type watch struct {
	*harness.Bench
	store record.Store
	r     *reconcile.Reconciler

	mu   sync.Mutex
	told map[string][]reconcile.Report
	news chan struct{}
}

// newWatch starts one; notices tells whether the cluster is listened to as well.
func newWatch(t *testing.T, notices bool) *watch {
	w := &watch{Bench: harness.New(t, pulsartest.Shared(t)), told: map[string][]reconcile.Report{}, news: make(chan struct{}, 1)}
	w.Jar("loss-a.jar", "code.jar")
	settings := conn.Settings{AdminURL: w.Server.AdminURL, BrokerURL: w.Server.BrokerURL}
	b := native.New(w.Client, settings, native.WithRecords("persistent://"+w.Tenant+"/"+w.Namespace+"/records"))
	var err error
	if w.store, err = b.Records(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := reconcile.Config{
		Store: w.store, Author: "manager", Holder: backend.Holder{User: "manager"},
		Open:     func(context.Context, record.Head) (backend.Backend, error) { return b, nil },
		OnReport: w.tell,
	}
	if notices {
		config.Notice = b.Notice
	}
	w.r = reconcile.New(config)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.r.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *watch) tell(rep reconcile.Report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[rep.Mesh] = append(w.told[rep.Mesh], rep)
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// until waits for a report of a mesh that is as it should be, and forgets those before.
func (w *watch) until(name, what string, ok func(reconcile.Report) bool) reconcile.Report {
	w.Helper()
	key := w.id(name).String()
	late := time.After(time.Minute)
	for {
		w.mu.Lock()
		for i, rep := range w.told[key] {
			if ok(rep) {
				w.told[key] = w.told[key][i+1:]
				w.mu.Unlock()
				return rep
			}
		}
		told := w.told[key]
		w.mu.Unlock()
		select {
		case <-w.news:
		case <-late:
			now, _ := w.r.Report(key)
			text, _ := json.Marshal(now)
			w.Fatalf("%s is not reported as %s within a minute, but %+v; it is %s", name, what, told, text)
		}
	}
}

func (w *watch) id(name string) mesh.ID {
	return mesh.ID{Tenant: w.Tenant, Namespace: w.Namespace, Name: name}
}

// deploy applies a mesh of one function, which has its name, and records it.
func (w *watch) deploy(name, head string) record.Head {
	w.Helper()
	return w.deployBody(name, head+"topics: [{name: in}]\nfunctions: [{name: "+name+", className: org.example.loss.Forward, jar: code.jar, inputs: [in], output: "+name+"-out}]\n")
}

// deployBody applies a mesh and records it.
func (w *watch) deployBody(name, body string) record.Head {
	w.Helper()
	u := w.Mesh(name, body)
	p, findings, err := planner.Make(w.Context(), w.Backend, native.Name, u, planner.Options{})
	if err != nil || p == nil {
		w.Fatal(err, findings)
	}
	report, h, err := planner.ApplyRecorded(w.Context(), w.Backend, w.store, p, planner.Run{Action: record.Apply, Author: "alice"}, apply.Options{Allow: plan.RiskKinds()})
	if err != nil || !report.OK() {
		w.Fatalf("%v %+v", err, report.Failed)
	}
	return h
}

// put changes how many instances a function has, as anyone with a right to it can.
func (w *watch) put(name string, parallelism int) time.Time {
	w.Helper()
	change := map[string]any{"tenant": w.Tenant, "namespace": w.Namespace, "name": name, "parallelism": parallelism}
	live, err := w.Client.Get(w.Context(), admin.Functions, w.Tenant, w.Namespace, name)
	if err != nil {
		w.Fatal(err)
	}
	var marker struct {
		Meshc struct {
			URL string `json:"url"`
		} `json:"meshc"`
	}
	text, _ := live["customRuntimeOptions"].(string)
	if err := json.Unmarshal([]byte(text), &marker); err != nil {
		w.Fatal(err)
	}
	if err := w.Client.Update(w.Context(), admin.Functions, w.Tenant, w.Namespace, name, change, admin.Package{URL: marker.Meshc.URL}, nil); err != nil {
		w.Fatal(err)
	}
	return time.Now()
}

func (w *watch) parallelism(name string) string {
	w.Helper()
	live, err := w.Client.Get(w.Context(), admin.Functions, w.Tenant, w.Namespace, name)
	if err != nil {
		w.Fatal(err)
	}
	text, _ := json.Marshal(live["parallelism"])
	return string(text)
}

// hold locks a mesh on record as `meshc lock` does, or lets go of it.
func (w *watch) hold(name, by string) {
	w.Helper()
	h, err := w.store.Head(w.Context(), w.id(name))
	if err != nil {
		w.Fatal(err)
	}
	h.Revision++
	h.Action, h.Author, h.Hold = record.Unhold, "bob", nil
	if by != "" {
		h.Action, h.Hold = record.Hold, &record.HoldInfo{By: by, Since: time.Now()}
	}
	if _, err := w.store.Write(w.Context(), h, nil); err != nil {
		w.Fatal(err)
	}
}

// looks waits until the reconciler has looked that many times more.
func (w *watch) looks(n int64) {
	w.Helper()
	s, _ := w.r.Stats()
	end := s.Looks + n
	for late := time.Now().Add(time.Minute); s.Looks < end; s, _ = w.r.Stats() {
		if time.Now().After(late) {
			w.Fatalf("%d looks in a minute", n-(end-s.Looks))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestHandsByLooks is the promise where the cluster cannot be listened to.
func TestHandsByLooks(t *testing.T) {
	t.Parallel()
	w := newWatch(t, false)
	w.deploy("told", "")
	w.looks(2)
	changed := w.put("told", 2)
	rep := w.until("told", "drift", func(rep reconcile.Report) bool { return len(rep.Drift) == 1 })
	if took := rep.At.Sub(changed); took > promised {
		t.Errorf("it took %v to report a change by hand", took)
	} else {
		harness.Figure(t, "a function changed by hand is reported after %.1f s by looks alone (bound %v)", took.Seconds(), promised)
	}
}

// TestHands is the promise about drift: told within ten seconds, mended only where a
// mesh says so, and never against a lock.
func TestHands(t *testing.T) {
	t.Parallel()
	w := newWatch(t, true)
	w.deploy("told", "")
	first := w.deploy("mended", "reconcile: repair\n")
	w.looks(3)

	drifts := func(rep reconcile.Report) bool { return len(rep.Drift) == 1 }
	changed := w.put("told", 2)
	rep := w.until("told", "drift", drifts)
	if took := rep.At.Sub(changed); took > promised {
		t.Errorf("it took %v to report a change by hand", took)
	} else {
		harness.Figure(t, "a function changed by hand is reported after %.1f s (bound %v)", took.Seconds(), promised)
	}
	if f := rep.Drift[0].Fields; len(f) != 1 || f[0].Field != "parallelism" || !rep.Drift[0].Drifted || rep.Repair != nil {
		t.Errorf("%+v", rep)
	}

	changed = w.put("mended", 2)
	if took := w.until("mended", "drift", drifts).At.Sub(changed); took > promised {
		t.Errorf("it took %v to report a change by hand", took)
	}
	rep = w.until("mended", "repaired", func(r reconcile.Report) bool { return r.Repair != nil && r.Repair.State == reconcile.Done })
	harness.Figure(t, "and repaired, where the mesh says so, after %.1f s", rep.At.Sub(changed).Seconds())
	h, err := w.store.Head(t.Context(), w.id("mended"))
	if err != nil || h.Action != record.Repair || h.Version != 2 || h.Of != 1 || h.State != first.State || h.Outcome != record.Applied {
		t.Errorf("%+v, %v", h, err)
	}
	if w.parallelism("mended") != "1" || w.parallelism("told") != "2" {
		t.Errorf("mended has %s instances, told %s", w.parallelism("mended"), w.parallelism("told"))
	}
	w.until("mended", "clean", reconcile.Report.Clean)

	w.hold("mended", "bob")
	w.looks(3) // of the other mesh: by then the lock is known
	w.put("mended", 3)
	w.looks(3)
	if w.parallelism("mended") != "3" {
		t.Error("it was changed against a lock")
	}
	w.hold("mended", "")
	w.until("mended", "repaired", func(r reconcile.Report) bool { return r.Repair != nil && r.Repair.Version == 3 })
	if w.parallelism("mended") != "1" {
		t.Errorf("it has %s instances", w.parallelism("mended"))
	}

	if err := w.Client.Stop(t.Context(), admin.Functions, w.Tenant, w.Namespace, "told"); err != nil {
		t.Fatal(err)
	}
	rep = w.until("told", "stopped", func(r reconcile.Report) bool { return len(r.Missing) == 1 })
	if m := rep.Missing[0]; m.Wanted != 2 || m.Running != 0 || m.Stopped != 2 {
		t.Errorf("%+v", m)
	}
	if err := w.Client.Delete(t.Context(), admin.Functions, w.Tenant, w.Namespace, "told"); err != nil {
		t.Fatal(err)
	}
	if s, err := w.r.Stats(); !s.Notices || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
	rep = w.until("told", "gone", func(r reconcile.Report) bool { return len(r.Missing) == 0 && len(r.Drift) == 1 })
	if rep.Drift[0].Action != "create" || len(rep.Failing) != 0 {
		t.Errorf("%+v", rep)
	}
}

// TestAFailingInstance: an instance that ends with an error at each message is told as
// failing, with the error, and is not deployed again.
func TestAFailingInstance(t *testing.T) {
	t.Parallel()
	w := newWatch(t, true)
	h := w.deployBody("failing", "reconcile: repair\ntopics: [{name: in}]\n"+
		"sinks: [{name: failing, className: org.example.loss.Collector, archive: code.jar, inputs: [in], configs: {file: "+w.Dir+"/no/such/folder/out}}]\n")
	w.looks(1)
	client := harness.Dial(t, w.Server.BrokerURL)
	producer, err := client.CreateProducer(pulsar.ProducerOptions{Topic: w.FullTopic("in"), Schema: pulsar.NewStringSchema(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := producer.Send(t.Context(), &pulsar.ProducerMessage{Value: "one"}); err != nil {
		t.Fatal(err)
	}
	sent := time.Now()
	rep := w.until("failing", "failing", func(r reconcile.Report) bool { return len(r.Failing) == 1 })
	if !strings.Contains(rep.Failing[0].Error, "no/such/folder") || len(rep.Drift) != 0 {
		t.Errorf("%+v", rep)
	}
	harness.Figure(t, "an instance that keeps failing is reported after %.1f s", rep.At.Sub(sent).Seconds())
	w.looks(2)
	if now, err := w.store.Head(t.Context(), w.id("failing")); err != nil || now.Version != h.Version {
		t.Errorf("%+v, %v", now, err)
	}
}
