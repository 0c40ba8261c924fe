package functionmesh

import (
	"strings"
	"sync"

	"github.com/meshc/meshc/schema/fields"
)

// row says which field of a mesh's node a field of a resource is.
type row struct {
	// name is the resource's, of those directly under spec.
	name string
	// kinds are the first letters of the kinds that have the field: Function, Source, sinK.
	kinds string
	// field is the node's field, or "kubernetes." and a field of that block. It is
	// empty for fields that are converted by code of their own.
	field string
	// convert changes a value on the way; nil keeps it.
	convert *conversion
}

// conversion changes texts from the resource's form to the mesh's and back.
type conversion struct{ read, write func(string) string }

var position = &conversion{
	func(s string) string {
		if s == "" {
			return s
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}, strings.ToLower,
}

// rows are the fields under spec, in the order in which they are written.
var rows = []row{
	{name: "name", kinds: "FSK"},
	{name: "className", kinds: "FSK", field: "className"},
	{name: "tenant", kinds: "FSK"},
	{name: "namespace", kinds: "FSK"},
	{name: "clusterName", kinds: "FSK", field: "kubernetes.clusterName"},
	{name: "replicas", kinds: "FSK"},
	{name: "minReplicas", kinds: "FSK", field: "kubernetes.minReplicas"},
	{name: "maxReplicas", kinds: "FSK", field: "kubernetes.maxReplicas"},
	{name: "showPreciseParallelism", kinds: "FSK", field: "kubernetes.showPreciseParallelism"},
	{name: "input", kinds: "FK"},
	{name: "output", kinds: "FS"},
	{name: "sourceType", kinds: "S"},
	{name: "sinkType", kinds: "K"},
	{name: "sourceConfig", kinds: "F", field: "kubernetes.sourceConfig"},
	{name: "sinkConfig", kinds: "F", field: "kubernetes.sinkConfig"},
	{name: "sourceConfig", kinds: "S", field: "configs"},
	{name: "sinkConfig", kinds: "K", field: "configs"},
	{name: "batchSourceConfig", kinds: "S", field: "batchSourceConfig"},
	{name: "funcConfig", kinds: "F", field: "userConfig"},
	{name: "windowConfig", kinds: "F"},
	{name: "secretsMap", kinds: "FSK"},
	{name: "processingGuarantee", kinds: "FSK"},
	{name: "autoAck", kinds: "FK", field: "autoAck"},
	{name: "retainOrdering", kinds: "FK", field: "retainOrdering"},
	{name: "retainKeyOrdering", kinds: "FK", field: "retainKeyOrdering"},
	{name: "subscriptionName", kinds: "F", field: "subName"},
	{name: "subscriptionName", kinds: "K", field: "sourceSubscriptionName"},
	{name: "subscriptionPosition", kinds: "F", field: "subscriptionPosition", convert: position},
	{name: "subscriptionPosition", kinds: "K", field: "sourceSubscriptionPosition", convert: position},
	{name: "skipToLatest", kinds: "F", field: "skipToLatest"},
	{name: "cleanupSubscription", kinds: "FK", field: "cleanupSubscription"},
	{name: "timeout", kinds: "FK", field: "timeoutMs"},
	{name: "negativeAckRedeliveryDelayMs", kinds: "K", field: "negativeAckRedeliveryDelayMs"},
	{name: "maxMessageRetry", kinds: "FK"},
	{name: "deadLetterTopic", kinds: "FK", field: "deadLetterTopic"},
	{name: "forwardSourceMessageProperty", kinds: "F", field: "forwardSourceMessageProperty"},
	{name: "forwardSourceMessageProperty", kinds: "S", field: "kubernetes.forwardSourceMessageProperty"},
	{name: "maxPendingAsyncRequests", kinds: "F", field: "maxPendingAsyncRequests"},
	{name: "logTopic", kinds: "FSK", field: "logTopic"},
	{name: "logTopicAgent", kinds: "FSK", field: "kubernetes.logTopicAgent"},
	{name: "filebeatImage", kinds: "FSK", field: "kubernetes.filebeatImage"},
	{name: "runtimeFlags", kinds: "FSK", field: "runtimeFlags"},
	{name: "java", kinds: "FSK"},
	{name: "python", kinds: "FSK"},
	{name: "golang", kinds: "FSK"},
	{name: "genericRuntime", kinds: "FSK"},
	{name: "image", kinds: "FSK", field: "kubernetes.image"},
	{name: "imagePullPolicy", kinds: "FSK", field: "kubernetes.imagePullPolicy"},
	{name: "imageHasPulsarctl", kinds: "FSK", field: "kubernetes.imageHasPulsarctl"},
	{name: "imageHasGet", kinds: "FSK", field: "kubernetes.imageHasGet"},
	{name: "downloaderImage", kinds: "FSK", field: "kubernetes.downloaderImage"},
	{name: "cleanupImage", kinds: "FSK", field: "kubernetes.cleanupImage"},
	{name: "pulsar", kinds: "FSK"},
	{name: "pulsarPackageService", kinds: "FSK", field: "kubernetes.pulsarPackageService"},
	{name: "statefulConfig", kinds: "FSK", field: "kubernetes.statefulConfig"},
	{name: "resources", kinds: "FSK"},
	{name: "volumeMounts", kinds: "FSK", field: "kubernetes.volumeMounts"},
	{name: "volumeClaimTemplates", kinds: "F", field: "kubernetes.volumeClaimTemplates"},
	{name: "persistentVolumeClaimRetentionPolicy", kinds: "F", field: "kubernetes.persistentVolumeClaimRetentionPolicy"},
	{name: "pod", kinds: "FSK", field: "kubernetes.pod"},
}

// letters are the kinds in the table.
var letters = map[fields.Kind]string{fields.Function: "F", fields.Source: "S", fields.Sink: "K"}

// rowsOf gives the rows of a kind.
func rowsOf(kind fields.Kind) []row { return rowsByKind()[kind] }

var rowsByKind = sync.OnceValue(func() map[fields.Kind][]row {
	out := map[fields.Kind][]row{}
	for kind, letter := range letters {
		for _, r := range rows {
			if strings.Contains(r.kinds, letter) {
				out[kind] = append(out[kind], r)
			}
		}
	}
	return out
})

func rowNamed(kind fields.Kind, name string) (row, bool) {
	for _, r := range rowsOf(kind) {
		if r.name == name {
			return r, true
		}
	}
	return row{}, false
}

// pulsarFields are those of the block `pulsar`, all of `kubernetes:`.
var pulsarFields = []string{"pulsarConfig", "authSecret", "tlsSecret", "tlsConfig", "authConfig", "cleanupAuthConfig"}

// producerFields are those of output.producerConf but for cryptoConfig; they have Pulsar's names.
var producerFields = []string{"maxPendingMessages", "maxPendingMessagesAcrossPartitions", "useThreadLocalProducers", "batchBuilder", "compressionType"}

// cryptoFields are those of cryptoConfig but for cryptoSecrets; they have Pulsar's names.
var cryptoFields = []string{"cryptoKeyReaderClassName", "cryptoKeyReaderConfig", "encryptionKeys", "producerCryptoFailureAction", "consumerCryptoFailureAction"}

// pair is a name of the resource and Pulsar's.
type pair struct{ resource, pulsar string }

// specFields are those of input.sourceSpecs but for cryptoConfig.
var specFields = []pair{
	{"schemaType", "schemaType"}, {"serdeClassname", "serdeClassName"}, {"isRegexPattern", "regexPattern"},
	{"schemaProperties", "schemaProperties"}, {"consumerProperties", "consumerProperties"}, {"receiverQueueSize", "receiverQueueSize"},
}

// windowFields are those of windowConfig that are the same in Pulsar.
var windowFields = []string{
	"windowLengthCount", "windowLengthDurationMs", "slidingIntervalCount", "slidingIntervalDurationMs", "lateDataTopic", "maxLagMs",
	"watermarkEmitIntervalMs", "timestampExtractorClassName",
}

// lengths are the fields of windowConfig that intervals are by default.
var lengths = map[string]string{"slidingIntervalCount": "windowLengthCount", "slidingIntervalDurationMs": "windowLengthDurationMs"}

// block is the part of a resource that says where code of a language is.
type block struct {
	name, path, location string
	runtime              fields.Runtime
	// key is the field of a function's node.
	key string
	// rest are its other fields.
	rest []string
}

var blocks = []block{
	{"java", "jar", "jarLocation", fields.Java, "jar", []string{"extraDependenciesDir", "log", "javaOpts", "instancePath", "entryClass"}},
	{"python", "py", "pyLocation", fields.Python, "py", []string{"log"}},
	{"golang", "go", "goLocation", fields.Go, "go", []string{"log"}},
}
