package admin

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// Kind is a kind of component, spelled as in Pulsar's paths.
type Kind string

// The kinds of components. They share one space of names.
const (
	Functions Kind = "functions"
	Sources   Kind = "sources"
	Sinks     Kind = "sinks"
)

// configPart is the name of the part that holds the configuration.
func (k Kind) configPart() (string, error) {
	switch k {
	case Functions, Sources, Sinks:
		return string(k[:len(k)-1]) + "Config", nil
	}
	return "", &Error{Method: "POST", Path: "/admin/v3/" + string(k), Reason: "no kind of component; kinds are functions, sources and sinks"}
}

func (k Kind) needs(tenant, namespace string) string {
	return fmt.Sprintf("the permission %q on namespace %s/%s, or to be an administrator of the tenant", string(k), tenant, namespace)
}

func (k Kind) path(rest ...string) []string {
	return append([]string{"admin", "v3", string(k)}, rest...)
}

// Package says where the code of a component comes from. The zero value sends
// none: an update then keeps the code, a create must name builtin code in its
// configuration.
type Package struct {
	// URL is a package URL such as function://tenant/namespace/name@version. It
	// wins over File.
	URL string
	// File is the path of a local file to upload. It is streamed.
	File string
	// Name is the file name that the server is told, which decides how Python
	// code is unpacked; "" is the last element of File.
	Name string
	// SHA256 is the expected hash of File in lower-case hexadecimal. A file that
	// differs is not sent to its end, and the error is ErrFileChanged. "" does not check.
	SHA256 string
	// Size is the expected length of File in bytes, 0 to not check.
	Size int64
}

// UpdateOptions are Pulsar's options of an update.
type UpdateOptions struct {
	// UpdateAuthData renews the credentials that the server keeps for the component.
	UpdateAuthData bool `json:"updateAuthData"`
}

// Get returns the configuration as the server tells it, numbers as json.Number.
// GET /admin/v3/{kind}/{tenant}/{namespace}/{name}. A component that is not
// there, or is of another kind, is NotFound.
func (c *Client) Get(ctx context.Context, kind Kind, tenant, namespace, name string) (map[string]any, error) {
	config := map[string]any{}
	return config, c.read(ctx, get(kind.path(tenant, namespace, name)...).needing(kind.needs(tenant, namespace)), &config)
}

// List returns the names of the components of a kind, none also for a namespace
// that does not exist. GET /admin/v3/{kind}/{tenant}/{namespace}.
func (c *Client) List(ctx context.Context, kind Kind, tenant, namespace string) ([]string, error) {
	var names []string
	return names, c.read(ctx, get(kind.path(tenant, namespace)...).needing(kind.needs(tenant, namespace)), &names)
}

// Create makes a component. config is its configuration, anything that
// encoding/json writes as an object. POST /admin/v3/{kind}/{tenant}/{namespace}/{name}.
// The component is started soon after, not when the call returns.
func (c *Client) Create(ctx context.Context, kind Kind, tenant, namespace, name string, config any, pkg Package) error {
	return c.write(ctx, post(kind.path(tenant, namespace, name)...), kind, config, pkg, nil)
}

// Update changes a component and restarts all its instances. What config leaves
// out is kept or reset as the server's merge rules say. opts may be nil.
// PUT /admin/v3/{kind}/{tenant}/{namespace}/{name}.
func (c *Client) Update(ctx context.Context, kind Kind, tenant, namespace, name string, config any, pkg Package, opts *UpdateOptions) error {
	return c.write(ctx, put(kind.path(tenant, namespace, name)...), kind, config, pkg, opts)
}

func (c *Client) write(ctx context.Context, k call, kind Kind, config any, pkg Package, opts *UpdateOptions) error {
	part, err := kind.configPart()
	if err != nil {
		return err
	}
	f := newForm()
	f.json(part, config)
	if opts != nil {
		f.json("updateOptions", opts)
	}
	file := pkg.File
	if pkg.URL != "" {
		f.part("url", "text/plain", []byte(pkg.URL))
		file = ""
	}
	fileName := pkg.Name
	if fileName == "" {
		fileName = filepath.Base(pkg.File)
	}
	k.body, k.contentType, err = f.finish("data", file, fileName, pkg.SHA256, pkg.Size)
	if err != nil {
		return transportError(k.method, "/"+filepath.ToSlash(filepath.Join(k.path...)), "", err)
	}
	return c.send(ctx, k.needing(kind.needs(k.path[3], k.path[4])))
}

// Delete removes a component; its instances stop soon after.
// DELETE /admin/v3/{kind}/{tenant}/{namespace}/{name}.
func (c *Client) Delete(ctx context.Context, kind Kind, tenant, namespace, name string) error {
	return c.send(ctx, del(kind.path(tenant, namespace, name)...).needing(kind.needs(tenant, namespace)))
}

// Stop stops all instances of a component; they are gone soon after, not when the
// call returns. That they are stopped is kept, through updates too, until a Start.
// What is stopped already is NoChange.
// POST /admin/v3/{kind}/{tenant}/{namespace}/{name}/stop.
func (c *Client) Stop(ctx context.Context, kind Kind, tenant, namespace, name string) error {
	return c.send(ctx, post(kind.path(tenant, namespace, name, "stop")...).needing(kind.needs(tenant, namespace)))
}

// RestartInstance starts one instance anew, whether it runs or not; others of the
// component go on.
// POST /admin/v3/{kind}/{tenant}/{namespace}/{name}/{instance}/restart.
func (c *Client) RestartInstance(ctx context.Context, kind Kind, tenant, namespace, name string, instance int) error {
	return c.send(ctx, post(kind.path(tenant, namespace, name, strconv.Itoa(instance), "restart")...).needing(kind.needs(tenant, namespace)))
}

// Start starts the instances of a component that are stopped. Where none is, the
// error is NoChange; where some are, all instances are started anew.
// POST /admin/v3/{kind}/{tenant}/{namespace}/{name}/start.
func (c *Client) Start(ctx context.Context, kind Kind, tenant, namespace, name string) error {
	return c.send(ctx, post(kind.path(tenant, namespace, name, "start")...).needing(kind.needs(tenant, namespace)))
}
