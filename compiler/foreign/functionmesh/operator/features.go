package operator

import (
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/meshc/meshc/schema/fields"
)

// Features say which fields of functions, sources and sinks an operator knows. The
// API server drops others without a word. The zero value stands for [Newest].
type Features struct {
	schemas map[fields.Kind]*Schema
	// version is that of OfVersion; cluster tells that a definition in a cluster was read.
	version string
	cluster bool
}

//go:embed shapes.txt
var shapesText string

var newest = sync.OnceValue(func() map[fields.Kind]*Schema {
	all, err := parseShapes(shapesText)
	if err != nil {
		panic(err) // a test reads it as well
	}
	return map[fields.Kind]*Schema{fields.Function: all["function"], fields.Source: all["source"], fields.Sink: all["sink"]}
})

// Known tells that the features were said or read, and are not the zero value.
func (f Features) Known() bool { return f.schemas != nil }

// Same tells that two features are certainly the same; those that were read or said
// one by one count as different.
func (f Features) Same(as Features) bool {
	return f.version == as.version && f.cluster == as.cluster && reflect.ValueOf(f.schemas).Pointer() == reflect.ValueOf(as.schemas).Pointer()
}

// Newest gives the fields of the newest operator that meshc knows: those of the
// definitions of version 0.27.2 and of what came right after.
func Newest() Features { return Features{schemas: newest()} }

// arrival is the version of the operator that a field came with.
type arrival struct {
	kinds string // the first letters of Function, Source, sinK
	path  string
	minor int
}

// arrivals are those that the operator's change log tells of, from 0.12 on; 28
// stands for what came after 0.27.2.
var arrivals = []arrival{
	{"FSK", "showPreciseParallelism", 12},
	{"F", "volumeClaimTemplates", 12},
	{"FSK", "pulsar.authConfig.genericAuth", 13},
	{"F", "persistentVolumeClaimRetentionPolicy", 14},
	{"FSK", "java.log.javaLog4JConfigFileType", 15},
	{"FSK", "logTopicAgent", 16},
	{"FSK", "filebeatImage", 16},
	{"F", "genericRuntime", 18},
	{"F", "windowConfig.processingGuarantees", 24},
	{"FSK", "pod.disableDefaultAffinity", 25},
	{"F", "sourceConfig", 26},
	{"F", "sinkConfig", 26},
	{"FSK", "pulsarPackageService", 27},
	{"FSK", "pod.startupProbe", 28},
}

const firstMinor, lastMinor = 12, 28

var letters = map[fields.Kind]string{fields.Function: "F", fields.Source: "S", fields.Sink: "K"}

// Versions names the versions that [OfVersion] takes, oldest first.
func Versions() []string {
	var out []string
	for minor := firstMinor; minor < lastMinor; minor++ {
		out = append(out, "0."+strconv.Itoa(minor))
	}
	return out
}

// OfVersion gives the fields of a version of the operator, 0.27 or 0.27.2 say. A
// version before 0.12 is an error; one that is newer than meshc knows counts as the
// newest.
func OfVersion(version string) (Features, error) {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	var numbers []int
	for _, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return Features{}, fmt.Errorf("%q is no version of the operator, such as 0.27 or 0.27.2", version)
		}
		numbers = append(numbers, n)
	}
	if len(numbers) < 2 || len(numbers) > 3 {
		return Features{}, fmt.Errorf("%q is no version of the operator, such as 0.27 or 0.27.2", version)
	}
	major, minor := numbers[0], numbers[1]
	if major == 0 && minor < firstMinor {
		return Features{}, fmt.Errorf("meshc knows operators from 0.%d on, and not %s", firstMinor, version)
	}
	out := Features{schemas: map[fields.Kind]*Schema{}, version: strings.TrimPrefix(version, "v")}
	for kind, s := range newest() {
		for _, a := range arrivals {
			if major > 0 || minor >= a.minor || !strings.Contains(a.kinds, letters[kind]) {
				continue
			}
			if minor == 23 && a.path == "windowConfig.processingGuarantees" {
				s = s.renamed("windowConfig", "processingGuarantees", "processingGuarantee")
				continue
			}
			s = s.without(a.path)
		}
		out.schemas[kind] = s
	}
	return out, nil
}

