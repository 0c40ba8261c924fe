package manager

import (
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// errRequests refuses a request where too many are answered already.
var errRequests = errors.New("as many requests are under way as this manager takes")

// guard puts in front of all handlers what holds for every request: a bound on how
// many there are, headers, a time limit for slow clients, a log line, that no web page
// sends it, and that a bug in one answer does not end the others.
func (m *Manager) guard(next http.Handler) http.Handler {
	turn := make(chan struct{}, m.opts.Limits.Requests)
	browsers := m.browsers()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		if m.opts.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		seen := &answer{ResponseWriter: w, turn: turn}
		r, span := m.traced(r)
		// Last of all, also where an answer is broken off.
		defer func() { span.Answered(r.Pattern, seen.status) }()
		defer func() {
			seen.yield()
			if bug := recover(); bug != nil {
				if err, ok := bug.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(bug)
				}
				m.log.Error("bug", "path", r.URL.Path, "panic", bug, "stack", string(debug.Stack()))
				if seen.status == 0 {
					m.refuse(seen, r, errBug)
				}
			}
			took := time.Since(began)
			m.metrics.answered(r.Pattern, seen.status, took)
			m.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", seen.status, "took", took)
		}()
		select {
		case turn <- struct{}{}:
			seen.holds = true
		default:
			m.refuse(seen, r, errRequests)
			return
		}
		if err := browsers(r); err != nil {
			m.refuse(seen, r, err)
			return
		}
		limit, time := m.opts.Limits.Body, m.opts.Limits.ReadTime
		if bringsCode(r) {
			limit, time = m.opts.Limits.Upload, m.opts.Limits.UploadTime
		}
		if r.ContentLength > limit {
			m.refuse(seen, r, &http.MaxBytesError{Limit: limit})
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &body{ReadCloser: http.MaxBytesReader(seen, r.Body, limit), ctl: http.NewResponseController(w)}
			r.Body.(*body).within(time)
		}
		next.ServeHTTP(seen, r)
	})
}

// body is the body of a request. It has to come within a time; when all of it is
// there, the time is over: to wait for an answer is no fault of the caller.
type body struct {
	io.ReadCloser
	ctl *http.ResponseController
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.within(0)
	}
	return n, err
}

// within bounds the time; 0 is for no bound. Recorders of tests have no deadlines.
func (b *body) within(d time.Duration) {
	var at time.Time
	if d > 0 {
		at = time.Now().Add(d)
	}
	_ = b.ctl.SetReadDeadline(at)
}

// answer notes the status of an answer, and cuts off who does not take it.
type answer struct {
	http.ResponseWriter
	status int
	stream bool
	turn   chan struct{}
	holds  bool
}

// takeTime is how long a caller may take to take an answer, or one event of a stream.
const takeTime = 30 * time.Second

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		a.stream = strings.HasPrefix(a.Header().Get("Content-Type"), eventStream)
		a.takeWithin()
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.stream {
		a.takeWithin()
	}
	return a.ResponseWriter.Write(p)
}

func (a *answer) takeWithin() {
	_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(takeTime))
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// yield gives the place among the requests back: streams and those that wait do not count.
func (a *answer) yield() {
	if a.holds {
		<-a.turn
		a.holds = false
	}
}

// yieldTurn lets another request in while this one only waits.
func yieldTurn(w http.ResponseWriter) {
	if a, ok := w.(*answer); ok {
		a.yield()
	}
}

func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }
