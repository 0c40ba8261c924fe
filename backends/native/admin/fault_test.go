package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/conn"
)

// faulty is a client of a server that misbehaves; these are faults of transport
// that no real Pulsar makes on demand.
func faulty(t *testing.T, serve http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(serve)
	t.Cleanup(srv.Close)
	return connect(t, srv.URL, "s3cret-token")
}

// hijack gives the raw connection.
func hijack(t *testing.T, w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
	}
	return conn
}

func TestFaults(t *testing.T) {
	const jetty = `<html><head><title>Error 400</title><style>x</style></head><body><h2>HTTP ERROR 400</h2><table>
<tr><th>URI:</th><td>/x</td></tr><tr><th>MESSAGE:</th><td>Unexpected &quot;x&quot;` + "\x1b[31m\u202e" + `</td></tr><tr><th>SERVLET:</th><td>y</td></tr></table></body></html>`
	tests := []struct {
		name  string
		serve func(t *testing.T, w http.ResponseWriter)
		class Class
		text  string
	}{
		{"HTML page", func(_ *testing.T, w http.ResponseWriter) { w.WriteHeader(400); io.WriteString(w, jetty) }, Refused, `Bad Request: Unexpected "x"?[31m?`},
		{"HTML page of a proxy", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(502)
			io.WriteString(w, "<h1>Bad\n<b>Gateway</b></h1>")
		}, Unknown, "502 Bad Gateway: Bad Gateway"},
		{"HTML page with 200", func(_ *testing.T, w http.ResponseWriter) { io.WriteString(w, "<html>login</html>") }, Unknown, "check the admin URL"},
		{"empty 200", func(*testing.T, http.ResponseWriter) {}, Unknown, "empty"},
		{"long reason", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"reason":%q}`, strings.Repeat("x", 9000))
		}, Refused, "xxx..."},
		{"empty reason", func(_ *testing.T, w http.ResponseWriter) { w.WriteHeader(500); io.WriteString(w, "{}") }, Unknown, "500 Internal Server Error"},
		{"closed without reply", func(t *testing.T, w http.ResponseWriter) { hijack(t, w).Close() }, Overloaded, "EOF"},
		{"reset", func(t *testing.T, w http.ResponseWriter) {
			c := hijack(t, w)
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}, Unknown, "reset"},
		{"cut in the answer", func(t *testing.T, w http.ResponseWriter) {
			c := hijack(t, w)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"")
			c.Close()
		}, Unknown, "unexpected EOF"},
		{"overload", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(400)
			io.WriteString(w, `{"reason":"java.util.concurrent.TimeoutException"}`)
		}, Overloaded, "TimeoutException"},
		{"leader", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(500)
			io.WriteString(w, `{"reason":"Internal Error updating function at the leader"}`)
		}, Unknown, "leader"},
		{"lost a race", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(400)
			io.WriteString(w, `{"reason":"Update request ignored because it is out of date. Please try again."}`)
		}, OutOfDate, "out of date"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := faulty(t, func(w http.ResponseWriter, _ *http.Request) { tt.serve(t, w) })
			_, err := c.Get(t.Context(), Functions, "t", "n", "f")
			wants(t, tt.name, err, tt.class, tt.text)
			if strings.ContainsAny(fmt.Sprint(err), "\x1b\n\u202e") || strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Errorf("not clean: %q", err)
			}
			// The library's calls tell the same.
			if tt.class != Unknown {
				_, err = c.Partitions(t.Context(), "persistent://t/n/x")
				wants(t, tt.name+" by the library", err, tt.class, "get /admin/v2/persistent/t/n/x/partitions: ")
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	c := connect(t, "http://127.0.0.1:1", "")
	wants(t, "refused", c.Delete(t.Context(), Functions, "t", "n", "f"), Unreachable, "connection refused")
	wants(t, "no name", connect(t, "http://nothing.invalid:1", "").Delete(t.Context(), Functions, "t", "n", "f"), Unreachable)
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	wants(t, "certificate", connect(t, tls.URL, "").Delete(t.Context(), Functions, "t", "n", "f"), Unreachable)
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	wants(t, "no TLS", connect(t, strings.Replace(plain.URL, "http:", "https:", 1), "").Delete(t.Context(), Functions, "t", "n", "f"), Unreachable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.Delete(ctx, Functions, "t", "n", "f")
	wants(t, "cancelled", err, Unknown)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	ctx2, cancel2 := context.WithCancelCause(t.Context())
	cancel2(errors.New("the user pressed a key"))
	err = c.Delete(ctx2, Functions, "t", "n", "f")
	wants(t, "cancelled for a reason", err, Unknown, "pressed a key")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	s := conn.Settings{AdminURL: "http://127.0.0.1:1"}
	s.Auth, err = conn.ParseAuth("token", "file:///nothing/here", nil)
	ok(t, err)
	c, err = New(s)
	ok(t, err)
	wants(t, "no token", c.Delete(t.Context(), Functions, "t", "n", "f"), Unauthorized, "/nothing/here")
	s.Auth, err = conn.ParseAuth("oauth2", `{"issuerUrl":"http://127.0.0.1:1","privateKey":"data:,{\"client_id\":\"a\",\"client_secret\":\"b\"}"}`, nil)
	ok(t, err)
	c, err = New(s)
	ok(t, err)
	wants(t, "no issuer", c.Delete(t.Context(), Functions, "t", "n", "f"), Unreachable, "cannot get an OAuth2 token")
	wants(t, "nil", nil, OK)
	wants(t, "other", errors.New("x"), Unknown)
}

// TestSlow tells the transport's limits from the end of the caller's context.
func TestSlow(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	rt := &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}
	defer rt.CloseIdleConnections()
	c := connect(t, srv.URL, "")
	c.http.Transport = rt
	wants(t, "header", c.Delete(t.Context(), Functions, "t", "n", "f"), Overloaded, "timeout awaiting response headers")
	rt.ResponseHeaderTimeout = 0
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wants(t, "deadline", c.Delete(ctx, Functions, "t", "n", "f"), Unknown, "deadline")
	rt.DialContext = (&net.Dialer{Timeout: time.Nanosecond}).DialContext
	rt.CloseIdleConnections()
	wants(t, "dial", c.Delete(t.Context(), Functions, "t", "n", "f"), Unreachable, "timeout")
}

func TestTruncatedDownload(t *testing.T) {
	for name, head := range map[string]string{
		"length": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
	} {
		c := faulty(t, func(w http.ResponseWriter, _ *http.Request) {
			raw := hijack(t, w)
			io.WriteString(raw, head+"bytes")
			raw.Close()
		})
		_, _, err := c.Download(t.Context(), Functions, "t", "n", "f", io.Discard)
		if !errors.Is(err, io.ErrUnexpectedEOF) || Classify(err) != Unknown {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := faulty(t, func(http.ResponseWriter, *http.Request) {})
	if _, _, err := c.Download(t.Context(), Functions, "t", "n", "f", io.Discard); !errors.Is(err, ErrEmptyDownload) {
		t.Errorf("empty: %v", err)
	}
}

// TestUploadIsReplayedAndStreamed sends a file larger than what may be held in
// memory through a redirect, and compares it.
func TestUploadIsReplayedAndStreamed(t *testing.T) {
	const size = 64 << 20
	file := filepath.Join(t.TempDir(), "big.nar")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	ok(t, f.Truncate(size))
	f.Close()
	var got atomic.Int64
	var name, config atomic.Value
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /admin/v3/sinks/t/n/s", func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Get("again") == "" {
			http.Redirect(w, req, req.URL.Path+"?again=1", http.StatusTemporaryRedirect)
			return
		}
		parts, err := req.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		for {
			part, err := parts.NextPart()
			if err != nil {
				break
			}
			if part.FormName() == "data" {
				n, _ := io.Copy(io.Discard, part)
				got.Store(n)
				name.Store(part.FileName())
				continue
			}
			text, _ := io.ReadAll(part)
			config.Store(fmt.Sprint(config.Load(), part.FormName(), part.Header.Get("Content-Type"), string(text)))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c := faulty(t, mux.ServeHTTP)
	var before, after runtime.MemStats
	var told []int64
	ctx := WithProgress(t.Context(), func(sent, total int64) {
		if told = append(told, sent); total != size {
			t.Errorf("of %d bytes", total)
		}
	})
	runtime.ReadMemStats(&before)
	ok(t, c.Update(ctx, Sinks, "t", "n", "s", map[string]int{"parallelism": 2}, Package{File: file, Name: `we"ird.nar`, Size: size}, &UpdateOptions{}))
	runtime.ReadMemStats(&after)
	if len(told) == 0 || told[len(told)-1] != size {
		t.Errorf("progress: %v", told)
	}
	if got.Load() != size || name.Load() != `we"ird.nar` {
		t.Errorf("the server got %d bytes as %q", got.Load(), name.Load())
	}
	if want := `<nil>sinkConfigapplication/json{"parallelism":2}updateOptionsapplication/json{"updateAuthData":false}`; config.Load() != want {
		t.Errorf("parts: %s, want %s", config.Load(), want)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d bytes were allocated to send %d", grown, size)
	}
}

