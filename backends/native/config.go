package native

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// defaultSpec are the values of an input's settings that mean nothing.
var defaultSpec any = map[string]any{
	"regexPattern": false, "schemaProperties": map[string]any{}, "consumerProperties": map[string]any{}, "poolMessages": false,
}

// fromConfig turns a FunctionConfig, SourceConfig or SinkConfig as a worker tells
// it into the canonical form.
func fromConfig(kind state.Kind, tenant, namespace, name string, raw map[string]any) *state.Component {
	c := &state.Component{Kind: kind, Tenant: tenant, Namespace: namespace, Name: name, Fields: map[string]any{}}
	config, _ := state.Canonical(raw).(map[string]any)
	text, _ := config[optionsField].(string)
	m, rest := readMarker(text)
	for _, field := range fields.Of(fields.Kind(kind)) {
		if field.Update == fields.Local || field.Into != "" || field.Name == "name" || unread(field, config) {
			continue
		}
		v := withoutDerived(field, state.Canonical(config[field.Name]))
		if v == nil {
			v = unsaid(field, m)
		}
		if field.Unset(v) {
			v = state.Canonical(field.Default)
		}
		if v != nil {
			c.Fields[field.Name] = v
		}
	}
	if kind != state.KindSource {
		inputs(c, config)
	}
	topicsInFull(c.Fields)
	setOrDelete(c.Fields, "inputSpecs", consumersOf(kind, specialInputs(config), m))
	setOrDelete(c.Fields, optionsField, rest)
	if archive, _ := config["archive"].(string); m == nil && strings.HasPrefix(archive, "builtin://") {
		c.Code.Mode = state.Builtin
	}
	if m != nil {
		c.Owner, c.Generation, c.Protect = m.Mesh, m.Generation, m.Protect
		c.Code = state.Code{Mode: m.Mode, SHA256: strings.TrimPrefix(m.Package, hashPrefix), URL: m.URL}
		c = c.Masked(m.Sensitive)
		c.Drifted = m.Spec != "" && m.Spec != specOf(c)
	}
	return c
}

// toConfig gives the config for a create, or with the change of an update: what an
// update would refuse although it is equal is left out then. Sensitive values are
// in the open; one that is not known is an error.
func toConfig(c *state.Component, update *diff.Change) (map[string]any, error) {
	config := maps.Clone(c.Fields)
	delete(config, "inputs")
	delete(config, "topicsPattern")
	if c.Kind != state.KindSource {
		config["inputSpecs"] = inputSpecs(c)
	}
	if c.Kind == state.KindFunction && c.Code.Mode == state.Builtin {
		// Nothing else tells the worker, at each update anew, that the code is its own.
		config["jar"] = c.Code.URL
	}
	if update != nil {
		clearFields(config, update)
		for _, field := range fields.Of(fields.Kind(c.Kind)) {
			if field.Update == fields.Fixed {
				delete(config, field.Name)
			}
		}
	}
	config["tenant"], config["namespace"], config["name"] = c.Tenant, c.Namespace, c.Name
	config[optionsField] = writeMarker(c)
	return state.Revealed(config)
}

// clearFields adds what takes away the values that are live and not wanted.
func clearFields(config map[string]any, c *diff.Change) {
	for name := range c.Before.(*state.Component).Fields {
		field, known := fields.Named(fields.Kind(c.Addr.Kind()), name)
		if _, wanted := config[name]; wanted || !known {
			continue
		}
		switch field.Clear {
		case fields.ByEmptyMap:
			config[name] = map[string]any{}
		case fields.ByZero:
			config[name] = 0
		case fields.ByDefault:
			if field.Default != nil {
				config[name] = field.Default
			}
		}
	}
}

// same tells whether a live function is what a change leaves behind.
func same(live, after *state.Component) bool {
	name, _, _ := difference(live, after)
	return name == "" && live.Owner == after.Owner &&
		live.Code.ID() == after.Code.ID() && live.Code.Mode == after.Code.Mode &&
		live.Generation == max(1, after.Generation) && live.Protect == after.Protect
}

