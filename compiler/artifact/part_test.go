package artifact

import (
	"fmt"
	"testing"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// TestPart says for classes in roles what is against them. What workers do with
// many more of them is compared in TestOracle.
func TestPart(t *testing.T) {
	const integer = "java.lang.Integer"
	keys := artifacttest.Implements("a.Keys", KeyReaderInterface)
	keys.Constructor = "(Ljava/util/Map;)V"
	hidden := keys
	hidden.Name, hidden.Access = "a.HiddenKeys", 0x20
	abstract := artifacttest.Implements("a.Abstract", SerDeInterface, integer)
	abstract.Access = 0x421
	a := openBytes(t, artifacttest.Jar(
		artifacttest.Implements("a.Ints", SerDeInterface, integer), abstract,
		artifacttest.Class{Name: "a.Sub", Super: "a.Ints"}, artifacttest.Implements("a.Raw", SerDeInterface),
		artifacttest.Class{Name: "a.Plain"}, artifacttest.Class{Name: "a.Open", Super: "x.Elsewhere"},
		keys, hidden, artifacttest.Implements("a.NoMap", KeyReaderInterface),
		artifacttest.Implements("a.Trigger", TriggererInterface), artifacttest.Implements("a.Unpack", ProcessorInterface),
		artifacttest.Implements("a.Own", SerDeInterface, "a.Type"), artifacttest.Class{Name: "a.Type", Super: "x.Elsewhere"},
	))
	for _, c := range []struct {
		class string
		role  Role
		of    string
		want  string
	}{
		{"a.Ints", ReadingSerDe, integer, "yes"},
		{"a.Ints", ReadingSerDe, "java.lang.Number", "yes"},
		{"a.Ints", WritingSerDe, "java.lang.Number", "refused: is a SerDe for `java.lang.Integer`, not for `java.lang.Number`"},
		{"a.Ints", ReadingSerDe, text, "refused: is a SerDe for `java.lang.Integer`, not for `java.lang.String`"},
		{"a.Ints", ReadingSchema, integer, "refused: does not implement Schema"},
		{"a.Ints", ReadingSerDe, "a.Type", "refused: is a SerDe for `java.lang.Integer`, not for `a.Type`"},
		{"a.Own", ReadingSerDe, "x.Unseen", "unknown"},
		{"a.Own", ReadingSerDe, integer, "refused: is a SerDe for `a.Type`, not for `java.lang.Integer`"},
		{"a.Sub", ReadingSerDe, integer, "refused: is a SerDe by its superclass, and workers look at the interfaces of the class itself"},
		{"a.Raw", ReadingSerDe, integer, "refused: implements SerDe without a type, so that workers cannot tell what it is for"},
		{"a.Abstract", ReadingSerDe, integer, "fails: is abstract or an interface, so that instances cannot make one"},
		{"a.None", ReadingSerDe, integer, "absent"},
		{"a.Open", ReadingSerDe, integer, "unknown"},
		{"org.apache.pulsar.client.impl.schema.StringSchema", ReadingSchema, text, "unknown"},
		{defaultSerDe, ReadingSerDe, integer, "unknown"},
		{"a.Keys", KeyReader, "", "unknown"},
		{"a.HiddenKeys", KeyReader, "", "fails: has to be public, with a constructor with a java.util.Map alone that is public"},
		{"a.NoMap", KeyReader, "", "refused: lacks a constructor with a java.util.Map alone, which instances call"},
		{"a.Plain", KeyReader, "", "refused: does not implement CryptoKeyReader"},
		{"a.Unpack", Processor, "", "unknown"},
		{"a.Unpack", ConfiguredProcessor, "", "refused: lacks a constructor with a java.util.Map alone, which instances call"},
		{"a.Plain", Triggerer, "", "fails: does not implement BatchSourceTriggerer"},
		{"a.Trigger", Triggerer, "", "unknown"},
		{"a.Plain", TimestampExtractor, "", "fails: does not implement TimestampExtractor"},
	} {
		of := Type{}
		if c.of != "" {
			of = classfile.Raw(c.of)
		}
		f, err := a.Part(c.class, c.role, of)
		got := f.Fits.String()
		switch {
		case f.Exists == No:
			got = "absent"
		case f.Refused:
			got = "refused: " + f.Trouble
		case f.Trouble != "":
			got = "fails: " + f.Trouble
		}
		if got != c.want || err != nil {
			t.Errorf("%s as %s of %s: %s, %v, want %s", c.class, c.role, c.of, got, err, c.want)
		}
	}
}

// TestComponents says what classes are as sources and sinks.
func TestComponents(t *testing.T) {
	both := artifacttest.Class{
		Name: "a.Both", Interfaces: []string{SourceInterface, BatchSourceInterface},
		Signature: "Ljava/lang/Object;Lorg/apache/pulsar/io/core/Source<Ljava/lang/String;>;Lorg/apache/pulsar/io/core/BatchSource<Ljava/lang/Long;>;",
	}
	a := openBytes(t, artifacttest.Jar(
		artifacttest.Implements("a.Src", SourceInterface, text), artifacttest.Implements("a.Batch", BatchSourceInterface, text),
		artifacttest.Implements("a.Raw", SourceInterface), artifacttest.Implements("a.Snk", SinkInterface, text), both,
		artifacttest.Class{Name: "a.Open", Super: "x.Elsewhere"},
		artifacttest.Class{Name: "a.Push", Super: "org.apache.pulsar.io.core.PushSource", Signature: "Lorg/apache/pulsar/io/core/PushSource<[B>;"},
	))
	for class, want := range map[string][2]string{
		"a.Src":   {"yes java.lang.String batch=no", "no ? batch=no"},
		"a.Push":  {"yes byte[] batch=no", "no ? batch=no"},
		"a.Batch": {"yes java.lang.String batch=yes", "no ? batch=no"},
		"a.Both":  {"yes java.lang.String batch=yes", "no ? batch=no"},
		"a.Raw":   {"yes ? batch=no implements Source without a type, so that workers cannot tell it", "no ? batch=no"},
		"a.Snk":   {"no ? batch=no", "yes java.lang.String batch=no"},
		"a.Open":  {"unknown ? batch=unknown", "unknown ? batch=no"},
		"a.None":  {"unknown ? batch=no", "unknown ? batch=no"},
	} {
		for i, ask := range []func(string) (ConnectorFacts, error){a.Source, a.Sink} {
			f, err := ask(class)
			got := fmt.Sprintf("%s %s batch=%s", f.Is, f.Type, f.Batch)
			if f.Trouble != "" {
				got += " " + f.Trouble
			}
			if got != want[i] || err != nil {
				t.Errorf("%s: %s, %v, want %s", class, got, err, want[i])
			}
		}
	}
}
