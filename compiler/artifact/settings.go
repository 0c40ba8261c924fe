package artifact

import (
	"fmt"
	"slices"
)

// fieldDoc is the annotation of a connector's settings.
const fieldDoc = "org.apache.pulsar.io.core.annotations.FieldDoc"

// Setting is a key that a connector takes in its `configs`.
type Setting struct {
	// Name is the key, Aliases are other keys for the same.
	Name    string
	Aliases []string
	// Field is the name of the field in the config class, by which also the secret
	// of a sensitive setting is called (IOConfigUtils.loadWithSecrets); empty where
	// there is only a setter.
	Field string
	Type  Type
	// Documented tells that the field has the annotation FieldDoc, whose values follow.
	Documented          bool
	Required, Sensitive bool
	Default, Help       string
}

// Mandatory tells that the connector cannot do without the setting: FieldDoc calls
// it required and names no default. A sensitive one may come from the component's
// `secrets` instead, under the name of Field.
func (s Setting) Mandatory() bool { return s.Documented && s.Required && s.Default == "" }

// Takes tells whether a key means this setting.
func (s Setting) Takes(key string) bool {
	return s.Name == key || slices.Contains(s.Aliases, key)
}

// Settings is what a connector's config class takes.
type Settings struct {
	Class string
	// List has the settings of superclasses first, each class's in its own order.
	List []Setting
	// Complete tells that the connector takes no other keys. It is false where a
	// superclass is not in the archive, and where the class takes any key
	// (@JsonAnySetter), passes over those that it does not know
	// (@JsonIgnoreProperties) or names them by rules of its own (@JsonCreator and others).
	Complete bool
}

// Lookup gives the setting that a key means. The answer is Unknown where it is none
// that can be seen but the class may take it.
func (s Settings) Lookup(key string) (Setting, Answer) {
	for _, one := range s.List {
		if one.Takes(key) {
			return one, Yes
		}
	}
	if s.Complete {
		return Setting{}, No
	}
	return Setting{}, Unknown
}

// Missing lists the mandatory settings that are not given; given tells whether a
// key is there, in `configs` or, for what is sensitive, in `secrets`.
func (s Settings) Missing(given func(key string) bool) []Setting {
	var out []Setting
	for _, one := range s.List {
		if one.Mandatory() && !given(one.Name) && !slices.ContainsFunc(one.Aliases, given) {
			out = append(out, one)
		}
	}
	return out
}

// Names lists the keys, aliases left out.
func (s Settings) Names() []string {
	names := make([]string, len(s.List))
	for i, one := range s.List {
		names[i] = one.Name
	}
	return names
}

// Settings reads a connector's config class, which Jackson fills: the names are
// those of fields and setters, as its annotations change them. Where it is not
// plain whether Jackson takes a key, it is taken. Found is No where the archive
// has no such class, and Unknown where it cannot be told. The error says in one
// sentence why a class file cannot be read.
func (a *Archive) Settings(class string) (s Settings, found Answer, err error) {
	s.Class = class
	b := &settingsBuilder{complete: true, byName: map[string]*Setting{}, types: maxTypes}
	seen := map[string]bool{}
	for c := class; c != "" && c != object; {
		if len(seen) > maxSupertypes {
			b.complete = false
			break
		}
		if seen[c] {
			return s, Yes, fmt.Errorf("the class `%s` extends itself", Clean(c))
		}
		read, err := a.whole(c)
		if err != nil {
			return s, Yes, err
		}
		if read == nil {
			b.complete = false
			if len(seen) == 0 {
				if a.unseen || fromWorker(c) {
					return s, Unknown, nil
				}
				return s, No, nil
			}
			break
		}
		seen[c] = true
		if b.class(read); len(b.list) > maxSettings {
			return s, Yes, fmt.Errorf("the class `%s` has more than %d settings", Clean(class), maxSettings)
		}
		c = read.Super
	}
	s.Complete = b.complete
	for _, one := range b.list {
		s.List = append(s.List, *one)
	}
	return s, Yes, nil
}
