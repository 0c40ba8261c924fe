package pulsar

import (
	"archive/zip"
	"bufio"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/internal/testserver/child"
)

// home424 has the pom that collects the jars of the server, their SHA-256 sums
// in the form of sha256sum, and which of them go into java-instance.jar.
//
//go:embed home424
var home424 embed.FS

// source424 is the source release of 4.2.4.
var source424 = pin{
	size:   13348970,
	sha256: "fb9ef9b994ea2144e9bb1c9aa3c41b20a6da6af5751583fbdbe416b3c0f31663",
}

const lib424Size = 290e6 // bytes that Maven loads, roughly; for the progress only

// fetch424 builds what a server distribution of 4.2.4 would have, if there were
// one: lib/ from the published jars, conf/ and the Python instance from the
// source release, and java-instance.jar from both. Everything fetched is
// checked before anything of it is run.
func fetch424(ctx context.Context, home string, out io.Writer) error {
	build := filepath.Join(home, ".build")
	repo := filepath.Join(build, "repo")
	pom, err := home424.ReadFile("home424/pom.xml")
	if err != nil {
		return err
	}
	if err := os.Mkdir(build, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(build, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	stop := watchFolder(out, "fetching Pulsar 4.2.4", repo, lib424Size)
	err = maven(ctx, build, repo, "generate-resources")
	stop()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "building Pulsar 4.2.4")
	if err := os.Rename(filepath.Join(build, "lib"), filepath.Join(home, "lib")); err != nil {
		return err
	}
	sums, err := home424.ReadFile("home424/lib.sha256")
	if err != nil {
		return err
	}
	if err := checkFolder(filepath.Join(home, "lib"), sums); err != nil {
		return err
	}
	src := filepath.Join(build, "src")
	if err := unpackSource424(filepath.Join(build, "src.zip"), src); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(src, "conf"), filepath.Join(home, "conf")); err != nil {
		return err
	}
	instances := filepath.Join(home, "instances")
	if err := os.MkdirAll(filepath.Join(instances, "deps"), 0o755); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(src, pythonInstance), filepath.Join(instances, "python-instance")); err != nil {
		return err
	}
	if err := javaInstance424(ctx, home, filepath.Join(src, javaInstance)); err != nil {
		return err
	}
	return os.RemoveAll(build)
}

// Folders of the source release.
const (
	pythonInstance = "pulsar-functions/instance/src/main/python"
	javaInstance   = "pulsar-functions/runtime-all/src/main"
)

// unpackSource424 checks the source release and unpacks what is used of it.
func unpackSource424(file, dir string) error {
	if err := checkFile(file, source424); err != nil {
		return err
	}
	zr, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer zr.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range zr.File {
		_, rel, _ := strings.Cut(f.Name, "/")
		if !f.Mode().IsRegular() || !(strings.HasPrefix(rel, "conf/") || strings.HasPrefix(rel, pythonInstance) || strings.HasPrefix(rel, javaInstance)) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		err = writeFile(root, rel, r, f.Mode().Perm()&0o755|0o600)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// javaInstance424 makes instances/java-instance.jar, the program of a Java
// function instance, as pulsar-functions/runtime-all of the source release
// does: its one class and resources, and the jars shared with user code.
func javaInstance424(ctx context.Context, home, src string) error {
	list, err := home424.ReadFile("home424/instance-jars.txt")
	if err != nil {
		return err
	}
	var jars []string
	for name := range strings.FieldsSeq(string(list)) {
		jars = append(jars, filepath.Join(home, "lib", name))
	}
	sources, err := filepath.Glob(filepath.Join(src, "java", "org", "apache", "pulsar", "functions", "instance", "*.java"))
	if err != nil || len(sources) == 0 {
		return fmt.Errorf("pulsar: the source release of 4.2.4 has no JavaInstanceMain (%v)", err)
	}
	classes := filepath.Join(src, "resources") // the classes go next to the resources
	args := append([]string{"--release", "17", "-nowarn", "-proc:none", "-d", classes, "-cp", strings.Join(jars, string(os.PathListSeparator))}, sources...)
	if said, err := exec.CommandContext(ctx, "javac", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("pulsar: building Pulsar 4.2.4 needs a JDK 17 or newer with javac on PATH: %w\n%s", err, child.LastLines(string(said), 12))
	}
	f, err := os.Create(filepath.Join(home, "instances", "java-instance.jar"))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := mergeJars(w, classes, jars); err != nil {
		f.Close()
		return err
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
