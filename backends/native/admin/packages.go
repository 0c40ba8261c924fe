package admin

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// PackageName names one version of a package in the broker's package service.
type PackageName struct {
	// Type is function, source or sink. Workers do not compare it with the component.
	Type string
	// Tenant, Namespace, Name and Version are the rest of type://tenant/namespace/name@version.
	Tenant, Namespace, Name, Version string
}

// ParsePackageName reads type://tenant/namespace/name@version. Pulsar takes a
// missing version as the literal "latest"; here it is an error.
func ParsePackageName(text string) (PackageName, error) {
	var p PackageName
	kind, rest, _ := strings.Cut(text, "://")
	path, version, _ := strings.Cut(rest, "@")
	parts := strings.Split(path, "/")
	if (kind != "function" && kind != "source" && kind != "sink") || len(parts) != 3 || version == "" || strings.Contains(version, "/") {
		return p, fmt.Errorf("%q is no package URL; write function://tenant/namespace/name@version", clean(text))
	}
	return PackageName{kind, parts[0], parts[1], parts[2], version}, nil
}

// String is the package URL.
func (p PackageName) String() string {
	return p.Type + "://" + p.Tenant + "/" + p.Namespace + "/" + p.Name + "@" + p.Version
}

func (p PackageName) path(more ...string) []string {
	return append([]string{"admin", "v3", "packages", p.Type, p.Tenant, p.Namespace, p.Name, p.Version}, more...)
}

func needsPackages(tenant, namespace string) string {
	return fmt.Sprintf("the permission %q on namespace %s/%s, or to be an administrator of the tenant", "packages", tenant, namespace)
}

// The properties in which UploadPackage stores what Pulsar does not record.
const (
	PropertySHA256 = "sha256"
	PropertySize   = "size"
)

// PackageMetadata is what the service stores beside the bytes.
type PackageMetadata struct {
	Description string `json:"description,omitempty"`
	Contact     string `json:"contact,omitempty"`
	// CreateTime and ModificationTime are milliseconds since 1970, set by the server.
	CreateTime       int64             `json:"createTime,omitempty"`
	ModificationTime int64             `json:"modificationTime,omitempty"`
	Properties       map[string]string `json:"properties,omitempty"`
}

// PackageMetadata returns the metadata of a version, NotFound if it is not there.
// GET /admin/v3/packages/{type}/{tenant}/{namespace}/{name}/{version}/metadata.
// With file storage this makes a missing version appear in ListVersions, so ask
// for versions that are listed, or meant to be made.
func (c *Client) PackageMetadata(ctx context.Context, p PackageName) (PackageMetadata, error) {
	var m PackageMetadata
	return m, c.read(ctx, get(p.path("metadata")...).needing(needsPackages(p.Tenant, p.Namespace)), &m)
}

// UploadPackage stores a file as a new version, streamed, and records sha256
// (lower-case hexadecimal) and size among the properties. A file that differs
// from them is not sent to its end (ErrFileChanged). A version that is there,
// whatever its bytes, is ErrExists: compare PropertySHA256 of its metadata.
// POST /admin/v3/packages/{type}/{tenant}/{namespace}/{name}/{version}.
//
// The upload is not atomic on the server: after a broken one, metadata without
// bytes may stay behind. DeletePackage, then upload again.
func (c *Client) UploadPackage(ctx context.Context, p PackageName, file, sha256 string, size int64, props map[string]string) error {
	all := map[string]string{}
	for key, value := range props {
		all[key] = value
	}
	all[PropertySHA256], all[PropertySize] = sha256, strconv.FormatInt(size, 10)
	f := newForm()
	f.json("metadata", PackageMetadata{Properties: all})
	k := post(p.path()...).needing(needsPackages(p.Tenant, p.Namespace))
	var err error
	if k.body, k.contentType, err = f.finish("file", file, filepath.Base(file), sha256, size); err != nil {
		return transportError(k.method, "/"+strings.Join(k.path, "/"), "", err)
	}
	return c.send(ctx, k)
}

// DownloadPackage writes the bytes of a version to w, see Download. Metadata
// without bytes gives ErrEmptyDownload.
// GET /admin/v3/packages/{type}/{tenant}/{namespace}/{name}/{version}.
func (c *Client) DownloadPackage(ctx context.Context, p PackageName, w io.Writer) (size int64, sum string, err error) {
	return c.download(ctx, get(p.path()...).needing(needsPackages(p.Tenant, p.Namespace)), w)
}

// DeletePackage removes a version.
// DELETE /admin/v3/packages/{type}/{tenant}/{namespace}/{name}/{version}.
// File storage answers a missing version with 500 "Failed to delete file", which
// is given as NotFound here.
func (c *Client) DeletePackage(ctx context.Context, p PackageName) error {
	return c.send(ctx, del(p.path()...).needing(needsPackages(p.Tenant, p.Namespace)))
}

// ListPackages returns the names of the packages of a type, none also for a
// namespace that does not exist. Deleted ones may stay listed (apache/pulsar#14734).
// GET /admin/v3/packages/{type}/{tenant}/{namespace}. A broker without package
// service gives ErrPackagesOff.
func (c *Client) ListPackages(ctx context.Context, kind, tenant, namespace string) ([]string, error) {
	var names []string
	return names, c.read(ctx, get("admin", "v3", "packages", kind, tenant, namespace).needing(needsPackages(tenant, namespace)), &names)
}

// ListVersions returns the versions of a package. With file storage, deleted
// ones and some that were only asked for are among them: check each with
// PackageMetadata. GET /admin/v3/packages/{type}/{tenant}/{namespace}/{name}.
// The Version of p is not used.
func (c *Client) ListVersions(ctx context.Context, p PackageName) ([]string, error) {
	var versions []string
	return versions, c.read(ctx, get("admin", "v3", "packages", p.Type, p.Tenant, p.Namespace, p.Name).needing(needsPackages(p.Tenant, p.Namespace)), &versions)
}
