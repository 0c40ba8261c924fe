package main

// kind is a custom resource definition.
type kind struct {
	name, plural, singular string
	keepsUnknown, scale    bool
	spec, status           schema
}

// kinds returns the five of Function Mesh.
func kinds() []kind {
	component := func(name, plural, singular string, spec schema) kind {
		return kind{name, plural, singular, true, true, spec, componentStatus}
	}
	return []kind{
		{name: "FunctionMesh", plural: "functionmeshes", singular: "functionmesh", spec: meshSpec, status: meshStatus},
		component("Function", "functions", "function", functionSpec),
		component("Source", "sources", "source", sourceSpec),
		component("Sink", "sinks", "sink", sinkSpec),
		// Its scale subresource names a field that it does not have, as upstream.
		{"BackendConfig", "backendconfigs", "backendconfig", true, true, backendConfigSpec, schema{"type": "object"}},
	}
}

var meshSpec = object(fields{
	"functions": list(functionSpec),
	"sources":   list(sourceSpec),
	"sinks":     list(sinkSpec),
})

var condition = object(fields{"condition": text, "status": text, "action": text})

var meshStatus = object(fields{
	"condition":          condition,
	"functionConditions": mapOf(condition),
	"sourceConditions":   mapOf(condition),
	"sinkConditions":     mapOf(condition),
	"observedGeneration": int64s,
})

var componentStatus = object(fields{
	"conditions":                      mapOf(condition),
	"replicas":                        int32s,
	"selector":                        text,
	"observedGeneration":              int64s,
	"pendingChange":                   text,
	"globalBackendConfigRevision":     text,
	"namespacedBackendConfigRevision": text,
}, "conditions", "replicas", "selector")

var backendConfigSpec = object(fields{
	"name":       text,
	"env":        mapOf(text),
	"pod":        podPolicy,
	"autoUpdate": boolean,
})

// common is what functions, sources and sinks share.
var common = fields{
	"name":                   text,
	"className":              text,
	"tenant":                 text,
	"namespace":              text,
	"clusterName":            text,
	"replicas":               replicas,
	"minReplicas":            with(replicas, "default", 1),
	"maxReplicas":            int32s,
	"showPreciseParallelism": boolean,
	"secretsMap":             mapOf(object(fields{"path": text, "key": text})),
	"processingGuarantee":    enum("atleast_once", "atmost_once", "effectively_once", "manual"),
	"logTopic":               text,
	"logTopicAgent":          enum("runtime", "sidecar"),
	"filebeatImage":          text,
	"resources":              resources,
	"volumeMounts":           list(volumeMount),
	"statefulConfig":         statefulConfig,
	"runtimeFlags":           text,
	"java":                   javaRuntime,
	"python":                 pythonRuntime,
	"golang":                 goRuntime,
	"genericRuntime":         genericRuntime,
	"image":                  text,
	"imagePullPolicy":        text,
	"imageHasPulsarctl":      boolean,
	"imageHasGet":            boolean,
	"downloaderImage":        text,
	"cleanupImage":           text,
	"pulsar":                 pulsarMessaging,
	"pulsarPackageService":   pulsarMessaging,
	"pod":                    podPolicy,
}

// reading is what functions and sinks have for their inputs.
var reading = fields{
	"input":                input,
	"autoAck":              boolean,
	"retainOrdering":       boolean,
	"retainKeyOrdering":    boolean,
	"subscriptionName":     text,
	"subscriptionPosition": enum("latest", "earliest"),
	"cleanupSubscription":  boolean,
	"timeout":              int32s,
	"maxMessageRetry":      int32s,
	"deadLetterTopic":      text,
}

// writing is what functions and sources have for their output.
var writing = fields{
	"output":                       output,
	"forwardSourceMessageProperty": boolean,
}

var functionSpec = object(common.and(reading).and(writing).and(fields{
	"funcConfig":              open,
	"windowConfig":            windowConfig,
	"sourceConfig":            sourceConnector,
	"sinkConfig":              sinkConnector,
	"skipToLatest":            boolean,
	"maxPendingAsyncRequests": int32s,
	"volumeClaimTemplates":    coreList,
	"persistentVolumeClaimRetentionPolicy": object(fields{
		"whenDeleted": text, "whenScaled": text,
	}),
}))

var sourceSpec = object(common.and(writing).and(fields{
	"sourceType":        text,
	"sourceConfig":      open,
	"batchSourceConfig": batchSource,
}))

var sinkSpec = object(common.and(reading).and(fields{
	"sinkType":                     text,
	"sinkConfig":                   open,
	"negativeAckRedeliveryDelayMs": int32s,
}))
