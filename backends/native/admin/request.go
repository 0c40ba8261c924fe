package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxJSON bounds what is read of a JSON answer; the statistics of a topic with
// thousands of consumers are a few megabytes.
const maxJSON = 64 << 20

// call is one request.
type call struct {
	method string
	// path are unescaped segments.
	path  []string
	query url.Values
	// body is nil for none.
	body        *body
	contentType string
	// raw asks for the bytes as they are, for downloads.
	raw bool
	// needs says which right the server wants, for the text of a 401.
	needs string
}

// get, put, post and del start a call on unescaped segments.
func get(path ...string) call  { return call{method: http.MethodGet, path: path} }
func put(path ...string) call  { return call{method: http.MethodPut, path: path} }
func post(path ...string) call { return call{method: http.MethodPost, path: path} }
func del(path ...string) call  { return call{method: http.MethodDelete, path: path} }

func (k call) needing(right string) call { k.needs = right; return k }

func (k call) json(v any) (call, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return k, fmt.Errorf("cannot write the body of %s as JSON: %w", strings.Join(k.path, "/"), err)
	}
	k.body, k.contentType = &body{prefix: text}, "application/json"
	return k, nil
}

// url builds the address. Segments are escaped one by one: a name with / or %
// stays one segment. Names that a server or proxy may resolve are refused.
func (c *Client) url(k call) (*url.URL, error) {
	u := *c.base
	if k.toWorker() {
		u = *c.workers
	}
	u.RawPath = u.EscapedPath()
	for _, segment := range k.path {
		if segment == "" || segment == "." || segment == ".." {
			return nil, &Error{Method: k.method, Path: "/" + strings.Join(k.path, "/"), Reason: fmt.Sprintf("%q cannot be a name here; choose another", segment)}
		}
		u.Path += "/" + segment
		u.RawPath += "/" + strings.ReplaceAll(url.PathEscape(segment), "+", "%2B")
	}
	u.RawQuery = k.query.Encode()
	return &u, nil
}

// do sends the call, a GET again after a passing failure. A status of 300 and above
// is an *Error, as is every failure to get an answer.
func (c *Client) do(ctx context.Context, k call) (resp *http.Response, err error) {
	err = again(ctx, k.method, func() error {
		resp, err = c.once(ctx, k)
		return err
	})
	return resp, err
}

// once sends the call once.
func (c *Client) once(ctx context.Context, k call) (*http.Response, error) {
	u, err := c.url(k)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, k.method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if k.body != nil {
		k.body.progress = progressOf(ctx)
		req.GetBody = k.body.open
		req.ContentLength = k.body.length()
		if req.Body, err = k.body.open(); err != nil {
			return nil, &Error{Method: k.method, Path: u.Path, Err: err, needs: k.needs}
		}
		if k.body.file != "" {
			// Lets the server refuse or redirect before the file is sent.
			req.Header.Set("Expect", "100-continue")
		}
	}
	if k.contentType != "" {
		req.Header.Set("Content-Type", k.contentType)
	}
	if k.raw {
		req.Header.Set("Accept-Encoding", "identity")
	} else {
		req.Header.Set("Accept", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// net/http tells the cause of a cancellation, which need not be context.Canceled.
		var wrapped *url.Error
		if over := ctx.Err(); over != nil && !errors.Is(err, over) && errors.As(err, &wrapped) {
			err = fmt.Errorf("%w: %w", over, wrapped.Err)
		}
		return nil, transportError(k.method, u.Path, k.needs, err)
	}
	if resp.StatusCode >= 300 {
		defer resp.Body.Close()
		return nil, c.answerError(k.method, u.Path, k.needs, resp)
	}
	return resp, nil
}

// send is do for calls whose answer holds nothing of interest.
func (c *Client) send(ctx context.Context, k call) error {
	resp, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	// Read to the end, so that the connection can be used again.
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return transportError(k.method, resp.Request.URL.Path, k.needs, err)
	}
	if isPage(resp.Header, text) {
		return k.notPulsar(resp, text)
	}
	return nil
}

// isPage tells of an answer that is a page for people, which Pulsar never gives
// with a good status: a proxy or a login that stands in between.
func isPage(header http.Header, text []byte) bool {
	return strings.HasPrefix(header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(text), []byte("<"))
}

// notPulsar is the failure of a call with a good answer that Pulsar did not give. A
// write may have been carried out or not.
func (k call) notPulsar(resp *http.Response, text []byte) error {
	reason := "the answer is not the JSON of Pulsar's API: " + clean(string(text[:min(len(text), 200)])) + "; check the admin URL"
	return &Error{Method: k.method, Path: resp.Request.URL.Path, Status: resp.StatusCode, Reason: reason, needs: k.needs, notJSON: true}
}

// read decodes a JSON answer into v; numbers in an any stay json.Number.
func (c *Client) read(ctx context.Context, k call, v any) error {
	return again(ctx, k.method, func() error { return c.readOnce(ctx, k, v) })
}

func (c *Client) readOnce(ctx context.Context, k call, v any) error {
	resp, err := c.once(ctx, k)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON+1))
	if err != nil {
		return transportError(k.method, resp.Request.URL.Path, k.needs, err)
	}
	bad := func(reason string) error {
		return &Error{Method: k.method, Path: resp.Request.URL.Path, Status: resp.StatusCode, Reason: reason, needs: k.needs, notJSON: true}
	}
	if len(text) > maxJSON {
		return bad("the answer is larger than 64 MiB")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return bad("the answer is empty")
		}
		return k.notPulsar(resp, text)
	}
	return nil
}

// text reads an answer that is plain text or a JSON string.
func (c *Client) text(ctx context.Context, k call) (string, error) {
	resp, err := c.do(ctx, k)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	switch {
	case err != nil:
		return "", transportError(k.method, resp.Request.URL.Path, k.needs, err)
	case isPage(resp.Header, text):
		return "", k.notPulsar(resp, text)
	}
	return strings.Trim(strings.TrimSpace(clean(string(text))), `"`), nil
}
