package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var embedded = lint.Rule{
	Code: diag.NotJSON,
	Doc:  "Finds texts that have to be JSON objects and are none. Workers refuse those with schemas; others they store unseen, and instances fail over them.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			c := n.Base()
			for _, e := range known(c.Fields.Get("customSchemaInputs")) {
				schemaInput(p, n, e)
			}
			if f, ok := n.(*mesh.Function); ok && f.Output != nil {
				for _, e := range known(c.Fields.Get("customSchemaOutputs")) {
					schemaOutput(p, f, e)
				}
			}
			if e, ok := entry(c.Fields, "transformFunctionConfig"); ok && !braced(e.Value.Text()) && e.Value.Text() != "" {
				warn(p, e.Span(), "`transformFunctionConfig` is no JSON object. Workers store it unseen, and instances cannot read it as the settings of the function.",
					"Write a JSON object: `transformFunctionConfig: '{\"minLength\": 3}'`.")
			}
			if e, ok := entry(c.Fields, "customRuntimeOptions"); ok && e.Value.Text() != "" && object(e.Value.Text()) == nil {
				warn(p, e.Span(), "`customRuntimeOptions` is no JSON object. Workers on Kubernetes read it as one, and meshc keeps its marker in it.",
					"Write a JSON object: `customRuntimeOptions: '{\"jobNamespace\": \"orders\"}'`.")
			}
		}
	},
}

// schemaInput is what FunctionConfigUtils does with an entry of customSchemaInputs.
func schemaInput(p *lint.Pass, n mesh.Node, e mesh.Entry) {
	text, ok := e.Value.Data.(string)
	if !ok {
		return
	}
	config := object(text)
	answer := fmt.Sprintf("Incorrect custom schema inputs,Topic %s", e.Key)
	if runtime(n) == fields.Java {
		answer = fmt.Sprintf("Topic %s has an incorrect schema Info", e.Key)
	}
	switch {
	case config == nil:
		refuse(p, e.Span(), fmt.Sprintf("The settings of the input `%s` are no JSON object.", e.Key), answer,
			fmt.Sprintf("Use `inputSpecs: {%s: {schemaType: STRING}}`, or write JSON: '{\"schemaType\": \"STRING\"}'.", e.Key))
	case config["schemaType"] == nil:
		refuse(p, e.Span(), fmt.Sprintf("The settings of the input `%s` name no `schemaType`.", e.Key), "", "Add `schemaType`, or use `inputSpecs`, where it may be absent.")
	}
}

// schemaOutput looks at an entry of customSchemaOutputs, of which workers use the
// output's own.
func schemaOutput(p *lint.Pass, f *mesh.Function, e mesh.Entry) {
	text, ok := e.Value.Data.(string)
	full, short := f.Output.Topic.Name, p.Short(f.Output.Topic)
	switch {
	case !ok:
	case e.Key != full && e.Key != short && e.Key != strings.TrimPrefix(full, "persistent://"):
		warn(p, e.KeySpan, fmt.Sprintf("`%s` is not the output of the function, so that workers pass this entry over.", e.Key), fmt.Sprintf("Name the output, `%s`, or remove the entry.", short))
	case object(text) == nil:
		refuse(p, e.Span(), fmt.Sprintf("The settings of the output `%s` are no JSON object.", e.Key), fmt.Sprintf("Incorrect custom schema outputs,Topic %s", e.Key),
			"Write a JSON object: '{\"schemaProperties\": {\"a\": \"b\"}}'.")
	}
}

// object reads a JSON object; nil for all else. What comes behind it is passed
// over, as Jackson does.
func object(text string) map[string]any {
	var v map[string]any
	if json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&v) != nil {
		return nil
	}
	return v
}

// braced tells whether a text may be an object for Gson, which is not strict.
func braced(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}")
}
