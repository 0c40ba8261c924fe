package manager

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// stream writes events as text/event-stream (the HTML standard's server-sent events).
type stream struct {
	w    http.ResponseWriter
	ctl  *http.ResponseController
	beat time.Duration
}

const eventStream = "text/event-stream"

// openStream begins a stream. It does not count among the requests that are answered.
func (m *Manager) openStream(w http.ResponseWriter) (*stream, error) {
	h := w.Header()
	h.Set("Content-Type", eventStream)
	h.Set("X-Accel-Buffering", "no") // proxies of the nginx kind would hold events back
	s := &stream{w: w, ctl: http.NewResponseController(w), beat: m.opts.Limits.Beat}
	yieldTurn(w)
	w.WriteHeader(http.StatusOK)
	m.log.Debug("stream opened")
	return s, s.comment("meshc")
}

// write sends bytes at once.
func (s *stream) write(data []byte) error {
	if _, err := s.w.Write(data); err != nil {
		return err
	}
	return s.ctl.Flush()
}

// comment is a sign of life.
func (s *stream) comment(text string) error { return s.write([]byte(": " + text + "\n\n")) }

// event sends one event; an empty id leaves the reader's last one as it is.
func (s *stream) event(id, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, data)
	return s.write(b.Bytes())
}
