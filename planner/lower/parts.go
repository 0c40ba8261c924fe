package lower

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// stores tells whether workers keep a field of a node at all. What is never given
// back and never read is as good as not given.
func stores(n mesh.Node, field fields.Field) bool {
	f, ok := n.(*mesh.Function)
	return !ok || !field.Hidden || !slices.Contains(field.Ignored, f.Runtime)
}

// builtin gives the location of code that the workers have, which is all of it that
// they give back.
func builtin(c mesh.Code) any {
	if _, ok := mesh.Builtin(c.Location); ok {
		return c.Location
	}
	return nil
}

// patterns lists the inputs by regular expression, nil for none.
func patterns(all []mesh.Pattern) any {
	var texts []string
	for _, p := range all {
		texts = append(texts, p.Text)
	}
	if len(texts) == 0 {
		return nil
	}
	return state.SortedTexts(texts)
}

// acknowledges tells what is read back as autoAck. Workers turn it off for windows
// (FunctionConfigUtils.convert).
func acknowledges(given *mesh.Value) bool {
	if v := given.Get("autoAck"); v.Known() && v.Data == false {
		return false
	}
	return !given.Get("windowConfig").Known()
}

// options are the keys of customRuntimeOptions, nil for none; of a text that is no
// object NoRoom tells.
func options(given *mesh.Value) any {
	all, _ := userOptions(given.Get("customRuntimeOptions").Text())
	if len(all) == 0 {
		return nil
	}
	return all
}

// userOptions reads the text of customRuntimeOptions; ok is false where it is no
// JSON object.
func userOptions(text string) (all map[string]any, ok bool) {
	if text == "" {
		return nil, true
	}
	return all, json.Unmarshal([]byte(text), &all) == nil && all != nil
}

// producer is the producerConfig with what another field says of it, nil where
// neither is given. At its creation a component takes the other field's word
// (FunctionConfigUtils.convert, SourceConfigUtils.convert), and no update reads it.
func producer(n mesh.Node) any {
	given := n.Base().Fields
	field, ok := fields.Named(n.Kind(), "producerConfig")
	builder := given.Get("batchBuilder").Text()
	if !ok || builder == "" {
		return nil
	}
	config, ok := asGiven(field, given.Get("producerConfig")).(map[string]any)
	if !ok {
		config = asGiven(field, &mesh.Value{Shape: mesh.Mapping}).(map[string]any)
	}
	config["batchBuilder"] = builder
	return config
}

// schemaOutput is what customSchemaOutputs says of the function's own output, under
// its full name; workers use no more of it.
func (l *lowerer) schemaOutput(f *mesh.Function) any {
	if f.Output == nil {
		return nil
	}
	full := f.Output.Topic.Name
	for _, key := range []string{full, strings.TrimPrefix(full, "persistent://"), l.mesh.Short(f.Output.Topic)} {
		if text := f.Fields.Get("customSchemaOutputs").Get(key).Text(); text != "" {
			return map[string]any{full: text}
		}
	}
	return nil
}

// window is the windowConfig as workers complete it
// (WindowConfigUtils.inferMissingArguments), nil for none.
func window(f *mesh.Function) any {
	field, _ := fields.Named(fields.Function, "windowConfig")
	config, ok := state.Canonical(asGiven(field, f.Fields.Get(field.Name))).(map[string]any)
	if !ok {
		return nil
	}
	for sliding, length := range map[string]string{"slidingIntervalCount": "windowLengthCount", "slidingIntervalDurationMs": "windowLengthDurationMs"} {
		if config[sliding] == nil && config[length] != nil {
			config[sliding] = config[length]
		}
	}
	if config["timestampExtractorClassName"] != nil {
		for name, unset := range map[string]float64{"maxLagMs": 0, "watermarkEmitIntervalMs": 1000} {
			if config[name] == nil {
				config[name] = unset
			}
		}
	}
	if f.LateData != nil {
		config["lateDataTopic"] = f.LateData.Topic.Name
	}
	return config
}
