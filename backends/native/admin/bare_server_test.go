package admin

import (
	"bytes"
	"errors"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// TestPackagesOff runs against a server as Pulsar ships it: no package service.
// Its file comes before those of the shared server, so that only one runs.
func TestPackagesOff(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Version: pulsartest.SharedOptions.Version})
	ctx := t.Context()
	seen := &requests{}
	c := connect(t, srv.AdminURL, "", WithObserver(seen.observe))
	m := must[PackagesMode](t)(c.PackagesMode(ctx, must[RuntimeConfig](t)(c.RuntimeConfig(ctx)), "public", "default"))
	if m.Broker != No || m.Workers != No || m.Usable() != No {
		t.Errorf("%+v", m)
	}
	if w := seen.writes(); len(w) != 0 {
		t.Errorf("PackagesMode wrote: %q", w)
	}
	archive := jar(t, srv)
	p := PackageName{"function", "public", "default", "app", "1"}
	for what, err := range map[string]error{
		"upload": c.UploadPackage(ctx, p, archive.File, archive.SHA256, archive.Size, nil),
		"delete": c.DeletePackage(ctx, p),
		"list":   second(c.ListPackages(ctx, "function", "public", "default")),
		"meta":   second(c.PackageMetadata(ctx, p)),
	} {
		wants(t, what, err, Refused, "enablePackagesManagement")
		if !errors.Is(err, ErrPackagesOff) {
			t.Errorf("%s: %v is not ErrPackagesOff", what, err)
		}
	}
	in, out := "persistent://public/default/in", "persistent://public/default/out"
	wants(t, "by URL", c.Create(ctx, Functions, "public", "default", "f", exclamation(in, out), Package{URL: p.String()}), Refused, "functionsWorkerEnablePackageManagement")

	// By upload it works, streamed, and the download is what was sent.
	ok(t, c.Create(ctx, Functions, "public", "default", "f", exclamation(in, out), archive))
	var got bytes.Buffer
	if size, sum, err := c.Download(ctx, Functions, "public", "default", "f", &got); err != nil || size != archive.Size || sum != archive.SHA256 {
		t.Errorf("download: %d %s %v", size, sum, err)
	}
	attached(t, c, in, 1)
	ok(t, c.Delete(ctx, Functions, "public", "default", "f"))
	attached(t, c, in, 0)
	ok(t, c.Create(ctx, Functions, "public", "default", "f", exclamation(in, out), archive))
	attached(t, c, in, 1)
	ok(t, c.Delete(ctx, Functions, "public", "default", "f"))
	attached(t, c, in, 0)
}

func second[T any](_ T, err error) error { return err }
