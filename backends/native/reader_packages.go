package native

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// packages reads the wanted packages and those that components of the mesh use.
// Only where new code comes, or where the mesh goes, it looks at all versions that
// the mesh has ever made: storages may list those that are deleted for ever
// (apache/pulsar#14734), and each takes a question.
func (r *reader) packages(ctx context.Context) error {
	inUse, err := r.packagesInUse()
	if err != nil {
		return err
	}
	if err := each(ctx, slices.Collect(maps.Keys(inUse)), r.packageOf); err != nil || r.codeIsThere() {
		return err
	}
	var rest []admin.PackageName
	for _, kind := range state.Components {
		own := admin.PackageName{Type: string(kind), Tenant: r.scope.Mesh.Tenant, Namespace: r.scope.Mesh.Namespace, Name: r.scope.Mesh.Name}
		versions, err := r.b.client.ListVersions(ctx, own)
		if err != nil && !errors.Is(err, admin.ErrNotFound) && !errors.Is(err, admin.ErrPackagesOff) {
			return err
		}
		for _, v := range versions {
			own.Version = v
			if !inUse[own] {
				rest = append(rest, own)
			}
		}
	}
	return each(ctx, rest, r.oldPackage)
}

// codeIsThere tells whether packages are wanted and all of them are there. The
// list of versions does not tell: asking for one makes some storages list it.
func (r *reader) codeIsThere() bool {
	wanted := 0
	for _, a := range r.scope.Addrs {
		if a.Kind() != state.KindPackage {
			continue
		}
		wanted++
		if _, there := r.out.Resources[a]; !there {
			return false
		}
	}
	return wanted > 0
}

// packagesInUse are the wanted packages and those that components of the mesh use now.
func (r *reader) packagesInUse() (map[admin.PackageName]bool, error) {
	out := map[admin.PackageName]bool{}
	for _, c := range r.out.Components() {
		// Code by a URL that is none of a package is not the mesh's.
		if name, err := admin.ParsePackageName(c.Code.URL); err == nil && c.Owner == r.owner() {
			out[name] = true
		}
	}
	for _, a := range r.scope.Addrs {
		if a.Kind() != state.KindPackage {
			continue
		}
		name, err := admin.ParsePackageName(a.Name())
		if err != nil {
			return nil, err
		}
		out[name] = true
	}
	return out, nil
}

func (r *reader) packageOf(ctx context.Context, name admin.PackageName) error {
	p, err := r.b.pkg(ctx, name)
	if p != nil && (p.Owner == r.owner() || r.wants(p.Addr())) {
		r.put(p, state.Facts{})
	}
	return err
}

// oldPackage reads a package that nothing needs, and so not whether its content is whole.
func (r *reader) oldPackage(ctx context.Context, name admin.PackageName) error {
	meta, err := r.b.client.PackageMetadata(ctx, name)
	if errors.Is(err, admin.ErrNotFound) || errors.Is(err, admin.ErrPackagesOff) {
		return nil
	}
	if err == nil && meta.Properties[ownerProperty] == r.owner() {
		r.put(packageWith(name, meta), state.Facts{})
	}
	return err
}

// pkg reads one package; nil if it is not there or has no content: an upload
// that broke off can leave metadata alone.
func (b *Backend) pkg(ctx context.Context, name admin.PackageName) (*state.Package, error) {
	meta, err := b.client.PackageMetadata(ctx, name)
	if errors.Is(err, admin.ErrNotFound) || errors.Is(err, admin.ErrPackagesOff) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var first firstByte
	if _, _, err := b.client.DownloadPackage(ctx, name, &first); errors.Is(err, admin.ErrEmptyDownload) || errors.Is(err, admin.ErrNotFound) {
		return nil, nil
	} else if err != nil && !first.seen {
		return nil, err
	}
	return packageWith(name, meta), nil
}

func packageWith(name admin.PackageName, meta admin.PackageMetadata) *state.Package {
	return &state.Package{
		URL: name.String(), SHA256: meta.Properties[admin.PropertySHA256], Size: size(meta), Owner: meta.Properties[ownerProperty], Created: meta.CreateTime,
	}
}

// size is the announced size in bytes, 0 where none was.
func size(meta admin.PackageMetadata) int64 {
	n, _ := strconv.ParseInt(meta.Properties[admin.PropertySize], 10, 64)
	return n
}
