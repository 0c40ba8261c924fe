package artifact_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// TestExampleJars: every function of the examples and of the loss tests can be
// run, with the types that its source says.
func TestExampleJars(t *testing.T) {
	needTools(t, "java", "javac", "mvn")
	if out, err := exec.Command("sh", "../../examples/build.sh").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const text = "java.lang.String"
	for jar, want := range map[string]map[string]string{
		"examples/word-count/target/word-count.jar":    {"org.example.wordcount.Split": text + " -> " + text, "org.example.wordcount.Count": text + " -> " + text},
		"examples/word-count/target/word-count-v2.jar": {"org.example.wordcount.Split": text + " -> " + text, "org.example.wordcount.Count": text + " -> " + text},
		"examples/pip-66/target/exclaim.jar":           {"org.example.pip66.Exclaim": text + " -> " + text},
		"examples/etl-chain/target/etl-chain.jar": {
			"org.example.etl.Parse": text + " -> byte[]", "org.example.etl.Enrich": "byte[] -> " + text, "org.example.etl.Totals": text + " -> " + text,
		},
		"test/loss/java/target/loss-a.jar": nil,
		"test/loss/java/target/loss-b.jar": nil,
	} {
		a, err := artifact.Open(filepath.Join("..", "..", filepath.FromSlash(jar)))
		if err != nil {
			t.Fatalf("%s: %v", jar, err)
		}
		functions := a.Functions()
		if len(functions) == 0 || want != nil && len(functions) != len(want) {
			t.Errorf("%s: functions %q", jar, functions)
		}
		for _, class := range functions {
			f, err := a.Function(class, false)
			if got := fmt.Sprintf("%s -> %s", f.Input, f.Output); err != nil || want != nil && got != want[class] || f.Constructor != artifact.PublicConstructor || f.Misread != "" {
				t.Errorf("%s: %s: %s, %v", jar, class, got, err)
			}
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// settings checks the config classes among the fixtures.
func settings(t *testing.T, jar string) {
	t.Helper()
	a, err := artifact.Open(jar)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for class, want := range map[string][]string{
		"Config": {
			`secretKey java.lang.String mandatory sensitive "" "the key"`,
			`batchSize int "10" "how many"`,
			`table java.util.Map<java.lang.String, java.util.List<java.lang.Integer>>`,
		},
		"Renamed": {
			`user-name java.lang.String`, `password|pass|pwd java.lang.String`, `isOpen|open boolean`, `aURL|aurl java.lang.String`,
			`address|host java.lang.String`, `Port|port int`, `onlySetter java.lang.String`, `old ?`,
		},
		"Loose": {
			`user-name java.lang.String`, `password|pass|pwd java.lang.String`, `isOpen|open boolean`, `aURL|aurl java.lang.String`,
			`address|host java.lang.String`, `Port|port int`, `onlySetter java.lang.String`, `old ?`, "...",
		},
		"AnyKey":  {"one java.lang.String", "..."},
		"Created": {"..."},
	} {
		s, found, err := a.Settings("fix.Fixtures$" + class)
		if got := shown(s); found != artifact.Yes || err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v:\n%s", class, found, err, strings.Join(got, "\n"))
		}
	}
	if _, found, err := a.Settings("fix.None"); found != artifact.No || err != nil {
		t.Errorf("no class: %v, %v", found, err)
	}
}

// shown writes settings a line each, and "..." where there may be more.
func shown(s artifact.Settings) (lines []string) {
	for _, one := range s.List {
		text := strings.Join(append([]string{one.Name}, one.Aliases...), "|") + " " + one.Type.String()
		if one.Mandatory() {
			text += " mandatory"
		} else if one.Required {
			text += " required"
		}
		if one.Sensitive {
			text += " sensitive"
		}
		if one.Documented {
			text += fmt.Sprintf(" %q %q", one.Default, one.Help)
		}
		lines = append(lines, text)
	}
	if !s.Complete {
		lines = append(lines, "...")
	}
	return lines
}

// TestRealConnectors: two of Pulsar's own connectors, fetched with Maven: their
// classes, types and settings.
func TestRealConnectors(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches two connectors of Pulsar")
	}
	needTools(t, "mvn")
	dir := t.TempDir()
	for name, want := range map[string]struct {
		connector artifact.Connector
		typ, sink string
		settings  []string
	}{
		"pulsar-io-data-generator": {artifact.Connector{
			Name: "data-generator", Description: "Test data generator source",
			SourceClass:       "org.apache.pulsar.io.datagenerator.DataGeneratorSource",
			SourceConfigClass: "org.apache.pulsar.io.datagenerator.DataGeneratorSourceConfig",
			SinkClass:         "org.apache.pulsar.io.datagenerator.DataGeneratorPrintSink",
		}, "org.apache.pulsar.io.datagenerator.Person", "org.apache.pulsar.io.datagenerator.Person", []string{
			`sleepBetweenMessages long required "50" "How long to sleep between emitting messages"`,
		}},
		"pulsar-io-file": {artifact.Connector{
			Name: "file", Description: "Reads data from local filesystem",
			SourceClass:       "org.apache.pulsar.io.file.FileSource",
			SourceConfigClass: "org.apache.pulsar.io.file.FileSourceConfig",
		}, "byte[]", "", []string{
			"inputDirectory java.lang.String", "recurse java.lang.Boolean", "keepFile java.lang.Boolean", "fileFilter java.lang.String",
			"pathFilter java.lang.String", "minimumFileAge java.lang.Integer", "maximumFileAge java.lang.Long", "minimumSize java.lang.Integer",
			"maximumSize java.lang.Double", "ignoreHiddenFiles java.lang.Boolean", "pollingInterval java.lang.Long", "numWorkers java.lang.Integer",
			"processedFileSuffix java.lang.String",
		}},
	} {
		// Maven's central repository holds them as type jar, and they are NARs.
		cmd := exec.Command("mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
			"-Dartifact=org.apache.pulsar:"+name+":4.0.8:jar", "-DoutputDirectory="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("mvn: %v\n%s", err, out)
		}
		nar := filepath.Join(dir, name+".nar")
		if err := os.Rename(filepath.Join(dir, name+"-4.0.8.jar"), nar); err != nil {
			t.Fatal(err)
		}
		a, err := artifact.Open(nar)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		c, err := a.Connector()
		if err != nil || c != want.connector {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		f, err := a.Source(c.SourceClass)
		if err != nil || f.Is != artifact.Yes || f.Batch != artifact.No || f.Type.String() != want.typ || f.Constructor != artifact.PublicConstructor {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		if f, err := a.Sink(c.SourceClass); err != nil || f.Is != artifact.No {
			t.Errorf("%s as a sink: %+v, %v", name, f, err)
		}
		if want.sink != "" {
			if f, err := a.Sink(c.SinkClass); err != nil || f.Is != artifact.Yes || f.Type.String() != want.sink || f.Trouble != "" {
				t.Errorf("%s: sink: %+v, %v", name, f, err)
			}
		}
		settings, found, err := a.Settings(c.SourceConfigClass)
		if got := shown(settings); found != artifact.Yes || err != nil || !slices.Equal(got, want.settings) {
			t.Errorf("%s: %v, %v:\n%s", name, found, err, strings.Join(got, "\n"))
		}
		if f, err := a.Class("com.example.Nowhere"); err != nil || f.Exists != artifact.No || len(a.Notes()) != 0 {
			t.Errorf("%s: a class that is nowhere: %+v, %v, %q", name, f, err, a.Notes())
		}
	}
}

// TestJavap: what the parser reads of the classes of Pulsar's examples is what
// javap shows of them: their supertypes with all types.
func TestJavap(t *testing.T) {
	if testing.Short() {
		t.Skip("runs javap")
	}
	needTools(t, "javap", "java", "javac")
	jar := filepath.Join(pulsarHome(t, "4.0.8"), "examples", "api-examples.jar")
	a, err := artifact.Open(jar)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	out, err := exec.Command("javap", append([]string{"-v", "-p", "-cp", jar}, a.Classes()...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	signatures, supers := shownByJavap(t, string(out))
	functions := 0
	for _, name := range a.Classes() {
		if s, ok := signatures[name]; ok {
			for _, i := range s.Interfaces {
				if got, answer, err := a.Implements(name, i.Name); answer != artifact.Yes || err != nil || len(s.Params) == 0 && got.String() != i.String() {
					t.Errorf("%s implements %s: %s %v %v", name, i, got, answer, err)
				}
			}
		}
		// The first class upwards that javap shows with types says those of the function.
		class := name
		for _, ok := signatures[class]; !ok && supers[class] != ""; _, ok = signatures[class] {
			class = supers[class]
		}
		for _, i := range signatures[class].Interfaces {
			if slices.Contains(interfaces[:3], i.Name) && len(signatures[class].Params) == 0 {
				functions++
				sameTypes(t, a, name, i)
			}
		}
	}
	if functions < 40 {
		t.Errorf("javap showed %d functions in %d signatures", functions, len(signatures))
	}
	t.Logf("input and output types of %d functions are those that javap shows, of %d generic signatures", functions, len(signatures))
}

// sameTypes compares a function with what javap shows as its interface.
func sameTypes(t *testing.T, a *artifact.Archive, name string, i artifact.Type) {
	t.Helper()
	input, output := i.Args[0].String(), i.Args[1].String()
	for _, wrapper := range []string{"org.apache.pulsar.functions.api.Record<", "java.util.concurrent.CompletableFuture<"} {
		if rest, ok := strings.CutPrefix(output, wrapper); ok {
			output = strings.TrimSuffix(rest, ">")
		}
	}
	windowed := i.Name == artifact.WindowInterface
	if f, err := a.Function(name, windowed); err != nil || f.Input.String() != input || f.Output.String() != output {
		t.Errorf("%s: %s -> %s, %v, javap shows %s -> %s", name, f.Input, f.Output, err, input, output)
	}
	if i.Name == artifact.JavaFunctionInterface && strings.HasPrefix(input, "java.util.Collection<") {
		if f, err := a.Function(name, true); err != nil || "java.util.Collection<"+f.Input.String()+">" != input {
			t.Errorf("%s with a window: %s, %v, javap shows %s", name, f.Input, err, input)
		}
	}
}

// shownByJavap reads the generic signatures and superclasses out of javap -v.
func shownByJavap(t *testing.T, out string) (signatures map[string]classfile.ClassSignature, supers map[string]string) {
	t.Helper()
	signatures, supers = map[string]classfile.ClassSignature{}, map[string]string{}
	for _, part := range strings.Split(out, "\nClassfile ") {
		shown := map[string]string{}
		for _, line := range strings.Split(part, "\n") {
			key, rest, ok := strings.Cut(line, ": ")
			if _, text, comment := strings.Cut(rest, "// "); ok && comment {
				// At the margin, and so the class's own; the others are those of members.
				if key == "Signature" || key == "  this_class" || key == "  super_class" {
					shown[strings.TrimSpace(key)] = strings.ReplaceAll(text, "/", ".")
				}
			}
		}
		name := shown["this_class"]
		supers[name] = shown["super_class"]
		if text := shown["Signature"]; text != "" {
			s, err := classfile.ParseClassSignature(strings.ReplaceAll(text, ".", "/"))
			if err != nil {
				t.Fatalf("%s: %s: %v", name, text, err)
			}
			signatures[name] = s
		}
	}
	return signatures, supers
}
