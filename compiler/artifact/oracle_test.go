package artifact_test

import (
	"archive/zip"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/artifact/classfile"
	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// interfaces are the columns of testdata/oracle/Oracle.java.
var interfaces = []string{
	artifact.FunctionInterface, artifact.JavaFunctionInterface, artifact.WindowInterface, artifact.SourceInterface,
	artifact.BatchSourceInterface, artifact.SinkInterface, artifact.SerDeInterface, artifact.SchemaInterface, artifact.KeyReaderInterface,
	artifact.ProcessorInterface, artifact.TriggererInterface,
}

// types are those of testdata/oracle/Oracle.java, as field descriptors.
var types = []string{
	"Ljava/lang/String;", "Ljava/lang/Integer;", "Ljava/lang/Number;", "Ljava/lang/Comparable;", "Ljava/lang/Object;", "[B", "[Ljava/lang/String;",
	"[Ljava/lang/Object;", "Ljava/util/List;", "Ljava/util/Collection;",
}

// TestOracle compares what meshc finds out about classes with what the code of
// function workers does, for both versions: the classes of Pulsar's examples jar,
// and fixtures that come to be functions in every way that Java knows.
func TestOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the JVM")
	}
	needTools(t, "java", "javac")
	home := pulsarHome(t, "4.0.8")
	classes := javac(t, filepath.Join(home, "lib", "*"), "testdata/oracle/Oracle.java", "testdata/oracle/src/fix/Fixtures.java")
	fixtures := filepath.Join(t.TempDir(), "fixtures.jar")
	jarOf(t, filepath.Join(classes, "fix"), "fix/", fixtures)
	settings(t, fixtures)
	for _, version := range []string{"4.0.8", "4.2.4"} {
		t.Run(version, func(t *testing.T) {
			ask(t, pulsarHome(t, version), classes, fixtures, filepath.Join(home, "examples", "api-examples.jar"))
		})
	}
}

// ask compares all classes of some jars.
func ask(t *testing.T, home, oracle string, jars ...string) {
	t.Helper()
	args := []string{"-cp", oracle + string(os.PathListSeparator) + filepath.Join(home, "lib", "*"), "Oracle"}
	var archives []*artifact.Archive
	for _, jar := range jars {
		a, err := artifact.Open(jar)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		archives = append(archives, a)
		args = append(append(args, jar), a.Classes()...)
	}
	cmd := exec.Command("java", args...)
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8", "LC_ALL=C.UTF-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("java: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, a := range archives {
		n := len(a.Classes())
		if n < 50 || len(lines) < n {
			t.Fatalf("%d answers left for the %d classes of %s", len(lines), n, jars[i])
		}
		types := 0
		for _, line := range lines[:n] {
			types += compare(t, a, strings.Split(line, "\t"))
		}
		t.Logf("%s: %d classes, %d pairs of types", filepath.Base(jars[i]), n, types)
		lines = lines[n:]
	}
	if len(lines) > 0 {
		t.Errorf("%d answers too many", len(lines))
	}
}

// compare holds what meshc says of a class against a line of the oracle, and
// returns how many pairs of types are in it.
func compare(t *testing.T, a *artifact.Archive, f []string) (types int) {
	t.Helper()
	for i, name := range interfaces {
		_, got, err := a.Implements(f[0], name)
		if want := map[byte]artifact.Answer{'1': artifact.Yes, '0': artifact.No}[f[1][i]]; got != want || err != nil {
			t.Errorf("%s implements %s: %v, %v, want %v", f[0], name, got, err, want)
		}
	}
	for windowed, want := range map[bool]string{false: f[2], true: f[3]} {
		facts, err := a.Function(f[0], windowed)
		if err != nil {
			t.Errorf("%s: %v", f[0], err)
			continue
		}
		if got := typesOf(facts, windowed); got != want {
			t.Errorf("%s with window %t: %q, want %q (%s)", f[0], windowed, got, want, facts.Trouble)
		}
		if want != "-" && want != "refused" {
			types++
		}
	}
	for i, ask := range []func(string) (artifact.ConnectorFacts, error){a.Source, a.Sink} {
		facts, err := ask(f[0])
		got := facts.Type.Erasure()
		if facts.Is != artifact.Yes || facts.Trouble != "" {
			got = "refused"
		}
		// A sink that is none has no arguments, which Pulsar finds out by an exception.
		if want := f[4+i]; got != want || err != nil {
			t.Errorf("%s as a %s: %q, %v, want %q (%s)", f[0], []string{"source", "sink"}[i], got, err, want, facts.Trouble)
		}
		if f[4+i] != "refused" {
			types++
		}
	}
	compareParts(t, a, f[0], f[6], f[7])
	return types
}