// TestFileChanges: the server never gets the end of a file that is not the one announced.
func TestFileChanges(t *testing.T) {
	dir := t.TempDir()
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	var whole atomic.Bool
	c := faulty(t, func(w http.ResponseWriter, req *http.Request) {
		if _, err := io.Copy(io.Discard, req.Body); err == nil {
			whole.Store(true)
		}
	})
	file := filepath.Join(dir, "a.jar")
	ok(t, os.WriteFile(file, content, 0o600))
	right := "d0d2a0d6ec1a1bc3c2bcba8c4e5ea4b3a4a0ac0e4ac2ce4b40ab1bdf6b1bd1e5" // of another file
	for name, pkg := range map[string]Package{
		"hash":   {File: file, SHA256: right},
		"size":   {File: file, Size: 17},
		"gone":   {File: filepath.Join(dir, "none.jar")},
		"folder": {File: dir},
	} {
		whole.Store(false)
		err := c.Create(t.Context(), Functions, "t", "n", "f", map[string]any{}, pkg)
		if err == nil || whole.Load() {
			t.Errorf("%s: %v, whole body arrived: %t", name, err, whole.Load())
		}
		if changed := name == "hash" || name == "size"; errors.Is(err, ErrFileChanged) != changed || Classify(err) != Refused {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), "readfrom") {
			t.Errorf("%s: the error shows the insides of net: %v", name, err)
		}
	}
	// Grown or shrunk between the stat and the reading.
	for name, b := range map[string]*body{
		"longer":  {file: file, size: int64(len(content)) - 1},
		"shorter": {file: file, size: int64(len(content)) + 1},
	} {
		r, err := b.open()
		ok(t, err)
		n, err := io.Copy(io.Discard, r)
		if !errors.Is(err, ErrFileChanged) || n >= b.size {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		r.Close()
	}
}

func TestObserver(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	var n atomic.Int32
	c := connect(t, srv.URL+"/base", "", WithObserver(func(method, path string, status int, dur time.Duration) {
		n.Add(1)
		if method != "GET" || !strings.HasPrefix(path, "/base/admin/v") || status != 404 || dur <= 0 {
			t.Errorf("%s %s %d %s", method, path, status, dur)
		}
	}))
	_, _ = c.Get(t.Context(), Functions, "t", "n", "f")
	_, _ = c.Partitions(t.Context(), "persistent://t/n/x")
	_, _ = c.Namespaces(t.Context(), "t")
	if n.Load() != 3 {
		t.Errorf("%d exchanges were seen", n.Load())
	}
}
