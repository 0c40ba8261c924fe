package artifact

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// serviceFile names the connector of a NAR, as NarClassLoader.getServiceDefinition looks for it.
const serviceFile = "META-INF/services/pulsar-io.yaml"

// fieldDoc is the annotation of a connector's settings.
const fieldDoc = "org.apache.pulsar.io.core.annotations.FieldDoc"

// Connector is what pulsar-io.yaml says (ConnectorDefinition). Text that came out
// of the file is as it stands there.
type Connector struct {
	Name, Description string
	SourceClass       string
	SinkClass         string
	SourceConfigClass string
	SinkConfigClass   string
}

// ErrNoConnector tells that the archive has no pulsar-io.yaml.
var ErrNoConnector = errors.New("it has no " + serviceFile)

// Connector reads pulsar-io.yaml: a flat YAML mapping of scalars. Keys that it
// does not know are passed over, as workers do.
func (a *Archive) Connector() (Connector, error) {
	var c Connector
	f := a.entries[serviceFile]
	if f == nil {
		return c, ErrNoConnector
	}
	data, err := a.read(f, maxText)
	if err != nil {
		return c, err
	}
	into := map[string]*string{
		"name": &c.Name, "description": &c.Description, "sourceClass": &c.SourceClass, "sinkClass": &c.SinkClass,
		"sourceConfigClass": &c.SourceConfigClass, "sinkConfigClass": &c.SinkConfigClass,
	}
	for line := range strings.Lines(string(data)) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if to := into[strings.Trim(strings.TrimPrefix(key, "\ufeff"), `"' `)]; ok && to != nil && !strings.HasPrefix(key, " ") {
			*to = scalar(value)
		}
	}
	return c, nil
}

// scalar takes quotes and a comment off a YAML value of one line.
func scalar(s string) string {
	s = strings.TrimSpace(s)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : 1+end]
		}
	}
	if strings.HasPrefix(s, "#") {
		return ""
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// ConnectorFacts is what a worker will find out about the class of a source or sink.
type ConnectorFacts struct {
	ClassFacts
	// Is tells whether the class is a source or a sink, whichever was asked for.
	Is Answer
	// Batch tells that a source is a BatchSource, which needs a batchSourceConfig.
	Batch bool
	// Type is what the source gives or the sink takes.
	Type Type
}

// Source gives the facts of a source's class (FunctionCommon.getSourceType).
func (a *Archive) Source(class string) (ConnectorFacts, error) {
	f, err := a.component(class, SourceInterface)
	if err != nil || f.Is != No || f.Exists == No {
		return f, err
	}
	f, err = a.component(class, BatchSourceInterface)
	f.Batch = f.Is == Yes
	return f, err
}

// Sink gives the facts of a sink's class (FunctionCommon.getSinkType).
func (a *Archive) Sink(class string) (ConnectorFacts, error) {
	return a.component(class, SinkInterface)
}

func (a *Archive) component(class, target string) (ConnectorFacts, error) {
	var f ConnectorFacts
	var err error
	if f.ClassFacts, err = a.Class(class); err != nil || f.Exists == No {
		return f, err
	}
	var as Type
	if as, f.Is, err = a.Implements(class, target); f.Is == Yes && len(as.Args) > 0 {
		f.Type = as.Args[0]
	}
	return f, err
}

// ConfigField is a setting of a connector: a field of its config class.
type ConfigField struct {
	Name string
	Type Type
	// Documented tells that the field has the annotation FieldDoc, whose values follow.
	Documented          bool
	Required, Sensitive bool
	Default, Help       string
}

// ConfigFields lists the settings that a config class takes, those of its
// superclasses first. Known is false where a superclass is not in the archive or
// the class has setters of its own names: then other keys may be valid too.
func (a *Archive) ConfigFields(class string) (fields []ConfigField, known bool, err error) {
	known = true
	seen := map[string]bool{}
	for class != "" && class != object {
		if len(seen) > maxSupertypes {
			return fields, false, nil
		}
		if seen[class] {
			return fields, false, fmt.Errorf("the class `%s` extends itself", Clean(class))
		}
		seen[class] = true
		c, err := a.find(class, classfile.Parse)
		if err != nil {
			return fields, false, err
		}
		if c == nil {
			return fields, false, nil
		}
		fields = append(configFields(c), fields...)
		known = known && !renames(c)
		class = c.Super
	}
	return fields, known, nil
}

func configFields(c *classfile.Class) []ConfigField {
	var list []ConfigField
	for _, m := range c.Fields {
		if m.Access&(classfile.Static|classfile.Transient|classfile.Synthetic) != 0 {
			continue
		}
		f := ConfigField{Name: m.Name}
		signature := m.Signature
		if signature == "" {
			signature = m.Descriptor
		}
		f.Type, _ = classfile.ParseType(signature)
		for _, an := range m.Annotations {
			if an.Type == fieldDoc {
				f.Documented = true
				f.Required, f.Sensitive = an.Values["required"].Int != 0, an.Values["sensitive"].Int != 0
				f.Default, f.Help = an.Values["defaultValue"].Text, an.Values["help"].Text
			}
		}
		list = append(list, f)
	}
	return list
}

// renames tells whether a class is given other keys than its fields' names: by
// annotations of Jackson, which connectors read their settings with, or by setters.
func renames(c *classfile.Class) bool {
	fields := map[string]bool{}
	for _, m := range c.Fields {
		fields[strings.ToLower(m.Name)] = true
		for _, an := range m.Annotations {
			if strings.Contains(an.Type, ".jackson.") {
				return true
			}
		}
	}
	for _, an := range c.Annotations {
		if strings.Contains(an.Type, ".jackson.") {
			return true
		}
	}
	for _, m := range c.Methods {
		for _, an := range m.Annotations {
			if strings.Contains(an.Type, ".jackson.") {
				return true
			}
		}
		name, ok := strings.CutPrefix(m.Name, "set")
		if ok && name != "" && !m.Access.Has(classfile.Static) && strings.HasPrefix(m.Descriptor, "(") && !strings.HasPrefix(m.Descriptor, "()") &&
			!fields[strings.ToLower(name)] && !fields["is"+strings.ToLower(name)] {
			return true
		}
	}
	return false
}
