package main

var input = object(fields{
	"topics":              list(text),
	"topicPattern":        text,
	"typeClassName":       text,
	"customSerdeSources":  mapOf(text),
	"customSchemaSources": mapOf(text),
	"sourceSpecs": mapOf(object(fields{
		"schemaType":         text,
		"serdeClassname":     text,
		"isRegexPattern":     boolean,
		"schemaProperties":   mapOf(text),
		"consumerProperties": mapOf(text),
		"receiverQueueSize":  int32s,
		"cryptoConfig":       crypto,
	})),
})

var output = object(fields{
	"topic":              text,
	"typeClassName":      text,
	"sinkSerdeClassName": text,
	"sinkSchemaType":     text,
	"customSchemaSinks":  mapOf(text),
	"producerConf": object(fields{
		"maxPendingMessages":                 int32s,
		"maxPendingMessagesAcrossPartitions": int32s,
		"useThreadLocalProducers":            boolean,
		"batchBuilder":                       text,
		"compressionType":                    enum("NONE", "LZ4", "ZLIB", "ZSTD", "SNAPPY"),
		"cryptoConfig":                       crypto,
	}),
})

var crypto = object(fields{
	"cryptoKeyReaderClassName":    text,
	"cryptoKeyReaderConfig":       mapOf(text),
	"encryptionKeys":              list(text),
	"producerCryptoFailureAction": text,
	"consumerCryptoFailureAction": text,
	"cryptoSecrets": list(object(fields{
		"secretName": text, "secretKey": text, "asVolume": text,
	}, "secretName", "secretKey")),
})

var pulsarMessaging = object(fields{
	"pulsarConfig": text,
	"authSecret":   text,
	"tlsSecret":    text,
	"tlsConfig": object(fields{
		"enabled": boolean, "allowInsecure": boolean, "hostnameVerification": boolean,
		"certSecretName": text, "certSecretKey": text,
	}),
	"authConfig":        auth,
	"cleanupAuthConfig": auth,
})

var auth = object(fields{
	"oauth2Config": object(fields{
		"audience": text, "issuerUrl": text, "scope": text, "keySecretName": text, "keySecretKey": text,
	}, "audience", "issuerUrl", "keySecretName", "keySecretKey"),
	"genericAuth": object(fields{
		"clientAuthenticationPlugin": text, "clientAuthenticationParameters": text,
	}, "clientAuthenticationPlugin", "clientAuthenticationParameters"),
})

var javaRuntime = object(fields{
	"jar": text, "jarLocation": text, "extraDependenciesDir": text, "javaOpts": list(text),
	"instancePath": text, "entryClass": text, "log": runtimeLog,
}, "jar")

var pythonRuntime = object(fields{"py": text, "pyLocation": text, "log": runtimeLog}, "py")

var goRuntime = object(fields{"go": text, "goLocation": text, "log": runtimeLog}, "go")

var genericRuntime = object(fields{
	"functionFile": text, "functionFileLocation": text, "language": text,
}, "functionFile", "language")

var runtimeLog = object(fields{
	"level": enum("off", "trace", "debug", "info", "warn", "error", "fatal", "all", "panic"),
	"rotatePolicy": enum("TimedPolicyWithDaily", "TimedPolicyWithWeekly", "TimedPolicyWithMonthly",
		"SizedPolicyWith10MB", "SizedPolicyWith50MB", "SizedPolicyWith100MB"),
	"format":                  enum("json", "text"),
	"logConfig":               object(fields{"name": text, "key": text}, "name", "key"),
	"javaLog4JConfigFileType": enum("yaml", "xml", "ini"),
})

// The provider's config is not kept: the operator's definition says so too.
var statefulConfig = object(fields{
	"pulsar": object(fields{
		"serviceUrl":   text,
		"javaProvider": object(fields{"className": text, "config": {"type": "object"}}, "className"),
	}, "serviceUrl"),
})

var windowConfig = object(fields{
	"actualWindowFunctionClassName": text,
	"windowLengthCount":             int32s,
	"windowLengthDurationMs":        int64s,
	"slidingIntervalCount":          int32s,
	"slidingIntervalDurationMs":     int64s,
	"lateDataTopic":                 text,
	"maxLagMs":                      int64s,
	"watermarkEmitIntervalMs":       int64s,
	"timestampExtractorClassName":   text,
	"processingGuarantees":          enum("ATLEAST_ONCE", "ATMOST_ONCE"),
}, "actualWindowFunctionClassName")

var batchSource = object(fields{
	"discoveryTriggererClassName": text, "discoveryTriggererConfig": open,
}, "discoveryTriggererClassName")

var sourceConnector = object(fields{
	"sourceType": text, "className": text, "typeClassName": text, "configs": open, "batchSourceConfig": batchSource,
})

var sinkConnector = object(fields{
	"sinkType": text, "className": text, "typeClassName": text, "configs": open,
})

var resources = object(fields{
	"requests": mapOf(quantity),
	"limits":   mapOf(quantity),
	"claims": with(with(list(object(fields{"name": text}, "name")),
		"x-kubernetes-list-type", "map"), "x-kubernetes-list-map-keys", []string{"name"}),
})

var volumeMount = object(fields{
	"name": text, "mountPath": text, "mountPropagation": text, "readOnly": boolean,
	"recursiveReadOnly": text, "subPath": text, "subPathExpr": text,
}, "name", "mountPath")

var podPolicy = object(fields{
	"labels":                        mapOf(text),
	"annotations":                   mapOf(text),
	"nodeSelector":                  mapOf(text),
	"affinity":                      core,
	"tolerations":                   coreList,
	"securityContext":               core,
	"volumes":                       coreList,
	"imagePullSecrets":              coreList,
	"initContainers":                coreList,
	"sidecars":                      coreList,
	"env":                           coreList,
	"startupProbe":                  core,
	"terminationGracePeriodSeconds": int64s,
	"serviceAccountName":            text,
	"builtinAutoscaler":             list(text),
	"autoScalingMetrics":            coreList,
	"autoScalingBehavior":           core,
	"vpa":                           core,
	"disableDefaultAffinity":        boolean,
	"liveness": object(fields{
		"periodSeconds": int32s, "initialDelaySeconds": int32s, "successThreshold": int32s, "failureThreshold": int32s,
	}),
})
