package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"
	"syscall"
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
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/test/harness"
)

const (
	managed = 1000
	// functionsEach is how many functions a mesh has, and perNamespace how many meshes a namespace.
	functionsEach, perNamespace = 50, 20
	// rewrites is how often each record is written again, and forgotten how much more
	// memory that may take: the gate, since it does not hang on the machine.
	rewrites  = 10
	forgotten = 1.3
)

// BenchmarkManager keeps the records of 1,000 meshes with 50,000 functions on a real
// Pulsar, and watches them for drift; only the function workers are simulated, in this
// process. What it takes to be ready, to list, to look at all of them once, and in
// memory, is told; that history takes none is judged.
func BenchmarkManager(b *testing.B) {
	srv := pulsartest.Shared(b)
	client, err := admin.New(conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL})
	if err != nil {
		b.Fatal(err)
	}
	topic := "persistent://" + pulsartest.Namespace(b, srv) + "/records"
	keeper := native.New(client, conn.Settings{AdminURL: srv.AdminURL, BrokerURL: srv.BrokerURL},
		native.WithRecords(topic))
	for b.Loop() {
		workers := newStandIn()
		workers.forget()
		workers.read, workers.write = 0, 0
		w := &fleet{B: b, keeper: keeper, workers: workers, topic: topic, brokerURL: srv.BrokerURL}
		w.deploy()
		w.write()
		first := w.open()
		w.watch(first)
		if err := first.Close(); err != nil {
			b.Error(err)
		}
		w.rewrite()
		again := w.open()
		ratio := float64(w.heap[1]) / float64(w.heap[0])
		harness.Figure(b, "with %d times the history the store takes %.2f times the memory (bound %.1f)", rewrites+1, ratio, forgotten)
		if ratio > forgotten {
			b.Errorf("memory grows with history: %d and %d bytes", w.heap[0], w.heap[1])
		}
		if err := again.Close(); err != nil {
			b.Error(err)
		}
	}
}

// fleet is many meshes that are alike but for their names.
type fleet struct {
	*testing.B
	keeper *native.Backend
	// topic has the records, at brokerURL.
	topic, brokerURL string
	workers          *standIn
	heads            []record.Head
	body             []byte
	// heap is what each store took that was opened.
	heap []int64
}

// named gives a text about the template what is another mesh's.
func named(text []byte, i int) []byte {
	ns := fmt.Sprintf("ns-%04d", i/perNamespace)
	out := bytes.ReplaceAll(text, []byte("template"), fmt.Appendf(nil, "mesh%04d", i))
	out = bytes.ReplaceAll(out, []byte("public/default"), []byte("public/"+ns))
	return bytes.ReplaceAll(out, []byte(`"default"`), []byte(`"`+ns+`"`))
}

