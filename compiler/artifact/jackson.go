package artifact

import (
	"strings"
	"unicode"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// settingsBuilder collects what Jackson would fill of a class and its superclasses.
type settingsBuilder struct {
	list     []*Setting
	complete bool
	// byName finds settings by their names in small letters.
	byName map[string]*Setting
	// types is how many more bytes of types are read.
	types int
}

// parse reads a type, unless too many bytes of them were read already.
func (b *settingsBuilder) parse(text string) (Type, bool) {
	if b.types -= len(text); b.types < 0 {
		b.complete = false
		return Type{}, false
	}
	t, err := classfile.ParseType(text)
	return t, err == nil
}

// index makes a setting found by a name.
func (b *settingsBuilder) index(name string, s *Setting) {
	name = strings.ToLower(name)
	if b.byName[name] == nil {
		b.byName[name] = s
	}
}

// jackson gives Jackson's annotations by their simple names; connectors may carry Jackson under a package of their own.
func jackson(list []classfile.Annotation) map[string]classfile.Annotation {
	var found map[string]classfile.Annotation
	for _, an := range list {
		if !strings.Contains(an.Type, ".jackson.") {
			continue
		}
		if found == nil {
			found = map[string]classfile.Annotation{}
		}
		found[an.Type[strings.LastIndexByte(an.Type, '.')+1:]] = an
	}
	return found
}

// class adds a class before those it extends, which come first in the list.
func (b *settingsBuilder) class(c *classfile.Class) {
	for name, an := range jackson(c.Annotations) {
		switch name {
		case "JsonIgnoreProperties":
			b.complete = b.complete && an.Values["ignoreUnknown"].Int == 0
			defer b.ignored(an)
		case "JsonNaming", "JsonDeserialize", "JsonTypeInfo", "JsonSubTypes", "JsonAutoDetect", "JsonTypeResolver":
			b.complete = false
		}
	}
	var own []*Setting
	for _, m := range c.Fields {
		switch {
		case m.Access&(classfile.Static|classfile.Transient|classfile.Synthetic) != 0:
		case len(m.Name) > maxKey || len(own) > maxSettings:
			b.complete = false
		default:
			own = append(own, b.field(m))
		}
	}
	for _, one := range own {
		b.index(one.Field, one)
		if rest, ok := strings.CutPrefix(one.Field, "is"); ok && rest != "" {
			b.index(rest, one) // boolean isOpen has the setter setOpen
		}
		b.index(one.Name, one)
	}
	b.list = append(own, b.list...)
	for _, m := range c.Methods {
		b.method(m)
	}
}

// ignored notes the names of @JsonIgnoreProperties, which are taken and dropped.
func (b *settingsBuilder) ignored(an classfile.Annotation) {
	for _, v := range an.Values["value"].List {
		if v.Kind == 's' && len(v.Text) <= maxKey {
			b.add(&Setting{Name: v.Text}, v.Text)
		}
	}
}

func (b *settingsBuilder) field(m classfile.Member) *Setting {
	s := &Setting{Name: m.Name, Field: m.Name}
	signature := m.Signature
	if signature == "" {
		signature = m.Descriptor
	}
	s.Type, _ = b.parse(signature)
	for _, an := range m.Annotations {
		if an.Type == fieldDoc {
			s.Documented = true
			s.Required, s.Sensitive = an.Values["required"].Int != 0, an.Values["sensitive"].Int != 0
			s.Default, s.Help = an.Values["defaultValue"].Text, an.Values["help"].Text
		}
	}
	b.named(s, m)
	return s
}

// named applies the annotations of a field or setter that change its names.
func (b *settingsBuilder) named(s *Setting, m classfile.Member) {
	for name, an := range jackson(m.Annotations) {
		switch name {
		case "JsonProperty", "JsonSetter":
			if key := an.Values["value"].Text; key != "" && len(key) <= maxKey {
				s.Name = key
			}
		case "JsonAlias":
			for _, v := range an.Values["value"].List {
				if v.Kind == 's' && len(s.Aliases) < maxAliases && len(v.Text) <= maxKey {
					s.Aliases = append(s.Aliases, v.Text)
				}
			}
		case "JsonAnySetter", "JsonUnwrapped", "JsonCreator", "JsonManagedReference":
			b.complete = false
		}
	}
}

// method adds what a setter takes. A setter of a field that is there already adds
// its name as another key: Jackson writes setURL as url.
func (b *settingsBuilder) method(m classfile.Member) {
	annotated := jackson(m.Annotations)
	if annotated["JsonAnySetter"].Type != "" || annotated["JsonCreator"].Type != "" {
		b.complete = false
		return
	}
	property, isSetter := strings.CutPrefix(m.Name, "set")
	explicit := annotated["JsonProperty"].Type != "" || annotated["JsonSetter"].Type != ""
	if !isSetter && !explicit || property == "" && !explicit || len(m.Name) > maxKey {
		return
	}
	parameter, one := b.parameter(m.Descriptor)
	if m.Access.Has(classfile.Static) || m.Access.Has(classfile.Synthetic) || !one {
		// An annotated getter names the property too, also for reading.
		b.getter(m, annotated)
		return
	}
	if !isSetter {
		property = m.Name
	}
	s := &Setting{Name: mangled(property), Type: parameter}
	implicit := s.Name
	b.named(s, m)
	b.add(s, implicit)
}

// getter lets an annotated getter name its field.
func (b *settingsBuilder) getter(m classfile.Member, annotated map[string]classfile.Annotation) {
	an, ok := annotated["JsonProperty"]
	key := an.Values["value"].Text
	if !ok || key == "" || len(key) > maxKey || !strings.HasPrefix(m.Descriptor, "()") {
		return
	}
	property, ok := strings.CutPrefix(m.Name, "get")
	if !ok {
		property, ok = strings.CutPrefix(m.Name, "is")
	}
	if ok && property != "" {
		b.add(&Setting{Name: key}, mangled(property))
	}
}

// add merges a setter into the setting of its name, or lists it on its own. A name
// that an annotation gives takes the first place.
func (b *settingsBuilder) add(s *Setting, implicit string) {
	old := b.byName[strings.ToLower(implicit)]
	if old == nil {
		old = b.byName[strings.ToLower(s.Name)]
	}
	if old == nil {
		if len(b.list) <= maxSettings {
			b.list = append(b.list, s)
			b.index(implicit, s)
			b.index(s.Name, s)
		}
		return
	}
	if s.Name == implicit && old.Field == implicit && old.Name != implicit {
		return // the field's annotation names the setter as well
	}
	if s.Name != implicit && old.Name != s.Name {
		s.Aliases = append(s.Aliases, old.Name)
		old.Name = s.Name
	}
	for _, key := range append(s.Aliases, s.Name) {
		if !old.Takes(key) && len(old.Aliases) < maxAliases {
			old.Aliases = append(old.Aliases, key)
		}
	}
}

// mangled is the property of a setter or getter as Jackson calls it by default:
// the capitals at the front become small (BeanUtil.legacyManglePropertyName).
func mangled(property string) string {
	r := []rune(property)
	for i := range r {
		if !unicode.IsUpper(r[i]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

// parameter gives the type of a method's only parameter.
func (b *settingsBuilder) parameter(descriptor string) (Type, bool) {
	parameters, _, ok := strings.Cut(strings.TrimPrefix(descriptor, "("), ")")
	if !ok || parameters == "" {
		return Type{}, false
	}
	return b.parse(parameters)
}
