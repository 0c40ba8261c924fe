package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// exporter sends batches of spans. It runs beside all that is traced: the SDK's queue
// is bounded, and drops what does not fit while a receiver is down.
type exporter struct {
	settings
	client *http.Client
	agent  string
	log    *sparingly
	// ending ends tries again, base what is in the air.
	ending chan struct{}
	base   context.Context
	abort  context.CancelFunc
}

func newExporter(s settings, agent string, log *sparingly) *exporter {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if s.tls != nil {
		transport.TLSClientConfig = s.tls
	}
	e := &exporter{settings: s, agent: agent, log: log, ending: make(chan struct{})}
	// The headers are for the receiver alone.
	e.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	e.base, e.abort = context.WithCancel(context.Background())
	return e
}

// ExportSpans implements sdk.SpanExporter. What went wrong goes to the log; the SDK
// could do no more about it.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	defer context.AfterFunc(e.base, cancel)()
	body, err := encode(spans)
	if err == nil && e.gzip {
		body, err = zipped(body)
	}
	if err == nil {
		err = e.deliver(ctx, body)
	}
	if err != nil {
		e.log.warn("traces could not be sent", "receiver", e.endpoint.Host, "spans", len(spans), "err", err)
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// deliver sends a body, and again where that may help, until ctx or the manager ends.
func (e *exporter) deliver(ctx context.Context, body []byte) error {
	for pause := time.Second; ; pause *= 2 {
		wait, err := e.send(ctx, body)
		if err == nil || wait < 0 {
			return err
		}
		timer := time.NewTimer(max(wait, pause/2+rand.N(pause/2)))
		select {
		case <-timer.C:
			continue
		case <-ctx.Done():
		case <-e.ending:
		}
		timer.Stop()
		return err
	}
}

// send sends a body once. The time tells how long the receiver wants to be left alone
// before it is tried again; less than 0 is for an error that stays (OTLP/HTTP, "Failures").
func (e *exporter) send(ctx context.Context, body []byte) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return -1, bare(err)
	}
	for name, values := range e.header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", e.agent)
	if e.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return 0, bare(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 16) // a date is as good as nothing said
		return time.Duration(seconds) * time.Second, fmt.Errorf("the receiver answers %d", resp.StatusCode)
	}
	switch {
	case resp.StatusCode/100 != 2:
		return -1, fmt.Errorf("the receiver answers %d", resp.StatusCode)
	case err != nil:
		return -1, nil // it has them
	}
	return -1, rejected(text)
}

// rejected tells what a receiver that took a request did not take of it.
func rejected(text []byte) error {
	var answer struct {
		PartialSuccess struct {
			RejectedSpans any `json:"rejectedSpans"`
		} `json:"partialSuccess"`
	}
	// An answer in another form tells nothing, and says 2xx all the same.
	_ = json.Unmarshal(text, &answer)
	if n, _ := strconv.ParseFloat(fmt.Sprint(answer.PartialSuccess.RejectedSpans), 64); n > 0 {
		return fmt.Errorf("the receiver has refused %v of the spans", n)
	}
	return nil
}

// bare takes the address out of an error: its path and query may hold a key.
func bare(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func zipped(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
