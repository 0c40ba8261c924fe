package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// request is one call of the API.
type request struct {
	op     Op
	method string
	path   string
	query  url.Values
	// accept is the form of the answer where it is not simply JSON.
	accept string
	// body is sent as contentType.
	body        []byte
	contentType string
	repeat      repeat
	// into is filled from the answer, when it is not nil, see decode.
	into any
	// stream hands out the body of the answer instead of reading it.
	stream bool
}

// answer is what came back, without the body that went into request.into.
type answer struct {
	status   int
	warnings []string
	// date is the server's clock in whole seconds; zero where it was not told.
	date time.Time
	body io.ReadCloser
}

// tryFor bounds one try: it is more than the minute that an API server gives
// itself for a request (--request-timeout).
const tryFor = 70 * time.Second

// do makes the request, again where that helps and does no harm.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	var a answer
	err := c.again(ctx, r.repeat, func() error {
		var err error
		a, err = c.once(ctx, r)
		return err
	})
	return a, err
}

// once makes the request one time.
func (c *Client) once(ctx context.Context, r request) (answer, error) {
	a, err := c.send(ctx, r)
	var unauthorized *Unauthorized
	if c.exec && errors.As(err, &unauthorized) {
		// The token of the exec plugin ran out; it has been told, and gives a new one.
		a, err = c.send(ctx, r)
	}
	return a, err
}

func (c *Client) send(ctx context.Context, r request) (answer, error) {
	var sent atomic.Bool
	whole := ctx
	if !r.stream {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tryFor)
		defer cancel()
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	u := *c.base
	u.Path = strings.TrimSuffix(u.Path, "/") + r.path
	u.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), bytes.NewReader(r.body))
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", r.op, err)
	}
	req.Header.Set("Accept", "application/json")
	switch {
	case r.stream:
		req.Header.Set("Accept", "*/*")
	case r.accept != "":
		req.Header.Set("Accept", r.accept)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.unanswered(whole, r, err, sent.Load())
	}
	c.met.Store(true)
	a := answer{status: resp.StatusCode, warnings: warningsOf(resp.Header)}
	if a.date, err = http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.clock.saw(a.date)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return a, c.refusal(r.op, resp)
	}
	if r.stream {
		a.body = resp.Body
		return a, nil
	}
	defer resp.Body.Close()
	broken, lost := decode(resp.Body, r.into)
	switch {
	case lost != nil:
		return a, c.unanswered(whole, r, lost, true)
	case broken != nil:
		// Whoever answered, it was no API server; what became of a write is not known.
		return a, &Unknown{Op: r.op, Err: fmt.Errorf("the answer of %s is not an API server's: %w", c.plain, broken)}
	}
	return a, nil
}

// warningsOf takes the texts out of Warning headers: 299 - "text".
func warningsOf(h http.Header) []string {
	var out []string
	for _, line := range h.Values("Warning") {
		_, text, ok := strings.Cut(line, `"`)
		if end := strings.LastIndexByte(text, '"'); ok && end >= 0 {
			text = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text[:end])
		}
		if text = clean(text); text != "" {
			out = append(out, text)
		}
	}
	return out
}
