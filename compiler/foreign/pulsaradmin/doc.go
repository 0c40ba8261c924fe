// Package pulsaradmin reads and writes the files of
// `pulsar-admin functions|sources|sinks create --function-config-file`,
// `--source-config-file` and `--sink-config-file`: a FunctionConfig, SourceConfig
// or SinkConfig of Pulsar as YAML or JSON. Their fields are those of nodes, so that
// little has to be changed on the way.
package pulsaradmin

import (
	"slices"

	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// meshKeys are the lists that make a file a mesh.
var meshKeys = []string{"functions", "functionInfos", "sources", "sinks", "topics"}

// telling are keys of components that nobody writes at the top of a mesh file,
// not even by a slip.
var telling = []string{
	"className", "archive", "inputs", "topicsPattern", "inputSpecs", "customSerdeInputs", "customSchemaInputs",
	"topicToSerdeClassName", "topicToSchemaType", "output", "topicName", "py", "go", "functionType", "sourceType", "sinkType",
	"userConfig", "configs", "batchSourceConfig", "windowConfig", "fqfn",
}

// Is tells whether a document is the config of one component: it has keys of a
// component at its top and none of the lists of a mesh.
func Is(doc *syntax.Document) bool {
	if doc.Root == nil || doc.Root.Kind != syntax.Mapping || doc.Root.Get("apiVersion") != nil {
		return false
	}
	found := false
	for _, p := range doc.Root.Pairs {
		if slices.Contains(meshKeys, p.Key.Value) {
			return false
		}
		found = found || slices.Contains(telling, p.Key.Value)
	}
	return found
}

// Kind tells of which kind a component is: of that which knows most of its keys.
// What could be several is a connector if it has an archive, else a function; a
// connector without inputs is a source.
func Kind(root *syntax.Node) fields.Kind {
	best, most := fields.Function, 0
	order := []fields.Kind{fields.Function, fields.Sink, fields.Source}
	if root.Get("archive") != nil || root.Get("configs") != nil {
		order = []fields.Kind{fields.Source, fields.Sink, fields.Function}
	}
	for _, kind := range order {
		known := 0
		for _, p := range root.Pairs {
			if f, ok := fields.Named(kind, p.Key.Value); ok && !p.Value.IsNull() && pulsars(f) {
				known++
			}
		}
		if known > most {
			best, most = kind, known
		}
	}
	return best
}

// pulsars tells whether a field is one of Pulsar's config classes.
func pulsars(f fields.Field) bool {
	return f.Below != fields.Lifecycle && f.Below != fields.Kubernetes
}
