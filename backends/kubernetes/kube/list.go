package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	jsonv2 "github.com/go-json-experiment/json"
)

// perPage is how many objects a page of a list has by default. The first page comes out of the
// API server's memory; those after it do so only for minutes after a change of one of
// the objects, and cost several times as much then. So nearly all lists are one page.
const perPage = 5000

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

	// metadata leaves out all else.
	metadata bool
}

// List returns the objects of a kind in a namespace, or in all for "", in the
// server's order, which is by namespace and name. It reads page by page, all from
// one moment. A kind that the cluster does not know is a *NotFound with NoKind; a
// namespace that is not there has no objects.
func (c *Client) List(ctx context.Context, r Resource, namespace string, s Selector) (Listed, error) {
	items, version, err := list(ctx, c, r, namespace, s, func(in *reader) (Object, bool, error) { return in.item(r) })
	return Listed{items, version}, err
}

// ListAs is [Client.List] with what make makes of each object, while the next ones
// are still on their way. make may be called again for a list that is read anew.
func ListAs[T any](ctx context.Context, c *Client, r Resource, namespace string, s Selector, make func(Object) T) ([]T, error) {
	out, _, err := list(ctx, c, r, namespace, s, func(in *reader) (made T, ok bool, err error) {
		o, ok, err := in.item(r)
		if ok && err == nil {
			made = make(o)
		}
		return made, ok, err
	})
	return out, err
}

// ListMetadata is [Client.List] with nothing of the objects but their metadata: the
// server sends no more (PartialObjectMetadata of meta.k8s.io/v1).
func (c *Client) ListMetadata(ctx context.Context, r Resource, namespace string, s Selector) ([]Object, error) {
	s.metadata = true
	l, err := c.List(ctx, r, namespace, s)
	return l.Items, err
}

// ReadyReplicas returns status.readyReplicas of the StatefulSets of a namespace by
// their names, as [Client.List] finds them; nothing else of them is kept.
func (c *Client) ReadyReplicas(ctx context.Context, namespace string, s Selector) (map[string]int, error) {
	type set struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
		Status struct {
			ReadyReplicas int `json:"readyReplicas"`
		} `json:"status"`
	}
	sets, _, err := list(ctx, c, StatefulSets, namespace, s, func(in *reader) (s set, ok bool, err error) {
		return s, true, jsonv2.UnmarshalDecode(in.Decoder, &s)
	})
	out := make(map[string]int, len(sets))
	for _, s := range sets {
		out[s.Metadata.Name] = s.Status.ReadyReplicas
	}
	return out, err
}

// errGone tells that the rest of a list cannot be had any more.
var errGone = errors.New("the list's moment is gone")

// list reads a list page by page, and its items by item, which tells what to leave out.
func list[T any](ctx context.Context, c *Client, r Resource, namespace string, s Selector, item func(*reader) (T, bool, error)) ([]T, string, error) {
	items, version, err := listBy(ctx, c, r, namespace, s, c.perPage, item)
	if err != nil && errors.Is(err, errGone) {
		// The server forgot the moment of the first page: all at once then.
		items, version, err = listBy(ctx, c, r, namespace, s, 0, item)
	}
	if err != nil {
		return nil, "", err
	}
	return items, version, nil
}

func listBy[T any](ctx context.Context, c *Client, r Resource, namespace string, s Selector, limit int, item func(*reader) (T, bool, error)) ([]T, string, error) {
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
	accept := ""
	if s.metadata {
		accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	}
	var out []T
	for {
		got := page[T]{item: item}
		_, err := c.do(ctx, request{op: op, method: http.MethodGet, path: pathOf(r, namespace, "", ""), query: q, accept: accept, repeat: always, into: &got})
		var refused *Refused
		if errors.As(err, &refused) && refused.Status == http.StatusGone && q.Has("continue") {
			err = errGone
		}
		if err != nil {
			return nil, "", err
		}
		out = append(out, got.items...)
		if got.next == "" {
			return out, got.version, nil
		}
		q.Set("continue", got.next)
	}
}

// page is a page of a list.
type page[T any] struct {
	item          func(*reader) (T, bool, error)
	items         []T
	version, next string
}

// readFrom implements streamed.
func (p *page[T]) readFrom(from io.Reader) error {
	p.items, p.version, p.next = nil, "", ""
	in := newReader(from)
	if in.PeekKind() != '{' {
		return in.wrong("a list")
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	kind := false
	for in.PeekKind() != '}' {
		name, err := in.name()
		if err != nil {
			return err
		}
		if name == "items" && in.PeekKind() == '[' {
			if p.items, err = readItems(in, p.item); err != nil {
				return err
			}
			continue
		}
		v, err := in.value(elsewhere)
		if err != nil {
			return err
		}
		switch name {
		case "kind":
			kind = v != nil
		case "metadata":
			m, _ := v.(map[string]any)
			p.version, p.next = Object(m).Text("resourceVersion"), Object(m).Text("continue")
		}
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	if !kind {
		return errNoKind
	}
	return in.end()
}

func readItems[T any](in *reader, item func(*reader) (T, bool, error)) (out []T, err error) {
	if _, err := in.ReadToken(); err != nil {
		return nil, err
	}
	for in.PeekKind() != ']' {
		one, ok, err := item(in)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, one)
		}
	}
	_, err = in.ReadToken()
	return out, err
}

// item reads an object of a list, with its apiVersion and kind, which the items of
// lists of Kubernetes' own kinds lack.
func (r *reader) item(of Resource) (Object, bool, error) {
	v, err := r.value(ofObject)
	m, ok := v.(map[string]any)
	if ok && err == nil {
		m["apiVersion"], m["kind"] = of.APIVersion(), of.Kind
	}
	return m, ok, err
}
