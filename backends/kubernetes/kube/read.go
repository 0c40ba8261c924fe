package kube

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// Get returns one object. Errors: *NotFound, *Forbidden and those of all reads.
func (c *Client) Get(ctx context.Context, r Ref) (Object, error) {
	var o Object
	_, err := c.do(ctx, request{
		op: Op{Verb: "get", Ref: r}, method: http.MethodGet,
		path: pathOf(r.Resource, r.Namespace, r.Name, ""), repeat: always, into: &o})
	return o, err
}

// Listed is what List found.
type Listed struct {
	// Items have apiVersion and kind, as they have when they are got one by one.
	Items []Object
	// Version is the resourceVersion that the list shows.
	Version string
}

// Selector chooses objects; its zero value chooses all.
type Selector struct {
	// Labels and Fields are in the words of kubectl's --selector and --field-selector.
	Labels, Fields string
}

// page is how many objects a page of a list has, as kubectl's has.
const page = 500

// List returns the objects of a kind in a namespace, or in all for "", in the
// server's order, which is by namespace and name. It reads page by page, all from
// one moment. A kind that the cluster does not know is a *NotFound with NoKind; a
// namespace that is not there has no objects.
func (c *Client) List(ctx context.Context, r Resource, namespace string, s Selector) (Listed, error) {
	l, err := c.list(ctx, r, namespace, s, page)
	if err != nil && errors.Is(err, errGone) {
		// The server forgot the moment of the first page: all at once then.
		l, err = c.list(ctx, r, namespace, s, 0)
	}
	return l, err
}

// errGone tells that the rest of a list cannot be had any more.
var errGone = errors.New("the list's moment is gone")

func (c *Client) list(ctx context.Context, r Resource, namespace string, s Selector, limit int) (Listed, error) {
	var out Listed
	q := url.Values{}
	if s.Labels != "" {
		q.Set("labelSelector", s.Labels)
	}
	if s.Fields != "" {
		q.Set("fieldSelector", s.Fields)
	}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	op := Op{Verb: "list", Ref: Ref{Resource: r, Namespace: namespace}}
	for {
		var got Object
		_, err := c.do(ctx, request{op: op, method: http.MethodGet, path: pathOf(r, namespace, "", ""), query: q, repeat: always, into: &got})
		var refused *Refused
		if errors.As(err, &refused) && refused.Status == http.StatusGone && q.Has("continue") {
			return Listed{}, errGone
		}
		if err != nil {
			return Listed{}, err
		}
		for _, item := range got.Items("items") {
			if m, ok := item.(map[string]any); ok {
				m["apiVersion"], m["kind"] = r.APIVersion(), r.Kind
				out.Items = append(out.Items, m)
			}
		}
		out.Version = got.Text("metadata", "resourceVersion")
		next := got.Text("metadata", "continue")
		if next == "" {
			return out, nil
		}
		q.Set("continue", next)
	}
}

// CRD returns a custom resource definition by name, such as
// functions.compute.functionmesh.io; nil where it is not there, or must not be read.
func (c *Client) CRD(ctx context.Context, name string) (Object, error) {
	o, err := c.Get(ctx, Ref{Resource: CRDs, Name: name})
	if IsNotFound(err) || IsForbidden(err) {
		return nil, nil
	}
	return o, err
}
