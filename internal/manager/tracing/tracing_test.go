package tracing_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/manager/tracing"
)

// start starts to trace with an environment, and gives the log.
func start(t *testing.T, env map[string]string) (*tracing.Tracing, *lines, error) {
	t.Helper()
	log := &lines{}
	tr, err := tracing.Start(tracing.Options{Getenv: func(key string) string { return env[key] }, Version: "v1", Instance: "i", Log: slog.New(slog.NewTextHandler(log, nil))})
	return tr, log, err
}

// lines is a log that tests look into.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// running tells whether something of the SDK or of us runs.
func running() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return bytes.Contains(stacks, []byte("otel/sdk/trace"))
}

// ends waits until nothing runs.
func ends(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); running(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("something runs after the end")
		}
	}
}

// TestOff: without being asked nothing is traced, sent or run.
func TestOff(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	for name, env := range map[string]map[string]string{
		"nothing said": {"OTEL_SERVICE_NAME": "x"},
		"disabled":     {"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_SDK_DISABLED": "true"},
		"none":         {"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_TRACES_EXPORTER": "none"},
	} {
		tr, _, err := start(t, env)
		if tr != nil || err != nil || running() {
			t.Errorf("%s: %v, %v", name, tr, err)
		}
		ctx, span := tr.Begin(t.Context(), "x", tracing.Int("n", 1))
		if ctx != t.Context() || span != nil {
			t.Errorf("%s: there is a span", name)
		}
		r := httptest.NewRequest("GET", "/", nil)
		if q, span := tr.BeginRequest(r); q != r || span != nil {
			t.Errorf("%s: there is a span of a request", name)
		}
		span.Event("x")
		span.Fail("x")
		span.Answered("GET /", 500)
		tr.BeginCall(ctx, "x", http.Header{}).End()
		tr.Close(t.Context())
	}
	if asked.Load() != 0 {
		t.Error("something was sent")
	}
}

// TestMistakes: what is wrong is told by the name of its variable, without its value.
func TestMistakes(t *testing.T) {
	for key, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT":       "hush:4318",
		"OTEL_EXPORTER_OTLP_HEADERS":        "hush",
		"OTEL_EXPORTER_OTLP_PROTOCOL":       "grpc",
		"OTEL_EXPORTER_OTLP_TIMEOUT":        "hush",
		"OTEL_EXPORTER_OTLP_COMPRESSION":    "hush",
		"OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=%zzhush",
		"OTEL_EXPORTER_OTLP_CERTIFICATE":    t.TempDir(),
		"OTEL_TRACES_EXPORTER":              "hush",
	} {
		env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
		env[key] = value
		if tr, _, err := start(t, env); tr != nil || err == nil || !strings.HasPrefix(err.Error(), key) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, %v", key, tr, err)
		}
	}
	if running() {
		t.Error("something runs")
	}
}

// TestSent: what the environment says about how to send is done; a receiver that has no
// time is asked again, one that refuses is not; the resource is the SDK's.
func TestSent(t *testing.T) {
	t.Setenv("OTEL_SERVICE_NAME", "mine")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,n=1")
	var asked atomic.Int32
	var body atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/own/path" || r.Header.Get("Api-Key") != "a b" || r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("User-Agent") != "meshc/v1" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		text, err := io.ReadAll(z)
		if err != nil || !json.Valid(text) {
			t.Errorf("%v: %s", err, text)
		}
		body.Store(string(text))
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"hush"}}`)
	}))
	defer s.Close()
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
	tr, log, err := start(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": s.URL + "/own/path",
		"OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, ", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tr.Begin(t.Context(), "x", tracing.Int("n", 7))
	span.Event("e", tracing.String("k", "v"))
	span.End()
	for end := time.Now().Add(10 * time.Second); asked.Load() < 2 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	tr.Close(t.Context())
	ends(t)
	text, _ := body.Load().(string)
	for _, want := range []string{`"key":"service.name","value":{"stringValue":"mine"}`, `"deployment.environment.name"`, `"name":"x"`, `"intValue":"7"`, `"name":"e"`, `"kind":1`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if strings.Contains(log.String(), "hush") || !strings.Contains(log.String(), "refused 3 of the spans") {
		t.Errorf("log: %s", log)
	}
}

// TestReceiverDown: whether nobody listens, the receiver refuses or never answers, spans
// cost nothing, the end comes in time, and the log says so once.
func TestReceiverDown(t *testing.T) {
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")
	free := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-free:
		case <-r.Context().Done():
		}
	}))
	defer hangs.Close()
	defer close(free)
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere?hush")
		w.WriteHeader(http.StatusFound)
		fmt.Fprint(w, "hush")
	}))
	defer refuses.Close()
	for name, url := range map[string]string{"down": "http://127.0.0.1:1/?hush", "hangs": hangs.URL, "refuses": refuses.URL} {
		tr, log, err := start(t, map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for range 10_000 {
			_, span := tr.Begin(t.Context(), "x")
			span.End()
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: spans took %v", name, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		began = time.Now()
		tr.Close(ctx)
		cancel()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: the end took %v", name, took)
		}
		ends(t)
		if n := strings.Count(log.String(), "traces could not be sent"); n != 1 || strings.Contains(log.String(), "hush") {
			t.Errorf("%s: %d lines: %s", name, n, log)
		}
	}
}

// TestSampler: OTEL_TRACES_SAMPLER is the SDK's; a caller's traceparent goes on all the same.
func TestSampler(t *testing.T) {
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	tr, _, err := start(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r, span := tr.BeginRequest(r)
	out := http.Header{}
	tr.BeginCall(r.Context(), "x", out).End()
	span.Answered("GET /{x}", 200)
	tr.Close(t.Context())
	if p := out.Get("traceparent"); !strings.HasPrefix(p, "00-0af7651916cd43dd8448eb211c80319c-") || !strings.HasSuffix(p, "-00") {
		t.Errorf("traceparent %q", p)
	}
	if asked.Load() != 0 {
		t.Error("it was sent")
	}
}
