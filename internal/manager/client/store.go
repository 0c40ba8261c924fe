package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
)

// Store reads what a manager has on record, as a record.Store. To write is the
// manager's alone.
type Store struct{ c *Client }

// ErrReadOnly tells that records of a manager are written by its runs alone.
var ErrReadOnly = errors.New("records are written by the manager")

// headOf gives the head that the wire tells of; where the store keeps it is not told.
func headOf(m api.Mesh) record.Head {
	h := record.Head{
		Format: record.Format, Mesh: m.Mesh, Revision: m.Revision, Version: m.Version, Action: m.Action, Outcome: m.Outcome, Author: m.Author,
		Began: m.Began, Ended: m.Ended, Reason: m.Reason, Of: m.Of, Backend: m.Backend, Cluster: m.Cluster, Source: m.Source, State: m.State,
		Changes: m.Changes, Error: m.Error, Reconcile: m.Reconcile, Hold: m.Hold,
	}
	for _, n := range m.Nodes {
		h.Nodes = append(h.Nodes, state.Addr(n))
	}
	return h
}

// pages reads a list to its end, or until there are limit items; 0 is no limit.
func (c *Client) pages(ctx context.Context, path string, q query, limit int) ([]record.Head, error) {
	var out []record.Head
	for {
		var p api.Page
		if err := c.ask(ctx, http.MethodGet, path, q, body{}, &p); err != nil {
			return nil, err
		}
		for _, m := range p.Items {
			if !m.Newer {
				out = append(out, headOf(m))
			}
		}
		if p.Next == "" || limit > 0 && len(out) >= limit {
			if limit > 0 && len(out) > limit {
				out = out[:limit]
			}
			return out, nil
		}
		q.Set("cursor", p.Next)
	}
}

// Heads implements record.Store: those that the caller may see.
func (s *Store) Heads(ctx context.Context) ([]record.Head, error) {
	return s.c.pages(ctx, api.Meshes, query{"all": {"true"}, "nodes": {"true"}}, 0)
}

// Head implements record.Store.
func (s *Store) Head(ctx context.Context, id mesh.ID) (record.Head, error) {
	var m api.Mesh
	err := s.c.ask(ctx, http.MethodGet, pathOf(id, ""), nil, body{}, &m)
	if Is(err, api.KindNotFound) {
		return record.Head{}, record.ErrNone
	}
	if err == nil && m.Newer {
		return record.Head{}, record.ErrNewer
	}
	return headOf(m), err
}

// History implements record.Store.
func (s *Store) History(ctx context.Context, id mesh.ID, before int64, limit int) ([]record.Head, error) {
	q := query{}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	heads, err := s.c.pages(ctx, pathOf(id, "/history"), q, limit)
	if Is(err, api.KindNotFound) {
		return nil, nil
	}
	return heads, err
}

// Body implements record.Store.
func (s *Store) Body(ctx context.Context, h record.Head) (*record.Body, error) {
	var v struct {
		Sources []plan.Source   `json:"sources"`
		Desired []state.Boxed   `json:"desired"`
		Plan    json.RawMessage `json:"plan"`
	}
	err := s.c.ask(ctx, http.MethodGet, pathOf(h.ID(), "/versions/"+strconv.FormatInt(h.Version, 10)), nil, body{}, &v)
	if Is(err, api.KindGone, api.KindNotFound) {
		return nil, record.ErrGone
	}
	if err != nil {
		return nil, err
	}
	b := &record.Body{Format: record.Format, Sources: v.Sources, Desired: v.Desired}
	if len(v.Plan) > 0 {
		b.Plan = &plan.Plan{}
		if err := json.Unmarshal(v.Plan, b.Plan); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Write implements record.Store; it is always ErrReadOnly.
func (*Store) Write(context.Context, record.Head, *record.Body) (record.Head, error) {
	return record.Head{}, ErrReadOnly
}

// Close implements record.Store.
func (*Store) Close() error { return nil }

var _ record.Store = (*Store)(nil)
