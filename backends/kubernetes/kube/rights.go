package kube

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

// Right is something that one may be allowed to do.
type Right struct {
	// Verb is get, list, watch, create, update, patch or delete.
	Verb      string
	Resource  Resource
	Sub       string
	Namespace string
}

// String is such as "patch functions.compute.functionmesh.io in namespace pulsar".
func (r Right) String() string {
	return Op{Verb: r.Verb, Ref: Ref{Resource: r.Resource, Namespace: r.Namespace}, Sub: r.Sub}.String()
}

// Missing returns those of the rights that the user does not have, in their order.
// All users may ask this of themselves (SelfSubjectAccessReview). It changes nothing.
func (c *Client) Missing(ctx context.Context, rights ...Right) ([]Right, error) {
	allowed := make([]bool, len(rights))
	errs := make([]error, len(rights))
	var all sync.WaitGroup
	places := make(chan struct{}, 8)
	for i, r := range rights {
		places <- struct{}{}
		all.Go(func() {
			allowed[i], errs[i] = c.CanI(ctx, r)
			<-places
		})
	}
	all.Wait()
	var out []Right
	for i, r := range rights {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if !allowed[i] {
			out = append(out, r)
		}
	}
	return out, nil
}

// CanI tells whether the user has a right.
func (c *Client) CanI(ctx context.Context, r Right) (bool, error) {
	attributes := map[string]any{
		"verb": r.Verb, "group": r.Resource.Group, "version": r.Resource.Version, "resource": r.Resource.Plural,
		"subresource": r.Sub, "namespace": r.Namespace,
	}
	body, err := json.Marshal(map[string]any{
		"apiVersion": accessReviews.APIVersion(), "kind": accessReviews.Kind,
		"spec": map[string]any{"resourceAttributes": attributes},
	})
	if err != nil {
		return false, err
	}
	var o Object
	_, err = c.do(ctx, request{op: Op{Verb: "create", Ref: Ref{Resource: accessReviews}}, method: http.MethodPost,
		path: pathOf(accessReviews, "", "", ""), body: body, contentType: asJSON, repeat: always, into: &o})
	allowed, _ := o.Field("status", "allowed").(bool)
	return allowed, err
}