// compareParts holds what meshc says of a class in all roles against the oracle.
func compareParts(t *testing.T, a *artifact.Archive, class, typed, others string) {
	t.Helper()
	check := func(role artifact.Role, of artifact.Type, want byte) {
		facts, err := a.Part(class, role, of)
		got := byte('1')
		switch {
		case facts.Refused:
			got = '0'
		case facts.Fits == artifact.Unknown && of.Known():
			got = '?'
		}
		if want != '?' && got != want || err != nil {
			t.Errorf("%s as %s of %s: %c, %v, want %c (%+v)", class, role, of, got, err, want, facts)
		}
	}
	for i, descriptor := range types {
		of, err := classfile.ParseType(descriptor)
		if err != nil {
			t.Fatal(err)
		}
		for k, role := range []artifact.Role{artifact.ReadingSerDe, artifact.WritingSerDe, artifact.ReadingSchema, artifact.WritingSchema} {
			check(role, of, typed[4*i+k])
		}
	}
	for k, role := range []artifact.Role{artifact.KeyReader, artifact.Processor, artifact.ConfiguredProcessor} {
		check(role, artifact.Type{}, others[k])
	}
}

// typesOf writes facts as the oracle does.
func typesOf(f artifact.FunctionFacts, windowed bool) string {
	switch {
	case f.Kind == artifact.NotFunction:
		return "-"
	case f.Trouble != "", windowed && f.Kind == artifact.PulsarFunction, !windowed && f.Kind == artifact.WindowFunction:
		return "refused"
	}
	return f.Input.Erasure() + " -> " + f.Output.Erasure()
}

func needTools(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("no %s on the PATH", tool)
			}
			t.Skipf("NO JAVA TOOLS: no %s on the PATH", tool)
		}
	}
}

func pulsarHome(t testing.TB, version string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	home, err := pulsar.Home(ctx, version, os.Stderr)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("NO PULSAR: %v", err)
	}
	return home
}

// javac compiles sources into a folder of the test's own.
func javac(t testing.TB, classPath string, sources ...string) string {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"-encoding", "UTF-8", "-nowarn", "-d", dir, "-cp", classPath}, sources...)
	cmd := exec.Command("javac", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	return dir
}

// jarOf packs the class files below a folder.
func jarOf(t testing.TB, dir, prefix, jar string) {
	t.Helper()
	f, err := os.Create(jar)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	var files []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	slices.Sort(files)
	for _, path := range files {
		rel, _ := filepath.Rel(dir, path)
		data, readErr := os.ReadFile(path)
		entry, createErr := w.Create(prefix + filepath.ToSlash(rel))
		if readErr != nil || createErr != nil {
			t.Fatal(readErr, createErr)
		}
		if _, err := entry.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err != nil || w.Close() != nil || f.Close() != nil {
		t.Fatalf("jar: %v", err)
	}
}

// TestValues compares the table of the JDK's classes with a JVM.
func TestValues(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the JVM")
	}
	needTools(t, "java", "javac")
	lib := filepath.Join(pulsarHome(t, "4.0.8"), "lib", "*")
	dir := javac(t, lib, "testdata/oracle/Pairs.java")
	classes := artifact.ValueClasses()
	slices.Sort(classes)
	out, err := exec.Command("java", append([]string{"-cp", dir + string(os.PathListSeparator) + lib, "Pairs"}, classes...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(out))
	a, err := artifact.OpenReader(strings.NewReader(emptyZip), int64(len(emptyZip)))
	if err != nil || len(lines) != len(classes) {
		t.Fatal(len(lines), err)
	}
	compared := 0
	for i, from := range classes {
		for k, to := range classes {
			if lines[i][k] == '?' {
				continue
			}
			compared++
			want := map[byte]artifact.Answer{'0': artifact.No, '1': artifact.Yes}[lines[i][k]]
			if got := a.Assignable(classfile.Raw(from), classfile.Raw(to)); got != want {
				t.Errorf("%s to %s: %s, want %s", from, to, got, want)
			}
		}
	}
	t.Logf("%d pairs of classes", compared)
}

const emptyZip = "PK\x05\x06" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