// deploy applies a mesh on the simulated workers, and makes all others like it.
func (f *fleet) deploy() {
	f.Helper()
	dir := f.TempDir()
	python(f, dir, "words.py")
	u := compiled(f, chainFile(f, dir, "template", functionsEach, 1, func(int) string { return "className: words.Split, py: words.py" }))
	one, err := admin.New(conn.Settings{}, admin.WithTransport(f.workers))
	if err != nil {
		f.Fatal(err)
	}
	b := native.New(one, conn.Settings{})
	records := memoryStore{}
	p, findings, err := planner.Make(f.Context(), b, native.Name, u, planner.Options{})
	if err != nil || p == nil {
		f.Fatal(err, findings)
	}
	report, head, err := planner.ApplyRecorded(f.Context(), b, &records, p, planner.Run{Action: record.Apply, Author: "alice@ci-7"}, apply.Options{Parallelism: 10})
	if err != nil || !report.OK() {
		f.Fatalf("%v %+v", err, report.Failed)
	}
	if f.body, err = json.Marshal(records.body); err != nil {
		f.Fatal(err)
	}
	text, err := record.EncodeHead(head)
	if err != nil {
		f.Fatal(err)
	}
	f.workers.mu.Lock()
	defer f.workers.mu.Unlock()
	components, topics := f.workers.components, f.workers.topics
	f.workers.components, f.workers.topics = map[string]map[string]any{}, map[string]*standInTopic{}
	for i := range managed {
		h, err := record.DecodeHead(fmt.Sprintf("public/ns-%04d/mesh%04d", i/perNamespace, i), named(text, i))
		if err != nil {
			f.Fatal(err)
		}
		h.Revision = 1
		f.heads = append(f.heads, h)
		for path, config := range components {
			var mine map[string]any
			data, err := json.Marshal(config)
			if err == nil {
				err = json.Unmarshal(named(data, i), &mine)
			}
			if err != nil {
				f.Fatal(err)
			}
			f.workers.components[strings.ReplaceAll(string(named([]byte(path), i)), "/default/", fmt.Sprintf("/ns-%04d/", i/perNamespace))] = mine
		}
		for name, topic := range topics {
			t := &standInTopic{properties: map[string]string{}, subscriptions: map[string]map[string]string{}}
			for k, v := range topic.properties {
				t.properties[k] = string(named([]byte(v), i))
			}
			for sub, properties := range topic.subscriptions {
				mine := maps.Clone(properties)
				for k, v := range mine {
					mine[k] = string(named([]byte(v), i))
				}
				t.subscriptions[string(named([]byte(sub), i))] = mine
			}
			f.workers.topics[string(named([]byte(name), i))] = t
		}
	}
	for path, meta := range f.workers.packages {
		for i := range managed {
			f.workers.packages[strings.ReplaceAll(string(named([]byte(path), i)), "/default/", fmt.Sprintf("/ns-%04d/", i/perNamespace))] = named(meta, i)
		}
	}
}

// memoryStore keeps the body of one run.
type memoryStore struct {
	record.Store
	head record.Head
	body *record.Body
}

func (s *memoryStore) Head(context.Context, mesh.ID) (record.Head, error) {
	if s.head.Mesh == "" {
		return s.head, record.ErrNone
	}
	return s.head, nil
}

func (s *memoryStore) Write(_ context.Context, h record.Head, b *record.Body) (record.Head, error) {
	if b != nil {
		s.body = b
	}
	s.head = h
	return h, nil
}

// write puts all records on the topics.
func (f *fleet) write() {
	f.Helper()
	s, err := f.keeper.Records(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	begin := time.Now()
	for i, h := range f.heads {
		var body record.Body
		if err := json.Unmarshal(named(f.body, i), &body); err != nil {
			f.Fatal(err)
		}
		if f.heads[i], err = s.Write(f.Context(), h, &body); err != nil {
			f.Fatal(err)
		}
	}
	took := time.Since(begin)
	harness.Figure(f, "%d records with bodies of %d kB are written in %s, %.1f ms each", managed, len(f.body)/1000, round(took), took.Seconds()*1000/managed)
}

// rewrite gives each mesh a past, as fast as a topic takes it: without the store, which
// compares before each write.
func (f *fleet) rewrite() {
	f.Helper()
	client, err := pulsar.NewClient(pulsar.ClientOptions{URL: f.brokerURL})
	if err != nil {
		f.Fatal(err)
	}
	defer client.Close()
	producer, err := client.CreateProducer(pulsar.ProducerOptions{Topic: f.topic, DisableBatching: true})
	if err != nil {
		f.Fatal(err)
	}
	defer producer.Close()
	failed := make(chan error, rewrites*managed)
	for range rewrites {
		for i := range f.heads {
			f.heads[i].Revision++
			f.heads[i].Version++
			data, err := record.EncodeHead(f.heads[i])
			if err != nil {
				f.Fatal(err)
			}
			m := &pulsar.ProducerMessage{Key: f.heads[i].Mesh, Payload: data, Properties: map[string]string{"meshc-write": fmt.Sprintf("%d-%d", i, f.heads[i].Revision)}}
			producer.SendAsync(f.Context(), m, func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) {
				if err != nil {
					failed <- err
				}
			})
		}
	}
	if err := producer.FlushWithCtx(f.Context()); err != nil {
		f.Fatal(err)
	}
	select {
	case err := <-failed:
		f.Fatal(err)
	default:
	}
}

