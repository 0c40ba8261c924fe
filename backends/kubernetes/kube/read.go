package kube

import (
	"context"
	"net/http"
)

// Get returns one object. Errors: *NotFound, *Forbidden and those of all reads.
func (c *Client) Get(ctx context.Context, r Ref) (Object, error) {
	var o Object
	_, err := c.do(ctx, request{
		op: Op{Verb: "get", Ref: r}, method: http.MethodGet,
		path: pathOf(r.Resource, r.Namespace, r.Name, ""), repeat: always, into: &o})
	return o, err
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
