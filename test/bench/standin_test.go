package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/test/faultproxy"
)

// standIn answers as a Pulsar 4.0.8 was recorded to answer, each request after a
// fixed time. It serves to count requests and to measure meshc's own share of the
// time, and proves nothing about what Pulsar does.
type standIn struct {
	http.Handler
	read, write time.Duration

	// bytes are those of the bodies that came.
	reads, writes, bytes atomic.Int64
	inFlight, most       atomic.Int64

	mu         sync.Mutex
	kinds      map[faultproxy.Kind]int
	components map[string]map[string]any // by path: functions/tenant/namespace/name
	topics     map[string]*standInTopic
	packages   map[string][]byte // metadata by type/tenant/namespace/name/version
}

// standInTopic is a topic with its properties and, by name, those of its subscriptions.
type standInTopic struct {
	properties    map[string]string
	subscriptions map[string]map[string]string
}

// The times that a stand-in takes for a read and for a write.
const (
	readTime  = 5 * time.Millisecond
	writeTime = 50 * time.Millisecond
)

func newStandIn() *standIn {
	s := &standIn{read: readTime, write: writeTime}
	s.empty()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/v2/clusters", says(`["standalone"]`))
	mux.HandleFunc("GET /admin/v2/brokers/version", says(`4.0.8`))
	mux.HandleFunc("GET /admin/v2/brokers/configuration/runtime", says(`{"numHttpServerThreads":"32","enablePackagesManagement":"true","functionsWorkerEnablePackageManagement":"true"}`))
	mux.HandleFunc("GET /admin/v2/namespaces/public", s.namespaces)
	for _, kind := range []string{"functions", "sources", "sinks"} {
		base := "/admin/v3/" + kind + "/{tenant}/{namespace}"
		mux.HandleFunc("GET "+base, s.list(kind))
		mux.HandleFunc("GET "+base+"/{name}", s.component)
		mux.HandleFunc("POST "+base+"/{name}", s.writeComponent)
		mux.HandleFunc("PUT "+base+"/{name}", s.writeComponent)
		mux.HandleFunc("GET "+base+"/{name}/status", s.status)
		mux.HandleFunc("GET "+base+"/{name}/state/{key}", fails(http.StatusServiceUnavailable, "State storage client is not done initializing. Please try again in a little while."))
	}
	packages := "/admin/v3/packages/{type}/{tenant}/{namespace}/{name}"
	mux.HandleFunc("GET "+packages, s.versions)
	mux.HandleFunc("GET "+packages+"/{version}/metadata", s.metadata)
	mux.HandleFunc("GET "+packages+"/{version}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<10)) })
	mux.HandleFunc("POST "+packages+"/{version}", s.upload)
	topics := "/admin/v2/persistent/{tenant}/{namespace}"
	mux.HandleFunc("GET "+topics, s.topicNames)
	for _, none := range []string{"/admin/v2/persistent/{tenant}/{namespace}/partitioned", "/admin/v2/non-persistent/{tenant}/{namespace}", "/admin/v2/non-persistent/{tenant}/{namespace}/partitioned"} {
		mux.HandleFunc("GET "+none, says(`[]`))
	}
	mux.HandleFunc("PUT "+topics+"/{topic}", s.createTopic)
	mux.HandleFunc("GET "+topics+"/{topic}/partitions", s.ofTopic(func(*standInTopic) any { return map[string]any{"partitions": 0, "deleted": false} }))
	mux.HandleFunc("GET "+topics+"/{topic}/properties", s.ofTopic(func(t *standInTopic) any { return t.properties }))
	mux.HandleFunc("GET "+topics+"/{topic}/stats", s.ofTopic(s.stats))
	mux.HandleFunc("PUT "+topics+"/{topic}/subscription/{name}", s.subscribe)
	s.Handler = s.delayed(mux)
	return s
}

// listen serves over the network and returns the address.
func (s *standIn) listen(t testing.TB) string {
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return srv.URL
}

// RoundTrip implements http.RoundTripper: it serves without a network.
func (s *standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	s.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// delayed counts a request and answers it after its time.
func (s *standIn) delayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		now := s.inFlight.Add(1)
		defer s.inFlight.Add(-1)
		for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
		}
		wait, n := s.read, &s.reads
		if r.Method != http.MethodGet {
			wait, n = s.write, &s.writes
		}
		n.Add(1)
		s.mu.Lock()
		s.kinds[faultproxy.KindOf(r.Method, r.URL.Path)]++
		s.mu.Unlock()
		r.Body = io.NopCloser(io.TeeReader(r.Body, countTo{&s.bytes}))
		time.Sleep(time.Until(begin.Add(wait)))
		next.ServeHTTP(w, r)
	})
}