// inUse is the memory that is in use.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// processor is the time of all cores that this process has taken.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// open opens the store, and tells how long that takes and what it takes.
func (f *fleet) open() record.Store {
	f.Helper()
	before, begin := inUse(), time.Now()
	s, err := f.keeper.Records(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	heads, err := s.Heads(f.Context())
	ready := time.Since(begin)
	if err != nil || len(heads) != managed || heads[0].Revision != f.heads[0].Revision {
		f.Fatalf("%d heads, %v", len(heads), err)
	}
	begin = time.Now()
	const lists = 20
	for range lists {
		if _, err := s.Heads(f.Context()); err != nil {
			f.Fatal(err)
		}
	}
	list := time.Since(begin) / lists
	f.heap = append(f.heap, inUse()-before)
	harness.Figure(f, "%d heads on record: ready after %s, a list of all takes %.1f ms; %.1f kB a mesh, %d bytes a function",
		managed, round(ready), float64(list.Microseconds())/1000, float64(f.heap[len(f.heap)-1])/1000/managed, f.heap[len(f.heap)-1]/managed/functionsEach)
	runtime.KeepAlive(heads)
	return s
}

// watch looks at all meshes twice: when nothing is known of them, and when nothing has
// changed; and says how long that takes with the budget that a manager has.
func (f *fleet) watch(s record.Store) {
	f.Helper()
	client, err := admin.New(conn.Settings{}, admin.WithTransport(f.workers))
	if err != nil {
		f.Fatal(err)
	}
	workers := native.New(client, conn.Settings{})
	var mu sync.Mutex
	var told []reconcile.Report
	r := reconcile.New(reconcile.Config{
		Store: s, Open: func(context.Context, record.Head) (backend.Backend, error) { return workers, nil },
		OnReport: func(rep reconcile.Report) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, rep)
		},
		Limits: reconcile.Limits{Every: time.Millisecond, Requests: 1 << 30, Apart: 24 * time.Hour},
	})
	ctx, cancel := context.WithCancel(f.Context())
	done := make(chan error)
	before := inUse()
	f.workers.forget()
	begin, used := time.Now(), processor()
	go func() { done <- r.Run(ctx) }()
	last := int64(0)
	for _, what := range []string{"the first", "a later"} {
		for stats, _ := r.Stats(); stats.Looks < last+managed; stats, _ = r.Stats() {
			time.Sleep(time.Millisecond)
		}
		stats, _ := r.Stats()
		n := stats.Looks - last
		took, cpu, reads := time.Since(begin), processor()-used, f.workers.reads.Load()
		harness.Figure(f, "%s round of %d looks: %s, %s of a processor with the simulated workers, %d requests, %.1f a function",
			what, n, round(took), round(cpu), reads, float64(reads)/float64(n*functionsEach))
		last = stats.Looks
		f.workers.forget()
		begin, used = time.Now(), processor()
	}
	cancel()
	<-done
	harness.Figure(f, "watching takes %.1f kB a mesh", float64(inUse()-before)/1000/managed)
	if len(told) > 0 {
		f.Errorf("%d reports of meshes that are as on record, such as %+v", len(told), told[0])
	}
	stats, _ := r.Stats()
	if stats.Meshes != managed {
		f.Errorf("%+v", stats)
	}
	runtime.KeepAlive(r)
	// The same requests without anything around them.
	f.workers.forget()
	begin, used = time.Now(), processor()
	for _, h := range f.heads {
		for _, a := range h.Nodes {
			parts := strings.Split(a.Name(), "/")
			if _, err := client.Get(f.Context(), admin.Functions, parts[0], parts[1], parts[2]); err != nil {
				f.Fatal(err)
			}
			if _, err := client.Status(f.Context(), admin.Functions, parts[0], parts[1], parts[2]); err != nil {
				f.Fatal(err)
			}
		}
	}
	harness.Figure(f, "its requests alone: %s, %s of a processor; with the default budget of 200 a second a round takes %s",
		round(time.Since(begin)), round(processor()-used), round(time.Duration(managed*(1+2*functionsEach))*time.Second/200))
}
