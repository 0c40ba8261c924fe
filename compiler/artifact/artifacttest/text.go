package artifacttest

import "strings"

const str = "java.lang.String"

// FromText makes a jar of a list: a first line `classes`, then a class a line,
// which implements Function<String, String> unless a word behind its name says
// otherwise: none, abstract, private, args, raw, window, jdk, source, batch, sink,
// keyreader, extractor; or types with input and output, [B for byte[]; or serde or schema
// with the type that they are for, as source and sink may have; or config with
// its settings, in each of which ! means required and ? sensitive. A line
// `io: key: value; ...` makes META-INF/services/pulsar-io.yaml. It is for cases
// that are text files; ok is false for other text.
func FromText(text []byte) (jar []byte, ok bool) {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if lines[0] != "classes" {
		return nil, false
	}
	var entries []Entry
	for _, line := range lines[1:] {
		name, kind, _ := strings.Cut(line, " ")
		if name == "" {
			continue
		}
		if name == "io:" {
			entries = append(entries, Entry{"META-INF/services/pulsar-io.yaml", []byte(strings.ReplaceAll(kind, "; ", "\n") + "\n")})
			continue
		}
		kind, rest, _ := strings.Cut(kind, " ")
		c := class(name, kind, rest)
		entries = append(entries, Entry{slashes(c.Name) + ".class", c.Bytes()})
	}
	return Zip(entries...), true
}

func class(name, kind, rest string) Class {
	const io, api = "org.apache.pulsar.io.core.", "org.apache.pulsar.functions.api."
	c := Function(name, str, str)
	message := str
	if rest != "" {
		message = rest
	}
	switch kind {
	case "none":
		c = Class{Name: name}
	case "types":
		input, output, _ := strings.Cut(rest, " ")
		c = Function(name, input, output)
	case "abstract":
		c.Access = 0x421
	case "private":
		c.Access = 0x20
	case "args":
		c.Constructor = "(I)V"
	case "raw":
		c.Signature = ""
	case "window":
		c = Implements(name, api+"WindowFunction", str, str)
	case "jdk":
		c = Implements(name, "java.util.function.Function", str, str)
	case "source":
		c = Implements(name, io+"Source", message)
	case "batch":
		c = Implements(name, io+"BatchSource", str)
	case "sink":
		c = Implements(name, io+"Sink", message)
	case "serde":
		c = Implements(name, api+"SerDe", rest)
	case "schema":
		c = Implements(name, "org.apache.pulsar.client.api.Schema", rest)
	case "extractor":
		c = Implements(name, "org.apache.pulsar.functions.windowing.TimestampExtractor", str)
	case "keyreader":
		c = Implements(name, "org.apache.pulsar.client.api.CryptoKeyReader")
		c.Constructor = "(Ljava/util/Map;)V"
	case "config":
		c = Class{Name: name, Fields: map[string]string{}, Docs: map[string]Doc{}}
		for _, field := range strings.Fields(rest) {
			key := strings.TrimRight(field, "!?")
			c.Order = append(c.Order, key)
			c.Fields[key] = "Ljava/lang/String;"
			c.Docs[key] = Doc{Required: strings.Contains(field, "!"), Sensitive: strings.Contains(field, "?")}
		}
	}
	return c
}
