package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// TestMain takes the version of the servers from MESHC_TEST_PULSAR_VERSION, if set.
func TestMain(m *testing.M) {
	pulsartest.SharedOptions.Version = os.Getenv("MESHC_TEST_PULSAR_VERSION")
	pulsartest.Main(m)
}

// requests is an observer that remembers.
type requests struct {
	mu   sync.Mutex
	list []string
}

func (r *requests) observe(method, path string, status int, _ time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, fmt.Sprintf("%s %s %d", method, path, status))
}

// writes returns the requests that are not GETs, and forgets all.
func (r *requests) writes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, q := range r.list {
		if !strings.HasPrefix(q, "GET ") {
			out = append(out, q)
		}
	}
	r.list = nil
	return out
}

// connect returns a client with a token, "" for none.
func connect(t *testing.T, adminURL, token string, opts ...Option) *Client {
	t.Helper()
	s := conn.Settings{AdminURL: adminURL}
	if token != "" {
		var err error
		if s.Auth, err = conn.ParseAuth("token", "token:"+token, nil); err != nil {
			t.Fatal(err)
		}
	}
	c, err := New(s, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// jar is the archive of Pulsar's example functions, with hash and size.
func jar(t *testing.T, srv *pulsar.Server) Package {
	t.Helper()
	home, err := pulsar.Home(t.Context(), pulsar.DefaultVersion, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "examples", "api-examples.jar")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return Package{File: path, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(text))}
}

func exclamation(in, out string) map[string]any {
	return map[string]any{
		"runtime": "JAVA", "className": "org.apache.pulsar.functions.api.examples.ExclamationFunction",
		"inputs": []string{in}, "output": out, "subName": "meshc", "cleanupSubscription": false,
		"autoAck": true, "parallelism": 1,
	}
}

// wants fails unless err has this class and its text holds all of these.
func wants(t *testing.T, what string, err error, class Class, texts ...string) {
	t.Helper()
	if got := Classify(err); got != class {
		t.Errorf("%s: class %s, want %s: %v", what, got, class, err)
	}
	for _, text := range texts {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %q in it", what, err, text)
		}
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually asks each 100 ms until it is told true, for half a minute at most.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("not within 30 s: %s", what)
}

// attached waits until the subscription "meshc" of a topic has n consumers: the
// instances tell that they run before. With 0, until those of deleted functions
// have left: a server that is stopped while instances come or go does not end by itself.
func attached(t *testing.T, c *Client, topic string, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d consumers on %s", n, topic), func() bool {
		s, err := c.TopicStats(t.Context(), topic)
		return err == nil && len(s.Subscriptions["meshc"].Consumers) == n
	})
}

// produce sends n messages of one byte by the broker's REST producer.
func produce(t *testing.T, srv *pulsar.Server, topic string, n int) {
	t.Helper()
	path := strings.Replace(topic, "persistent://", "/topics/persistent/", 1)
	messages := strings.TrimSuffix(strings.Repeat(`{"payload":"x"},`, n), ",")
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, srv.AdminURL+path,
		strings.NewReader(`{"producerName":"p","messages":[`+messages+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("produce: %s: %s", resp.Status, text)
	}
}

func split(ns string) (tenant, namespace string) {
	tenant, namespace, _ = strings.Cut(ns, "/")
	return tenant, namespace
}
