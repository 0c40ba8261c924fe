package view

import (
	"maps"
	"slices"
	"strconv"

	"github.com/meshc/meshc/planner/state"
)

// leading are the fields of a new function that people look for, in the order
// in which they are shown; the rest follows by name.
var leading = []string{"className", "archive", "runtime", "inputs", "output", "topicName", "logTopic", "parallelism", "configs"}

// usual are values that go without saying for a new function: meshc sets them
// for all, or they are Pulsar's own defaults.
var usual = map[string]any{
	"cleanupSubscription": false, "autoAck": true, "retainOrdering": false, "retainKeyOrdering": false,
	"forwardSourceMessageProperty": true, "skipToLatest": false,
	"processingGuarantees": "ATLEAST_ONCE", "subscriptionPosition": "Latest", "sourceSubscriptionPosition": "Latest",
	"producerConfig": map[string]any{"useThreadLocalProducers": false, "batchBuilder": "", "compressionType": "LZ4"},
	"resources":      map[string]any{"cpu": 1.0, "ram": float64(1 << 30), "disk": float64(10 << 30)},
}

// usualSpec are such values of a resource of Kubernetes.
var usualSpec = map[string]any{
	"autoAck": true, "cleanupSubscription": false, "clusterName": "kubernetes", "forwardSourceMessageProperty": true,
	"maxPendingAsyncRequests": 1000.0, "minReplicas": 1.0, "processingGuarantee": "atleast_once", "subscriptionPosition": "latest",
}

// created tells what is worth knowing of a new resource.
func created(r state.Resource) (fields []Field, notes []string) {
	switch r := r.(type) {
	case *state.Topic:
		if r.Partitions > 0 {
			notes = append(notes, plural(r.Partitions, "partition"))
		}
	case *state.Schema:
		notes = append(notes, r.Type)
		if r.From != "" {
			notes = append(notes, "as "+r.From+" uses it")
		}
	case *state.Policies:
		for _, name := range r.Names() {
			fields = append(fields, Field{Field: name, After: r.Values[name]})
		}
	case *state.Subscription:
		if r.Position != "" {
			notes = append(notes, "from "+r.Position)
		}
	case *state.Package:
		notes = append(notes, r.Path, Bytes(r.Size))
	case *state.Component:
		fields = ComponentFields(r)
	}
	return fields, notes
}

// ComponentFields are the settings of a component that are worth showing, in the
// order in which people look for them; what goes without saying is left out.
func ComponentFields(f *state.Component) []Field {
	var out []Field
	if sha := f.Code.SHA256; sha != "" {
		code := "sha256:" + sha[:min(shortHash, len(sha))]
		if f.Code.Path != "" {
			code = f.Code.Path + " (" + code + ")"
		}
		out = append(out, Field{Field: "code", After: code})
	}
	if spec, ok := f.Fields["spec"].(map[string]any); ok {
		// A resource of Kubernetes tells all else as well.
		for _, n := range slices.Sorted(maps.Keys(spec)) {
			if !empty(spec[n]) && !state.Equal(spec[n], usualSpec[n]) {
				out = append(out, Field{Field: "spec." + n, After: spec[n]})
			}
		}
		return out
	}
	names := slices.Clone(leading)
	for _, n := range slices.Sorted(maps.Keys(f.Fields)) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	for _, n := range names {
		v := f.Fields[n]
		if v == nil || state.Equal(v, usual[n]) || empty(v) || (n == "subName" || n == "sourceSubscriptionName") && v == f.FullName() {
			continue
		}
		out = append(out, Field{Field: n, After: v})
	}
	return out
}

func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}

func itoa(n int) string { return strconv.Itoa(n) }

// Bytes writes a number of bytes for people.
func Bytes(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 1000*1000:
		return strconv.FormatFloat(float64(n)/1000, 'f', 1, 64) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1000/1000, 'f', 1, 64) + " MB"
}