// countTo adds up what is written to it.
type countTo struct{ n *atomic.Int64 }

// Write implements io.Writer.
func (c countTo) Write(p []byte) (int, error) { c.n.Add(int64(len(p))); return len(p), nil }

// least is the time that the requests so far need, with ten of them in flight.
func (s *standIn) least() time.Duration {
	return (time.Duration(s.reads.Load())*s.read + time.Duration(s.writes.Load())*s.write) / 10
}

// empty takes all away that was made.
func (s *standIn) empty() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.components, s.topics, s.packages = map[string]map[string]any{}, map[string]*standInTopic{}, map[string][]byte{}
}

// asked tells how many requests of each kind came.
func (s *standIn) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, k := range slices.SortedFunc(maps.Keys(s.kinds), func(a, b faultproxy.Kind) int { return s.kinds[b] - s.kinds[a] }) {
		out = append(out, fmt.Sprintf("%d %s", s.kinds[k], k))
	}
	return strings.Join(out, ", ")
}

// forget sets the counters to 0.
func (s *standIn) forget() {
	s.mu.Lock()
	s.kinds = map[faultproxy.Kind]int{}
	s.mu.Unlock()
	for _, n := range []*atomic.Int64{&s.reads, &s.writes, &s.bytes, &s.most} {
		n.Store(0)
	}
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func fails(status int, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"reason":%q}`, reason)
	}
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// namespaces are public/default and those that topics are in.
func (s *standIn) namespaces(w http.ResponseWriter, _ *http.Request) {
	seen := map[string]bool{"public/default": true}
	s.mu.Lock()
	for name := range s.topics {
		parts := strings.Split(name, "/")
		seen[parts[2]+"/"+parts[3]] = true
	}
	s.mu.Unlock()
	answer(w, slices.Sorted(maps.Keys(seen)))
}

func key(r *http.Request) string {
	return strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/admin/v3/"), "/status")
}

func (s *standIn) list(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		prefix := kind + "/" + r.PathValue("tenant") + "/" + r.PathValue("namespace") + "/"
		names := []string{}
		s.mu.Lock()
		for path := range s.components {
			if name, ok := strings.CutPrefix(path, prefix); ok {
				names = append(names, name)
			}
		}
		s.mu.Unlock()
		answer(w, names)
	}
}

func (s *standIn) component(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	config, ok := s.components[key(r)]
	s.mu.Unlock()
	if !ok {
		fails(http.StatusNotFound, "Function "+r.PathValue("name")+" doesn't exist")(w, r)
		return
	}
	answer(w, config)
}

// recorded is what a worker tells of a function that was created with next to nothing.
var recorded = map[string]any{
	"producerConfig":       map[string]any{"useThreadLocalProducers": false, "batchBuilder": "", "compressionType": "LZ4"},
	"processingGuarantees": "ATLEAST_ONCE", "retainOrdering": false, "retainKeyOrdering": false, "forwardSourceMessageProperty": true,
	"userConfig": map[string]any{}, "runtime": "JAVA", "autoAck": true, "parallelism": 1,
	"resources": map[string]any{"cpu": 1.0, "ram": 1073741824, "disk": 10737418240}, "cleanupSubscription": false, "subscriptionPosition": "Latest",
}

func (s *standIn) writeComponent(w http.ResponseWriter, r *http.Request) {
	config := map[string]any{}
	if err := r.ParseMultipartForm(1 << 20); err == nil {
		err = json.Unmarshal([]byte(r.FormValue("functionConfig")), &config)
		if err != nil {
			fails(http.StatusBadRequest, err.Error())(w, r)
			return
		}
	}
	specs, _ := config["inputSpecs"].(map[string]any)
	for topic := range specs {
		specs[topic] = map[string]any{"schemaProperties": map[string]any{}, "consumerProperties": map[string]any{}, "poolMessages": false, "regexPattern": false}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, there := s.components[key(r)]
	if there == (r.Method == http.MethodPost) {
		fails(http.StatusBadRequest, "Function "+r.PathValue("name")+" already exists or doesn't")(w, r)
		return
	}
	if !there {
		old = recorded
	}
	all := maps.Clone(old)
	maps.Copy(all, config)
	s.components[key(r)] = all
	w.WriteHeader(http.StatusNoContent)
}

func (s *standIn) status(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	config, ok := s.components[key(r)]
	s.mu.Unlock()
	if !ok {
		fails(http.StatusNotFound, "Function "+r.PathValue("name")+" doesn't exist")(w, r)
		return
	}
	instances := []any{}
	for i := range instancesOf(config) {
		instances = append(instances, map[string]any{"instanceId": i, "status": map[string]any{
			"running": true, "error": "", "numRestarts": 0, "numReceived": 0, "numSuccessfullyProcessed": 0, "numUserExceptions": 0,
			"latestUserExceptions": []any{}, "numSystemExceptions": 0, "latestSystemExceptions": []any{}, "averageLatency": 0.0,
			"lastInvocationTime": 0, "workerId": "c-standalone-fw-127.0.0.1-8080",
		}})
	}
	answer(w, map[string]any{"numInstances": len(instances), "numRunning": len(instances), "instances": instances})
}

func instancesOf(config map[string]any) int {
	n, _ := config["parallelism"].(float64)
	return max(1, int(n))
}

func (s *standIn) versions(w http.ResponseWriter, r *http.Request) {
	prefix := strings.TrimPrefix(r.URL.Path, "/admin/v3/packages/") + "/"
	out := []string{}
	s.mu.Lock()
	for path := range s.packages {
		if version, ok := strings.CutPrefix(path, prefix); ok {
			out = append(out, version)
		}
	}
	s.mu.Unlock()
	answer(w, out)
}

func (s *standIn) metadata(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/admin/v3/packages/"), "/metadata")
	s.mu.Lock()
	meta, ok := s.packages[path]
	s.mu.Unlock()
	if !ok {
		fails(http.StatusNotFound, "metadata not found")(w, r)
		return
	}
	_, _ = w.Write(meta)
}

func (s *standIn) upload(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		fails(http.StatusBadRequest, err.Error())(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.packages[strings.TrimPrefix(r.URL.Path, "/admin/v3/packages/")] = []byte(r.FormValue("metadata"))
	w.WriteHeader(http.StatusNoContent)
}

func fullTopic(r *http.Request) string {
	return "persistent://" + r.PathValue("tenant") + "/" + r.PathValue("namespace") + "/" + r.PathValue("topic")
}

func (s *standIn) topicNames(w http.ResponseWriter, r *http.Request) {
	names, own := []string{}, "persistent://"+r.PathValue("tenant")+"/"+r.PathValue("namespace")+"/"
	s.mu.Lock()
	for name := range s.topics {
		if strings.HasPrefix(name, own) {
			names = append(names, name)
		}
	}
	s.mu.Unlock()
	answer(w, names)
}

func (s *standIn) createTopic(w http.ResponseWriter, r *http.Request) {
	t := &standInTopic{properties: map[string]string{}, subscriptions: map[string]map[string]string{}}
	_ = json.NewDecoder(r.Body).Decode(&t.properties) // no body: no properties
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.topics[fullTopic(r)] != nil {
		fails(http.StatusConflict, "This topic already exists")(w, r)
		return
	}
	s.topics[fullTopic(r)] = t
	w.WriteHeader(http.StatusNoContent)
}

func (s *standIn) ofTopic(tell func(*standInTopic) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		t := s.topics[fullTopic(r)]
		if t == nil {
			fails(http.StatusNotFound, "Topic "+fullTopic(r)+" not found")(w, r)
			return
		}
		answer(w, tell(t))
	}
}

// stats shows a consumer for each instance of the function of a subscription. Its
// name changes with the function, as those of new instances do. s.mu is held.
func (s *standIn) stats(t *standInTopic) any {
	subscriptions := map[string]any{}
	for name, properties := range t.subscriptions {
		consumers := []any{}
		if config, ok := s.components["functions/"+name]; ok {
			for i := range instancesOf(config) {
				consumers = append(consumers, map[string]any{
					"consumerName": fmt.Sprint(config["customRuntimeOptions"], i), "unackedMessages": 0, "connectedSince": "2026-11-25T21:46:56.541024232Z",
					"metadata": map[string]any{"instance_id": fmt.Sprint(i), "application": "pulsar-function", "id": name},
				})
			}
		}
		subscriptions[name] = map[string]any{"type": "Shared", "isDurable": true, "msgBacklog": 0, "unackedMessages": 0, "subscriptionProperties": properties, "consumers": consumers}
	}
	return map[string]any{"publishers": []any{}, "subscriptions": subscriptions, "deduplicationStatus": "Disabled"}
}

func (s *standIn) subscribe(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Properties map[string]string `json:"properties"`
	}
	name, err := url.QueryUnescape(r.PathValue("name"))
	if err == nil {
		err = json.NewDecoder(r.Body).Decode(&body)
	}
	if err != nil {
		fails(http.StatusBadRequest, err.Error())(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topics[fullTopic(r)]
	if t == nil || t.subscriptions[name] != nil {
		fails(http.StatusConflict, "Subscription already exists for topic")(w, r)
		return
	}
	t.subscriptions[name] = body.Properties
	w.WriteHeader(http.StatusNoContent)
}
