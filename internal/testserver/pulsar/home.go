package pulsar

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// archive408 is the server distribution of 4.0.8, as published.
var archive408 = pin{
	size:   245494718,
	sha256: "35c7d064c9e0928edbf2e708989faba0379662f98aa84ce0d4190c59efb6765e",
}

// Home returns the folder of the Pulsar server of that version (one of
// [Versions]; empty means [DefaultVersion]): lib/ with its jars, among them
// org.apache.pulsar-pulsar-functions-api-<version>.jar to compile functions
// against, conf/ and instances/; 4.0.8 has bin/ and examples/ too. It lies in
// the user's cache folder; the first call fetches it with Maven (250 to 300
// MB), with progress on out (nil: none). Treat it as read-only: servers share
// it. Several processes may call Home at once; one fetches.
func Home(ctx context.Context, version string, out io.Writer) (string, error) {
	if version == "" {
		version = DefaultVersion
	}
	if err := knownVersion(version); err != nil {
		return "", err
	}
	if out == nil {
		out = io.Discard
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	return install(ctx, dir, version, func(tmp string) error {
		begin := time.Now()
		fill := fetch408
		if version == "4.2.4" {
			fill = fetch424
		}
		if err := fill(ctx, tmp, out); err != nil {
			return err
		}
		fmt.Fprintf(out, "fetched Pulsar %s in %s\n", version, time.Since(begin).Round(time.Second))
		return nil
	})
}

// fetched tells whether [Home] of the version would not have to fetch.
func fetched(version string) bool {
	dir, err := cacheDir()
	return err == nil && installed(dir, version)
}

func fetch408(ctx context.Context, home string, out io.Writer) error {
	const v = "4.0.8"
	repo := filepath.Join(home, ".repo")
	at := filepath.Join(repo, "org", "apache", "pulsar", "pulsar-server-distribution", v)
	stop := watchFolder(out, "fetching Pulsar "+v, at, archive408.size)
	err := maven(ctx, home, repo, dependencyPlugin+":get", "-Dtransitive=false",
		"-Dartifact=org.apache.pulsar:pulsar-server-distribution:"+v+":tar.gz:bin")
	stop()
	if err != nil {
		return err
	}
	// Not dependency:copy: the archive would lie on the disk twice.
	fmt.Fprintf(out, "unpacking Pulsar %s\n", v)
	if err := unpackTarGz(filepath.Join(at, "pulsar-server-distribution-"+v+"-bin.tar.gz"), home, archive408); err != nil {
		return err
	}
	return os.RemoveAll(repo)
}
