package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/meshc/meshc/internal/testserver/k8s"
)

// resource is where objects of a kind are.
type resource struct{ prefix, plural string }

const (
	computeGroup = "compute.functionmesh.io"
	computeAPI   = computeGroup + "/v1alpha1"
)

var (
	meshes       = resource{"/apis/" + computeAPI, "functionmeshes"}
	statefulSets = resource{"/apis/apps/v1", "statefulsets"}
	services     = resource{"/api/v1", "services"}
	pods         = resource{"/api/v1", "pods"}
	configMaps   = resource{"/api/v1", "configmaps"}
	secrets      = resource{"/api/v1", "secrets"}

	// watched are those whose changes start a pass.
	watched = []resource{meshes, kinds[0].resource, kinds[1].resource, kinds[2].resource, statefulSets, services, pods}
)

// client sends requests about objects in one namespace.
type client struct {
	http           *http.Client
	url, namespace string
}

func (c *client) path(r resource, name string) string {
	p := r.prefix + "/namespaces/" + c.namespace + "/" + r.plural
	if name != "" {
		p += "/" + name
	}
	return p
}

// call sends a request and returns the body of an answer 2xx. Its time is bounded: a
// server that was killed may leave a connection open.
func (c *client) call(ctx context.Context, method, path, contentType string, body any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	resp, err := c.send(ctx, method, path, contentType, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (c *client) send(ctx context.Context, method, path, contentType string, body any) (*http.Response, error) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		return nil, &k8s.StatusError{Request: method + " " + path, Code: resp.StatusCode, Body: string(said)}
	}
	return resp, nil
}

func (c *client) list(ctx context.Context, r resource) ([]object, error) {
	body, err := c.call(ctx, http.MethodGet, c.path(r, ""), "", nil)
	if err != nil {
		return nil, err
	}
	var found struct{ Items []object }
	err = decode(body, &found)
	return found.Items, err
}

// get returns nil where the object is not there.
func (c *client) get(ctx context.Context, r resource, name string) (object, error) {
	body, err := c.call(ctx, http.MethodGet, c.path(r, name), "", nil)
	if status, ok := err.(*k8s.StatusError); ok && status.Code == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var o object
	err = decode(body, &o)
	return o, err
}

// create returns the object as the server keeps it.
func (c *client) create(ctx context.Context, r resource, o object) (object, error) {
	return c.write(ctx, http.MethodPost, c.path(r, ""), o)
}

// update writes an object that was read before, and returns it as the server keeps it;
// it is a conflict when another writer was there in between.
func (c *client) update(ctx context.Context, r resource, o object) (object, error) {
	return c.write(ctx, http.MethodPut, c.path(r, o.name()), o)
}

func (c *client) write(ctx context.Context, method, path string, o object) (object, error) {
	body, err := c.call(ctx, method, path, "application/json", o)
	if err != nil {
		return nil, err
	}
	var out object
	err = decode(body, &out)
	return out, err
}

// status writes the status of an object alone.
func (c *client) status(ctx context.Context, r resource, name string, status object) error {
	_, err := c.call(ctx, http.MethodPatch, c.path(r, name)+"/status", "application/merge-patch+json", object{"status": status})
	return err
}

func (c *client) delete(ctx context.Context, r resource, name string) error {
	_, err := c.call(ctx, http.MethodDelete, c.path(r, name), "application/json", nil)
	if status, ok := err.(*k8s.StatusError); ok && status.Code == http.StatusNotFound {
		return nil
	}
	return err
}

// watch wakes the loop whenever an object of r changes, until ctx ends. A server that goes away
// ends the stream; it is asked for again until it is back.
func (o *Operator) watch(ctx context.Context, r resource) {
	for ctx.Err() == nil {
		resp, err := o.rest.send(ctx, http.MethodGet, o.rest.path(r, "")+"?watch=true", "", nil)
		if err == nil {
			events := json.NewDecoder(resp.Body)
			for {
				var event json.RawMessage
				if events.Decode(&event) != nil {
					break
				}
				o.wake()
			}
			resp.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// decode keeps numbers as they are written.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("not the JSON that was expected: %w", err)
	}
	return nil
}
