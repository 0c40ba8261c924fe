package fidelity

import (
	"github.com/meshc/meshc/schema/fields"
)

const pkg = "org.example.fidelity."

// values are two that a field can take, by kind and name, where they do not follow
// from its type. An empty list says that the field is no matter of a change.
var values = map[string][]any{
	"python:className":              {"same.Other", "same.Same"},
	"python:inputTypeClassName":     {"same.A", "same.B"},
	"python:outputTypeClassName":    {"same.A", "same.B"},
	"window:className":              {pkg + "Functions$Count", pkg + "Functions$Join"},
	"function.className":            {pkg + "Functions$Loud", pkg + "Functions$Same"},
	"function.runtime":              {}, // follows from the code
	"function.inputs":               {[]any{"in0", "in1"}, []any{"in1"}},
	"function.topicsPattern":        {"pat-a-.*", "pat-.*"},
	"function.inputSpecs":           {map[string]any{"in2": map[string]any{}}, map[string]any{"in0": map[string]any{"receiverQueueSize": 7}}},
	"function.customSerdeInputs":    {map[string]any{"in0": pkg + "Parts$TextSerDe"}, map[string]any{"in0": pkg + "Parts$OtherSerDe"}},
	"function.customSchemaInputs":   {map[string]any{"in0": `{"schemaType":"STRING"}`}, map[string]any{"in0": `{"schemaType":"STRING","schemaProperties":{"a":"b"}}`}},
	"function.customSchemaOutputs":  {map[string]any{"out0": `{"schemaProperties":{"a":"b"}}`}, map[string]any{"out0": `{"schemaProperties":{"a":"c"}}`}},
	"function.output":               {"out1", "out2"},
	"function.outputSchemaType":     {"STRING", pkg + "Parts$TextSchema"},
	"function.outputSerdeClassName": {pkg + "Parts$TextSerDe", pkg + "Parts$OtherSerDe"},
	"function.inputTypeClassName":   {}, // Java's follow from the code
	"function.outputTypeClassName":  {},
	"function.subName":              {"mine", "other"},
	"function.timeoutMs":            {30000, 20000},
	"function.maxMessageRetries":    {3, 5},
	"function.deadLetterTopic":      {"dead0", "dead1"},
	"function.logTopic":             {"log0", "log1"},
	"function.userConfig":           {map[string]any{"a": 1, "b": "x"}, map[string]any{"a": 2.5, "c": []any{true, map[string]any{"d": 1}}}},
	"function.secrets":              {map[string]any{"a": map[string]any{"path": "p"}}, map[string]any{"a": map[string]any{"path": "q", "key": "k"}}},
	"function.runtimeFlags":         {"-Da=b", "-Da=c"},
	"function.customRuntimeOptions": {`{"jobNamespace":"a"}`, `{"jobNamespace":"b","extraLabels":{"a":"b"}}`},

	"source.className":            {pkg + "Connectors$Quiet", pkg + "Connectors$Silent"},
	"source.archive":              {}, // see the tests of code
	"source.topicName":            {"out1", "out2"},
	"source.schemaType":           {"STRING", pkg + "Parts$TextSchema"},
	"source.serdeClassName":       {pkg + "Parts$TextSerDe", pkg + "Parts$OtherSerDe"},
	"source.configs":              {map[string]any{"a": 1, "b": "x"}, map[string]any{"a": 2.5, "c": []any{true}}},
	"source.secrets":              {map[string]any{"a": map[string]any{"path": "p"}}, map[string]any{"a": map[string]any{"path": "q"}}},
	"source.logTopic":             {"log0", "log1"},
	"source.runtimeFlags":         {"-Da=b", "-Da=c"},
	"source.customRuntimeOptions": {`{"jobNamespace":"a"}`, `{"jobNamespace":"b"}`},

	"sink.className":                    {pkg + "Connectors$Discard", pkg + "Connectors$Drop"},
	"sink.archive":                      {},
	"sink.inputs":                       {[]any{"in0", "in1"}, []any{"in1"}},
	"sink.topicsPattern":                {"pat-a-.*", "pat-.*"},
	"sink.inputSpecs":                   {map[string]any{"in2": map[string]any{}}, map[string]any{"in0": map[string]any{"receiverQueueSize": 7}}},
	"sink.topicToSerdeClassName":        {map[string]any{"in0": pkg + "Parts$TextSerDe"}, map[string]any{"in0": pkg + "Parts$OtherSerDe"}},
	"sink.topicToSchemaType":            {map[string]any{"in0": "STRING"}, map[string]any{"in0": pkg + "Parts$TextSchema"}},
	"sink.sourceSubscriptionName":       {"mine", "other"},
	"sink.configs":                      {map[string]any{"a": 1, "b": "x"}, map[string]any{"a": 2.5, "c": []any{true}}},
	"sink.secrets":                      {map[string]any{"a": map[string]any{"path": "p"}}, map[string]any{"a": map[string]any{"path": "q"}}},
	"sink.timeoutMs":                    {30000, 20000},
	"sink.negativeAckRedeliveryDelayMs": {30000, 20000},
	"sink.maxMessageRetries":            {3, 5},
	"sink.deadLetterTopic":              {"dead0", "dead1"},
	"sink.logTopic":                     {"log0", "log1"},
	"sink.runtimeFlags":                 {"-Da=b", "-Da=c"},
	"sink.customRuntimeOptions":         {`{"jobNamespace":"a"}`, `{"jobNamespace":"b"}`},
	"sink.transformFunction":            {"fidelity.jar", "copy.jar"},
	"sink.transformFunctionClassName":   {pkg + "Functions$Upper", pkg + "Functions$Pass"},
	"sink.transformFunctionConfig":      {`{"a":1}`, `{"a":2}`},

	"consumerConfig.schemaType":                         {"STRING", pkg + "Parts$TextSchema"},
	"consumerConfig.serdeClassName":                     {pkg + "Parts$TextSerDe", pkg + "Parts$OtherSerDe"},
	"consumerConfig.regexPattern":                       {}, // topicsPattern is the same
	"consumerConfig.schemaProperties":                   {map[string]any{"a": "b"}, map[string]any{"a": "c"}},
	"consumerConfig.consumerProperties":                 {map[string]any{"priorityLevel": "1"}, map[string]any{"priorityLevel": "2", "maxTotalReceiverQueueSizeAcrossPartitions": "1000"}},
	"consumerConfig.receiverQueueSize":                  {0, 50},
	"cryptoConfig.cryptoKeyReaderClassName":             {pkg + "Parts$Keys", pkg + "Parts$OtherKeys"},
	"cryptoConfig.cryptoKeyReaderConfig":                {map[string]any{"a": "b"}, map[string]any{"a": "c"}},
	"cryptoConfig.encryptionKeys":                       {[]any{"a", "b"}, []any{"c"}},
	"payloadProcessor.className":                        {pkg + "Parts$OtherUnpack", pkg + "Parts$Unpack"},
	"payloadProcessor.config":                           {map[string]any{"a": "b"}, map[string]any{"a": "c"}},
	"producerConfig.maxPendingMessages":                 {100, 200},
	"producerConfig.maxPendingMessagesAcrossPartitions": {50000, 60000},
	"windowConfig.windowLengthCount":                    {6, 7},
	"windowConfig.windowLengthDurationMs":               {60000, 70000},
	"windowConfig.slidingIntervalDurationMs":            {1000, 2000},
	"windowConfig.lateDataTopic":                        {"late0", "late1"},
	"windowConfig.maxLagMs":                             {10, 20},
	"windowConfig.watermarkEmitIntervalMs":              {500, 600},
	"windowConfig.timestampExtractorClassName":          {pkg + "Parts$Stamp", pkg + "Parts$OtherStamp"},
	"batchSourceConfig.discoveryTriggererClassName":     {pkg + "Connectors$NotEver", pkg + "Connectors$Never"},
	"batchSourceConfig.discoveryTriggererConfig":        {map[string]any{"a": "b"}, map[string]any{"a": 2}},
	"resources.cpu":                                     {0.5, 2},
	"resources.ram":                                     {536870912, 2147483648},
	"resources.disk":                                    {1073741824, 2147483648},
}

// valuesOf gives the values that a field is changed to.
func valuesOf(f fields.Field) []any {
	if v, ok := values[string(f.Kind)+"."+f.Name]; ok {
		return v
	}
	switch f.Type {
	case fields.Bool:
		return []any{true, false}
	case fields.Enum:
		var out []any
		for _, v := range f.Values {
			out = append(out, v)
		}
		return out
	case fields.Count, fields.Whole, fields.Integer:
		return []any{2, 3}
	}
	return nil
}