// FromDefinitions reads the fields from the definitions (CustomResourceDefinition
// objects as JSON decodes them) of a cluster: of functions, sources and sinks, and
// of functionmeshes, whose lists hold the same. Others, and nil for one that could
// not be read, are passed over. Where both
// are given, that of functionmeshes is taken for mesh, else the other. What no
// definition tells of counts as the newest.
func FromDefinitions(definitions []map[string]any, mesh bool) (Features, error) {
	out := Features{schemas: map[fields.Kind]*Schema{}, cluster: true}
	lists := map[fields.Kind]*Schema{}
	for _, d := range definitions {
		kind, _ := at(d, "spec", "names", "kind").(string)
		if !slices.Contains([]string{"Function", "Source", "Sink", "FunctionMesh"}, kind) {
			continue
		}
		spec, err := specOf(d)
		if err != nil {
			return out, fmt.Errorf("the definition of %s cannot be read: %w", kind, err)
		}
		switch kind {
		case "Function":
			out.schemas[fields.Function] = spec
		case "Source":
			out.schemas[fields.Source] = spec
		case "Sink":
			out.schemas[fields.Sink] = spec
		case "FunctionMesh":
			for kind, key := range map[fields.Kind]string{fields.Function: "functions", fields.Source: "sources", fields.Sink: "sinks"} {
				if items := spec.At(key + "[]"); items != nil {
					lists[kind] = items
				}
			}
		}
	}
	for kind, s := range newest() {
		if lists[kind] != nil && (mesh || out.schemas[kind] == nil) {
			out.schemas[kind] = lists[kind]
		}
		if out.schemas[kind] == nil {
			out.schemas[kind] = s
		}
	}
	return out, nil
}

// specOf gives the schema of the spec in the version that meshc writes.
func specOf(definition map[string]any) (*Schema, error) {
	versions, _ := at(definition, "spec", "versions").([]any)
	for _, v := range versions {
		m, _ := v.(map[string]any)
		if m["name"] == "v1alpha1" {
			return openAPI(at(m, "schema", "openAPIV3Schema", "properties", "spec"), 0)
		}
	}
	return nil, fmt.Errorf("it has no version v1alpha1")
}

func at(v any, path ...string) any {
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// Schema gives the fields under `spec` of a function, source or sink.
func (f Features) Schema(kind fields.Kind) *Schema {
	if s := f.schemas[kind]; s != nil {
		return s
	}
	return newest()[kind]
}

// Has tells whether a kind has the field at a path, as "pod.startupProbe".
func (f Features) Has(kind fields.Kind, path string) bool { return f.Schema(kind).At(path) != nil }

// Kinds are those whose resources have fields of Pulsar.
func Kinds() []fields.Kind { return []fields.Kind{fields.Function, fields.Source, fields.Sink} }

// since tells which version brought a field; empty for one that all have, or none.
func since(kind fields.Kind, path string) string {
	i := slices.IndexFunc(arrivals, func(a arrival) bool {
		return (path == a.path || strings.HasPrefix(path, a.path+".")) && strings.Contains(a.kinds, letters[kind])
	})
	switch {
	case i < 0:
		return ""
	case arrivals[i].minor == lastMinor:
		return "the version after 0.27.2"
	}
	return "0." + strconv.Itoa(arrivals[i].minor)
}

// who names the operator in sentences.
func (f Features) who() string {
	switch {
	case f.cluster:
		return "the definition in the cluster"
	case f.version != "":
		return "the operator " + f.version
	}
	return "the operator"
}
