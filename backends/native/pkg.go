package native

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// createPackage uploads code under the name of its content. A package of that
// name with other content is what a broken upload left, and is replaced.
func (b *Backend) createPackage(ctx context.Context, p *state.Package) error {
	name, err := admin.ParsePackageName(p.URL)
	if err != nil {
		return err
	}
	err = b.upload(ctx, name, p)
	if !errors.Is(err, admin.ErrExists) {
		return err
	}
	_, sum, err := b.client.DownloadPackage(ctx, name, io.Discard)
	if err == nil && sum == p.SHA256 {
		return nil
	}
	if err != nil && !errors.Is(err, admin.ErrEmptyDownload) && !errors.Is(err, admin.ErrNotFound) {
		return err
	}
	meta, err := b.client.PackageMetadata(ctx, name)
	if err != nil && !errors.Is(err, admin.ErrNotFound) {
		return err
	}
	if owner := meta.Properties[ownerProperty]; owner != "" && owner != p.Owner {
		return moved("package %s belongs to mesh %s and has other content", p.URL, owner)
	}
	if err := b.client.DeletePackage(ctx, name); err != nil && !errors.Is(err, admin.ErrNotFound) {
		return err
	}
	return b.upload(ctx, name, p)
}

func (b *Backend) upload(ctx context.Context, name admin.PackageName, p *state.Package) error {
	err := b.client.UploadPackage(ctx, name, p.Path, p.SHA256, p.Size, map[string]string{ownerProperty: p.Owner})
	if errors.Is(err, admin.ErrFileChanged) {
		return fmt.Errorf("%s is not the file that was planned: %w", p.Path, err)
	}
	return err
}

func (b *Backend) deletePackage(ctx context.Context, p *state.Package) error {
	name, err := admin.ParsePackageName(p.URL)
	if err != nil {
		return err
	}
	err = b.client.DeletePackage(ctx, name)
	if errors.Is(err, admin.ErrNotFound) {
		return nil
	}
	return err
}
