package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// Options say how an object is written.
type Options struct {
	// Force takes fields from other managers instead of telling a Conflict.
	Force bool
	// DryRun lets the server do all but store it, admission webhooks included.
	DryRun bool
}

// Written is what the server made of a write.
type Written struct {
	// Object is how it is stored, or would be.
	Object Object
	// Created tells that it was not there before.
	Created bool
	// Warnings are the server's remarks.
	Warnings []string
}

const (
	asApply = "application/apply-patch+yaml" // JSON is YAML
	asMerge = "application/merge-patch+json"
	asJSON  = "application/json"
)

func query(dryRun bool) url.Values {
	// Server-side apply ignores Strict where a schema keeps unknown fields at its root.
	q := url.Values{"fieldManager": {Manager}, "fieldValidation": {"Strict"}}
	if dryRun {
		q.Set("dryRun", "All")
	}
	return q
}

// Apply makes the object as it is said here by server-side apply: fields that are
// said become Manager's, fields that it had before and are not said any more go
// away, all others stay. An object that is so already is not written: its
// resourceVersion stays. With metadata.resourceVersion or uid the object must be
// that one still, or the error is a *Moved.
//
// Fields that the schema does not have are dropped without a word for kinds whose
// schema keeps unknown fields at its root, as that of Function does: Check finds
// them. Errors: *Conflict, *Invalid, *Moved, *NotFound (of the namespace, or the
// kind) and those of all writes. It is repeated while a failure passes, as twice is
// the same as once; not so with a resourceVersion, where an answer that was lost is
// an *Unknown.
func (c *Client) Apply(ctx context.Context, r Resource, o Object, opt Options) (Written, error) {
	may := always
	if o.Version() != "" && !opt.DryRun {
		may = unsent
	}
	q := query(opt.DryRun)
	if opt.Force {
		q.Set("force", "true")
	}
	return c.write(ctx, request{op: Op{Verb: "patch", Ref: RefOf(r, o)}, method: http.MethodPatch,
		path: pathOf(r, o.Namespace(), o.Name(), ""), query: q, contentType: asApply, repeat: may}, o)
}

// Create makes an object that is not there yet. Errors: *Exists, *Invalid and those
// of all writes. An answer that was lost is an *Unknown.
func (c *Client) Create(ctx context.Context, r Resource, o Object, opt Options) (Written, error) {
	may := unsent
	if opt.DryRun {
		may = always
	}
	return c.write(ctx, request{op: Op{Verb: "create", Ref: RefOf(r, o)}, method: http.MethodPost,
		path: pathOf(r, o.Namespace(), "", ""), query: query(opt.DryRun), contentType: asJSON, repeat: may}, o)
}

// Check asks what the server and its admission webhooks have against an object as a
// new one, whether or not one of that name is there; it changes nothing. Unlike
// Apply it finds unknown fields in all kinds. Errors: *Invalid and those of all reads.
func (c *Client) Check(ctx context.Context, r Resource, o Object) (Written, error) {
	w, err := c.Create(ctx, r, o, Options{DryRun: true})
	if IsExists(err) {
		return w, nil // told only after all else was looked at
	}
	return w, err
}

// Update replaces an object; with metadata.resourceVersion the object must be that
// one still, or the error is a *Moved.
func (c *Client) Update(ctx context.Context, r Resource, o Object, opt Options) (Written, error) {
	return c.update(ctx, r, o, opt, unsent)
}

func (c *Client) update(ctx context.Context, r Resource, o Object, opt Options, may repeat) (Written, error) {
	return c.write(ctx, request{op: Op{Verb: "update", Ref: RefOf(r, o)}, method: http.MethodPut,
		path: pathOf(r, o.Namespace(), o.Name(), ""), query: query(opt.DryRun), contentType: asJSON, repeat: may}, o)
}

// Patch merges a change into an object (RFC 7396), or into its subresource, such as
// scale; null removes a field. It is repeated while a failure passes, unless
// the change names a resourceVersion.
func (c *Client) Patch(ctx context.Context, r Ref, sub string, change Object, opt Options) (Written, error) {
	may := always
	if change.Version() != "" {
		may = unsent
	}
	return c.write(ctx, request{op: Op{Verb: "patch", Ref: r, Sub: sub}, method: http.MethodPatch,
		path: pathOf(r.Resource, r.Namespace, r.Name, sub), query: query(opt.DryRun), contentType: asMerge, repeat: may}, change)
}

func (c *Client) write(ctx context.Context, r request, o Object) (Written, error) {
	var w Written
	var err error
	if r.body, err = json.Marshal(o); err != nil {
		return w, fmt.Errorf("%s: %w", r.op, err)
	}
	if r.contentType == asApply {
		r.body = readable(r.body)
	}
	r.into = &w.Object
	a, err := c.do(ctx, r)
	w.Created, w.Warnings = a.status == http.StatusCreated, a.warnings
	return w, err
}

// Propagation says what becomes of the objects that a deleted one owns.
type Propagation string

// The ways to delete (metav1.DeletionPropagation).
const (
	// Background lets the garbage collector delete what it owns, afterwards.
	Background Propagation = "Background"
	// Foreground deletes what it owns first; until then the object is still there.
	Foreground Propagation = "Foreground"
	// Orphan leaves what it owns.
	Orphan Propagation = "Orphan"
)

// Deletion says how an object is deleted.
type Deletion struct {
	// UID and Version must be the object's still, where they are not empty.
	UID, Version string
	// Propagation is Background when it is empty.
	Propagation Propagation
	DryRun      bool
}

// Delete deletes an object; with finalizers, or in the Foreground, it is there until
// they are done. Errors: *NotFound, *Moved and those of all writes. With a UID it is
// repeated while a failure passes, and that the object is gone then is success.
func (c *Client) Delete(ctx context.Context, r Ref, d Deletion) error {
	if d.Propagation == "" {
		d.Propagation = Background
	}
	options := map[string]any{"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": string(d.Propagation)}
	conditions := map[string]any{}
	if d.UID != "" {
		conditions["uid"] = d.UID
	}
	if d.Version != "" {
		conditions["resourceVersion"] = d.Version
	}
	if len(conditions) > 0 {
		options["preconditions"] = conditions
	}
	if d.DryRun {
		options["dryRun"] = []any{"All"}
	}
	body, err := json.Marshal(options)
	if err != nil {
		return err
	}
	may := unsent
	if d.UID != "" {
		may = always
	}
	req := request{op: Op{Verb: "delete", Ref: r}, method: http.MethodDelete,
		path: pathOf(r.Resource, r.Namespace, r.Name, ""), body: body, contentType: asJSON}
	lost := false
	return c.again(ctx, may, func() error {
		_, err := c.once(ctx, req)
		if lost && IsNotFound(err) {
			return nil
		}
		lost = lost || is[*Unknown](err)
		return err
	})
}

// readable escapes what JSON may hold as it is and YAML may not (YAML 1.2, 5.1): the
// server reads the body of an apply as YAML.
func readable(body []byte) []byte {
	bad := func(r rune) bool {
		return r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff
	}
	if !bytes.ContainsFunc(body, bad) {
		return body
	}
	out := make([]byte, 0, len(body)+16)
	for _, r := range string(body) {
		if bad(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
