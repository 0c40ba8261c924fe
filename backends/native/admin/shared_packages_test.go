package admin

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestPackages(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	archive := jar(t, srv)
	p := PackageName{"function", tenant, ns, "app", archive.SHA256[:12]}
	if back, err := ParsePackageName(p.String()); err != nil || back != p {
		t.Errorf("%s is read as %v, %v", p, back, err)
	}
	for _, bad := range []string{"function://t/n/x", "http://t/n/x@1", "function://t/n@1", "function://t/n/x@1/2", ""} {
		if _, err := ParsePackageName(bad); err == nil {
			t.Errorf("%q is no package URL", bad)
		}
	}
	if names := must[[]string](t)(c.ListPackages(ctx, "function", tenant, ns)); len(names) != 0 {
		t.Errorf("packages: %q", names)
	}
	ok(t, c.UploadPackage(ctx, p, archive.File, archive.SHA256, archive.Size, map[string]string{"mesh": "m"}))
	wants(t, "again", c.UploadPackage(ctx, p, archive.File, archive.SHA256, archive.Size, nil), Exists)
	m := must[PackageMetadata](t)(c.PackageMetadata(ctx, p))
	if m.Properties[PropertySHA256] != archive.SHA256 || m.Properties["mesh"] != "m" || m.CreateTime == 0 {
		t.Errorf("metadata: %+v", m)
	}
	var got bytes.Buffer
	if size, sum, err := c.DownloadPackage(ctx, p, &got); err != nil || size != archive.Size || sum != archive.SHA256 {
		t.Errorf("download: %d %s %v", size, sum, err)
	}
	if names := must[[]string](t)(c.ListPackages(ctx, "function", tenant, ns)); !slices.Equal(names, []string{"app"}) {
		t.Errorf("packages: %q", names)
	}
	if versions := must[[]string](t)(c.ListVersions(ctx, p)); !slices.Equal(versions, []string{p.Version}) {
		t.Errorf("versions: %q", versions)
	}

	// A component by package URL, and what is left when the package goes.
	in, out := "persistent://"+tenant+"/"+ns+"/in", "persistent://"+tenant+"/"+ns+"/out"
	ok(t, c.Create(ctx, Functions, tenant, ns, "f", exclamation(in, out), Package{URL: p.String(), File: "is not looked at"}))
	ok(t, c.DeletePackage(ctx, p))
	wants(t, "delete again", c.DeletePackage(ctx, p), NotFound)
	_, err := c.PackageMetadata(ctx, p)
	wants(t, "metadata", err, NotFound)
	_, _, err = c.DownloadPackage(ctx, p, &got)
	wants(t, "download", err, NotFound)
	_, _, err = c.Download(ctx, Functions, tenant, ns, "f", &got)
	if !errors.Is(err, ErrEmptyDownload) || Classify(err) != Unknown {
		t.Errorf("download without package: %v", err)
	}
	wants(t, "update", c.Update(ctx, Functions, tenant, ns, "f", map[string]any{"parallelism": 2}, Package{}, nil), Refused, "upload it again")
	ok(t, c.Delete(ctx, Functions, tenant, ns, "f"))

	// An upload that fails leaves nothing in the way.
	changed := filepath.Join(t.TempDir(), "app.jar")
	ok(t, os.WriteFile(changed, bytes.Repeat([]byte("x"), 3<<20), 0o600))
	p.Version = "changed"
	err = c.UploadPackage(ctx, p, changed, archive.SHA256, 3<<20, nil)
	wants(t, "changed file", err, Refused, "plan again")
	if !errors.Is(err, ErrFileChanged) {
		t.Errorf("%v is not ErrFileChanged", err)
	}
	_, err = c.PackageMetadata(ctx, p)
	wants(t, "nothing is there", err, NotFound)
}

func TestPackagesModeOn(t *testing.T) {
	srv := pulsartest.Shared(t)
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	m := must[PackagesMode](t)(c.PackagesMode(t.Context(), must[RuntimeConfig](t)(c.RuntimeConfig(t.Context())), tenant, ns))
	if m.Broker != Yes || m.Workers != Yes || m.Usable() != Yes {
		t.Errorf("%+v", m)
	}
}

func TestWorker(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	if n := must[RuntimeConfig](t)(c.RuntimeConfig(ctx)).HTTPThreads(); n != pulsartest.SharedOptions.HTTPThreads {
		t.Errorf("%d threads", n)
	}
	if names := must[[]string](t)(c.Clusters(ctx)); !slices.Equal(names, []string{"standalone"}) {
		t.Errorf("clusters: %q", names)
	}
	if v := must[string](t)(c.BrokerVersion(ctx)); v != srv.Version {
		t.Errorf("version %q", v)
	}
}