// difference names a field that is not as a change leaves it; "" for none. What
// workers fill in themselves may be there beside.
func difference(live, after *state.Component) (name string, have, want any) {
	for _, name := range slices.Sorted(maps.Keys(after.Fields)) {
		if have, want := live.Fields[name], after.Fields[name]; !state.Equal(have, want) {
			return name, have, want
		}
	}
	for _, name := range slices.Sorted(maps.Keys(live.Fields)) {
		field, _ := fields.Named(fields.Kind(live.Kind), name)
		if _, wanted := after.Fields[name]; !wanted && !field.Derived {
			return name, live.Fields[name], nil
		}
	}
	return "", nil, nil
}

// inputs fills in which topics and patterns a component reads: the keys of its
// inputSpecs, by which workers return both.
func inputs(c *state.Component, config map[string]any) {
	specs, _ := config["inputSpecs"].(map[string]any)
	var topics, patterns []string
	for key, s := range specs {
		if spec, ok := s.(map[string]any); ok && spec["regexPattern"] == true {
			patterns = append(patterns, fullName(key))
		} else {
			topics = append(topics, key)
		}
	}
	c.Fields["inputs"] = state.SortedTexts(topics)
	delete(c.Fields, "topicsPattern")
	if len(patterns) > 0 {
		c.Fields["topicsPattern"] = state.SortedTexts(patterns)
	}
}

// inputSpecs are the settings of all inputs, which an update wants in full.
func inputSpecs(c *state.Component) map[string]any {
	specs := map[string]any{}
	special, _ := c.Fields["inputSpecs"].(map[string]any)
	for _, t := range c.Inputs() {
		specs[t] = map[string]any{}
		if s, ok := special[t]; ok {
			specs[t] = s
		}
	}
	for _, p := range c.Patterns() {
		spec := map[string]any{"regexPattern": true}
		if s, ok := special[p].(map[string]any); ok {
			maps.Copy(spec, s)
		}
		specs[p] = spec
	}
	return specs
}

// specialInputs returns the settings of inputs that are not the defaults, nil if there are none.
func specialInputs(config map[string]any) map[string]any {
	out := map[string]any{}
	specs, _ := config["inputSpecs"].(map[string]any)
	for topic, s := range specs {
		rest, _ := beyond(s, defaultSpec).(map[string]any)
		delete(rest, "regexPattern")
		if len(rest) > 0 {
			out[fullName(topic)] = rest
		}
	}
	return out
}

// topicsInFull brings the topics of a config that others wrote into full names.
func topicsInFull(f map[string]any) {
	for _, name := range state.TopicFields {
		if t, ok := f[name].(string); ok {
			f[name] = fullName(t)
		}
	}
	if window, ok := f["windowConfig"].(map[string]any); ok {
		if t, ok := window["lateDataTopic"].(string); ok {
			window["lateDataTopic"] = fullName(t)
		}
	}
	names, reads := f["inputs"].([]any)
	if !reads {
		return
	}
	var all []string
	for _, t := range names {
		all = append(all, fullName(t.(string)))
	}
	f["inputs"] = state.SortedTexts(all)
}

// fullName completes a topic as Pulsar does (TopicName): a short name is in
// public/default, whatever the function's own namespace.
func fullName(topic string) string {
	switch {
	case strings.Contains(topic, "://"):
		return topic
	case strings.Count(topic, "/") == 2:
		return "persistent://" + topic
	default:
		return "persistent://public/default/" + topic
	}
}

func setOrDelete(m map[string]any, name string, v map[string]any) {
	if len(v) == 0 {
		delete(m, name)
	} else {
		m[name] = v
	}
}

// beyond returns what a value holds beside its default, nil if that is nothing.
func beyond(v, standard any) any {
	m, ok := v.(map[string]any)
	if !ok {
		if reflect.DeepEqual(v, standard) {
			return nil
		}
		return v
	}
	defaults, _ := standard.(map[string]any)
	rest := map[string]any{}
	for k, e := range m {
		if !reflect.DeepEqual(e, defaults[k]) {
			rest[k] = e
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return rest
}
