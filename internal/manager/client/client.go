package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
)

// Client talks to one manager, or to several that answer for the same cluster. It is
// safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// New makes a client of the manager at a URL; h adds the credentials.
func New(base string, h *http.Client) *Client {
	return &Client{base: strings.TrimRight(base, "/"), http: h}
}

// maxAnswer bounds an answer that is read as a whole.
const maxAnswer = 128 << 20

// query is what comes after the question mark.
type query = url.Values

func pathOf(id mesh.ID, more string) string {
	return api.Meshes + "/" + url.PathEscape(id.Tenant) + "/" + url.PathEscape(id.Namespace) + "/" + url.PathEscape(id.Name) + more
}

func pathOfNamespace(tenant, namespace string) string {
	return api.Meshes + "/" + url.PathEscape(tenant) + "/" + url.PathEscape(namespace)
}

// body is what a request sends.
type body struct {
	kind string
	data []byte
	// key names the request, so that it is carried out once.
	key string
}

// send sends a request and gives its answer if that is a good one. Errors: an
// *api.Problem, or why there was no answer.
func (c *Client) send(ctx context.Context, method, path string, q query, b body, accept string) (*http.Response, error) {
	address := c.base + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(b.data))
	if err != nil {
		return nil, err
	}
	if b.kind != "" {
		req.Header.Set("Content-Type", b.kind)
	}
	if b.key != "" {
		req.Header.Set(api.HeaderKey, b.key)
	}
	req.Header.Set("Accept", accept)
	resp, err := c.http.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("the manager at %s: %w", c.base, err)
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.problem(resp)
}

// problem reads a refusal. What is none of the manager's is told by its status.
func (c *Client) problem(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	p := &api.Problem{}
	if err != nil || kind != api.ContentProblem || json.Unmarshal(data, p) != nil || p.Type == "" {
		return fmt.Errorf("the manager at %s answers %s: is this its address?", c.base, resp.Status)
	}
	return p
}

// ask sends a request and reads its answer into v.
func (c *Client) ask(ctx context.Context, method, path string, q query, b body, v any) error {
	resp, err := c.send(ctx, method, path, q, b, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return fmt.Errorf("the manager at %s: its answer cannot be read: %w", c.base, err)
	}
	return nil
}

// Is tells whether an error is a refusal of one of these kinds.
func Is(err error, kinds ...string) bool {
	var p *api.Problem
	if !errors.As(err, &p) {
		return false
	}
	for _, k := range kinds {
		if p.Type == k {
			return true
		}
	}
	return false
}

// Lock keeps everyone else away from a mesh.
func (c *Client) Lock(ctx context.Context, id mesh.ID, reason string) (api.Mesh, error) {
	data, err := json.Marshal(api.Hold{Reason: reason})
	if err != nil {
		return api.Mesh{}, err
	}
	var m api.Mesh
	return m, c.ask(ctx, http.MethodPut, pathOf(id, "/lock"), nil, body{kind: "application/json", data: data}, &m)
}

// Unlock lets others in again; what another one has locked takes force.
func (c *Client) Unlock(ctx context.Context, id mesh.ID, force bool) (api.Mesh, error) {
	q := query{}
	if force {
		q.Set("force", "true")
	}
	var m api.Mesh
	return m, c.ask(ctx, http.MethodDelete, pathOf(id, "/lock"), q, body{}, &m)
}

// Status tells how the nodes of a mesh are doing.
func (c *Client) Status(ctx context.Context, id mesh.ID) (api.Status, error) {
	var s api.Status
	return s, c.ask(ctx, http.MethodGet, pathOf(id, "/status"), nil, body{}, &s)
}
