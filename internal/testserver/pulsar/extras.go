package pulsar

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What tests need beside the server, of the version 4.0.8, as published.
var (
	dataGenerator408 = pin{
		size:   13313751,
		sha256: "c18e151a29c172f8803724fe047a28aeffd2a4a95e5f4feed058fb912509d9c6",
	}
	source408 = pin{
		size:   11743439,
		sha256: "5a70861d249dac07dc6a9e7f8f853e34bcfc7f47f5d275b9ae3063a143ddc283",
	}
)

// goFunctions is the folder of the source release with the SDK of Go functions.
const goFunctions = "pulsar-function-go"

// DataGenerator returns the NAR of Pulsar's data-generator connector: a source
// that makes up persons, and a sink that prints them. It lies in the user's cache
// folder; the first call fetches it with Maven (13 MB), with progress on out (nil:
// none).
func DataGenerator(ctx context.Context, out io.Writer) (nar string, err error) {
	dir, err := extra(ctx, out, "data-generator-4.0.8", "pulsar-io-data-generator:4.0.8:jar", func(tmp, file string) error {
		if err := checkFile(file, dataGenerator408); err != nil {
			return err
		}
		// What Maven calls a jar is the NAR.
		return os.Rename(file, filepath.Join(tmp, "data-generator.nar"))
	})
	return filepath.Join(dir, "data-generator.nar"), err
}

// GoFunctions returns the folder of Pulsar's SDK for Go functions, a module that no
// proxy has: programs are built inside it, below examples. It lies in the user's
// cache folder; the first call takes it from the source release (12 MB by Maven).
func GoFunctions(ctx context.Context, out io.Writer) (dir string, err error) {
	dir, err = extra(ctx, out, "go-functions-4.0.8", "pulsar:4.0.8:zip:source-release", func(tmp, file string) error {
		if err := checkFile(file, source408); err != nil {
			return err
		}
		return unpackBelow(file, goFunctions, tmp)
	})
	return filepath.Join(dir, goFunctions), err
}

// extra fetches one artifact of Pulsar's and lets keep take out of it what stays.
func extra(ctx context.Context, out io.Writer, name, artifact string, keep func(tmp, file string) error) (string, error) {
	if out == nil {
		out = io.Discard
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	return install(ctx, dir, name, func(tmp string) error {
		begin := time.Now()
		fmt.Fprintf(out, "fetching %s\n", name)
		repo := filepath.Join(tmp, ".repo")
		if err := maven(ctx, tmp, repo, dependencyPlugin+":get", "-Dtransitive=false", "-Dartifact=org.apache.pulsar:"+artifact); err != nil {
			return err
		}
		parts := strings.Split(artifact, ":")
		file := filepath.Join(repo, "org", "apache", "pulsar", parts[0], parts[1], strings.Join(append(parts[:2:2], parts[3:]...), "-")+"."+parts[2])
		if err := keep(tmp, file); err != nil {
			return err
		}
		fmt.Fprintf(out, "fetched %s in %s\n", name, time.Since(begin).Round(time.Second))
		return os.RemoveAll(repo)
	})
}

// unpackBelow unpacks one folder of a source release, without the release's own
// top folder, into dir.
func unpackBelow(file, folder, dir string) error {
	zr, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer zr.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range zr.File {
		_, rel, _ := strings.Cut(f.Name, "/")
		if !f.Mode().IsRegular() || !strings.HasPrefix(rel, folder+"/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		err = writeFile(root, rel, r, 0o644)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
