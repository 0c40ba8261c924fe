package fields

// inWhole completes a row of nestedFields: where it does not say otherwise, an
// update takes the value over and drops one that is left out.
func inWhole(f Field) Field {
	if f.Kind.within() && f.Update == "" {
		f.Update = Updatable
	}
	if f.Kind.within() && f.Clear == "" {
		f.Clear = ByOmission
	}
	return f
}

// nestedFields are Pulsar's config classes that FunctionConfig, SourceConfig and
// SinkConfig hold. Each is replaced whole by an update.
var nestedFields = []Field{
	{Kind: Consumer, Name: "schemaType", Type: Text, Ignored: []Runtime{Go}, Traps: schemas, Example: "STRING",
		Doc: "Schema type of the input: one of Pulsar's, or a class."},
	{Kind: Consumer, Name: "serdeClassName", Type: Text, Ignored: []Runtime{Go}, Example: "org.example.TextSerDe",
		Doc: "SerDe class that reads the input. Not together with `schemaType`."},
	{Kind: Consumer, Name: "regexPattern", Aliases: []string{"isRegexPattern"}, Type: Bool, Update: Fixed, Clear: NotPossible, Default: false, Example: true,
		Doc: "The key is a regular expression of full topic names, not a topic."},
	{Kind: Consumer, Name: "schemaProperties", Type: TextMap, Default: map[string]any{}, Ignored: []Runtime{Go}, Example: map[string]any{"a": "b"},
		Traps: []Trap{{Value: Any, Kinds: []Kind{Sink}, Says: "They pass over the properties of the schema that a sink reads with.", Instead: "Remove the key."}},
		Doc:   "Properties of the schema. Sinks do not store them."},
	{Kind: Consumer, Name: "consumerProperties", Type: TextMap, Hidden: true, Keys: consumerKeys, Default: map[string]any{}, Ignored: []Runtime{Python, Go}, Example: map[string]any{"priorityLevel": "1"},
		Doc: "Settings of the consumer by the names of Pulsar's Java client. Functions of 4.0 do not give them back, those of 4.2.4 and all sinks do."},
	{Kind: Consumer, Name: "receiverQueueSize", Type: Whole, Example: 100,
		Doc: "Messages that the consumer fetches ahead. 0 fetches one at a time."},
	{Kind: Consumer, Name: "cryptoConfig", Type: Object, Below: Crypto, Ignored: []Runtime{Go}, Example: map[string]any{"cryptoKeyReaderClassName": "org.example.Keys"},
		Doc: "How messages are decrypted."},
	{Kind: Consumer, Name: "messagePayloadProcessorConfig", Type: Object, Below: Processor, Since: "4.1", Ignored: []Runtime{Python, Go}, Example: map[string]any{"className": "org.example.Unpack"},
		Doc: "Class that unpacks messages of another producer's format."},
	{Kind: Consumer, Name: "poolMessages", Type: Bool, Default: false, Ignored: []Runtime{Python, Go}, Example: true,
		Doc: "Take the memory of messages from a pool."},

	{Kind: Producer, Name: "maxPendingMessages", Type: Integer, Ignored: []Runtime{Python, Go}, Traps: negative, Example: 1000,
		Doc: "Messages that may wait for the broker's answer."},
	{Kind: Producer, Name: "maxPendingMessagesAcrossPartitions", Type: Integer, Ignored: []Runtime{Python, Go}, Traps: negative, Example: 50000,
		Doc: "Messages of all partitions that may wait for the broker's answer."},
	{Kind: Producer, Name: "useThreadLocalProducers", Type: Bool, Default: false, Ignored: []Runtime{Python, Go}, Example: true,
		Doc: "A producer for each thread of the function."},
	{Kind: Producer, Name: "cryptoConfig", Type: Object, Below: Crypto, Ignored: []Runtime{Go}, Example: map[string]any{"cryptoKeyReaderClassName": "org.example.Keys", "encryptionKeys": []any{"orders"}},
		Doc: "How messages are encrypted. Needs `encryptionKeys`."},
	{Kind: Producer, Name: "batchBuilder", Type: Enum, Values: builders, Example: "KEY_BASED",
		Doc: "How batches are built."},
	{Kind: Producer, Name: "compressionType", Type: Enum, Values: []string{"NONE", "LZ4", "ZLIB", "ZSTD", "SNAPPY"}, Default: "LZ4", Example: "ZSTD",
		Traps: []Trap{{Value: "SNAPPY", Runtimes: []Runtime{Go}, Says: "Go functions know no SNAPPY, and write with LZ4 instead.", Instead: "Use LZ4, ZLIB or ZSTD."}},
		Doc:   "Compression of messages. The Go runtime has no SNAPPY."},
	{Kind: Producer, Name: "batchingConfig", Type: Object, Below: Batching, Since: "4.1", Ignored: []Runtime{Python, Go}, Example: map[string]any{"enabled": false},
		Doc: "Batching of messages."},

	{Kind: Batching, Name: "enabled", Type: Bool, Default: true, Example: false,
		Doc: "Send messages in batches."},
	{Kind: Batching, Name: "batchingMaxPublishDelayMs", Type: Integer, Default: 10.0, Traps: unset, Example: 10,
		Doc: "Milliseconds that a batch waits for more messages."},
	{Kind: Batching, Name: "roundRobinRouterBatchingPartitionSwitchFrequency", Type: Integer, Traps: unset, Example: 10,
		Doc: "Delays after which the producer goes on to the next partition."},
	{Kind: Batching, Name: "batchingMaxMessages", Type: Integer, Traps: unset, Example: 1000,
		Doc: "Messages in a batch at most."},
	{Kind: Batching, Name: "batchingMaxBytes", Type: Integer, Traps: unset, Example: 131072,
		Doc: "Bytes in a batch at most."},
	{Kind: Batching, Name: "batchBuilder", Type: Enum, Values: builders, Example: "KEY_BASED",
		Doc: "How batches are built."},

	{Kind: Crypto, Name: "cryptoKeyReaderClassName", Type: Text, Example: "org.example.Keys",
		Doc: "Class that reads keys: a CryptoKeyReader with a constructor that takes a map."},
	{Kind: Crypto, Name: "cryptoKeyReaderConfig", Type: Map, Example: map[string]any{"folder": "/keys"},
		Doc: "Settings of the key reader."},
	{Kind: Crypto, Name: "encryptionKeys", Type: TextList, Default: []any{}, Within: Producer, Example: []any{"orders"},
		Doc: "Names of the keys that a producer encrypts with."},
	{Kind: Crypto, Name: "producerCryptoFailureAction", Type: Enum, Values: []string{"FAIL", "SEND"}, Default: "FAIL", Ignored: []Runtime{Python}, Within: Producer, Example: "FAIL",
		Traps: []Trap{{Value: "SEND", Says: "A message that cannot be encrypted is sent in clear text.", Instead: "Use FAIL where the messages are to stay secret."}},
		Doc:   "What a producer does with a message that it cannot encrypt. SEND sends it in clear text."},
	{Kind: Crypto, Name: "consumerCryptoFailureAction", Type: Enum, Values: []string{"FAIL", "DISCARD", "CONSUME"}, Default: "FAIL", Ignored: []Runtime{Python}, Within: Consumer, Example: "FAIL",
		Traps: []Trap{{Value: "DISCARD", Says: "A message that cannot be decrypted is acknowledged and gone.", Instead: "Use FAIL, so that it stays until the right key is there."}},
		Doc:   "What a consumer does with a message that it cannot decrypt. DISCARD loses it."},

	{Kind: Processor, Name: "className", Type: Text, Required: true, Example: "org.example.Unpack",
		Doc: "A MessagePayloadProcessor with a constructor that takes a map, or none."},
	{Kind: Processor, Name: "config", Type: Map, Example: map[string]any{"format": "lines"},
		Doc: "Settings of the processor."},

	{Kind: Window, Name: "windowLengthCount", Type: Integer, Example: 10,
		Doc: "Messages in a window. Either this or `windowLengthDurationMs`."},
	{Kind: Window, Name: "windowLengthDurationMs", Type: Integer, Long: true, Example: 60000,
		Doc: "Milliseconds of a window."},
	{Kind: Window, Name: "slidingIntervalCount", Type: Integer, Example: 5,
		Doc: "Messages after which the window slides. Default: its length."},
	{Kind: Window, Name: "slidingIntervalDurationMs", Type: Integer, Long: true, Example: 30000,
		Doc: "Milliseconds after which the window slides. Default: its length."},
	{Kind: Window, Name: "lateDataTopic", Type: TopicName, Needs: "timestampExtractorClassName", Without: "Workers take that, and instances fail to start over it.", Example: "late",
		Doc: "Topic for messages that come after their window. Needs `timestampExtractorClassName`."},
	{Kind: Window, Name: "maxLagMs", Type: Integer, Long: true, Needs: "timestampExtractorClassName", Example: 1000,
		Doc: "Milliseconds that a message may be late. Read with a `timestampExtractorClassName` only."},
	{Kind: Window, Name: "watermarkEmitIntervalMs", Type: Integer, Long: true, Needs: "timestampExtractorClassName", Example: 1000,
		Doc: "Milliseconds between watermarks. Read with a `timestampExtractorClassName` only."},
	{Kind: Window, Name: "timestampExtractorClassName", Type: Text, Example: "org.example.OrderTime",
		Doc: "A TimestampExtractor: time of a message from its content."},
	{Kind: Window, Name: "actualWindowFunctionClassName", Type: Text, Derived: true, Dead: "Function workers fill it in.", Example: "org.example.Sum",
		Doc: "Function workers fill it in with the function's class."},
	{Kind: Window, Name: "processingGuarantees", Type: Enum, Values: []string{"ATLEAST_ONCE", "ATMOST_ONCE"}, Derived: true, Dead: "Function workers fill it in.", Example: "ATLEAST_ONCE",
		Doc: "Function workers fill it in with the function's guarantee."},

	{Kind: BatchSource, Name: "discoveryTriggererClassName", Type: Text, Required: true, Update: Fixed, Clear: NotPossible, Example: "org.apache.pulsar.io.batchdiscovery.ImmediateTriggerer",
		Doc: "A BatchSourceTriggerer: when to look for new work."},
	{Kind: BatchSource, Name: "discoveryTriggererConfig", Type: Map, Example: map[string]any{"__CRON__": "0 0 * * *"},
		Doc: "Settings of the triggerer."},

	{Kind: Resource, Name: "cpu", Type: Number, Default: 1.0, Example: 0.5,
		Doc: "Cores for each instance."},
	{Kind: Resource, Name: "ram", Type: Count, Long: true, Default: float64(1 << 30), Example: 536870912,
		Doc: "Memory for each instance, in bytes."},
	{Kind: Resource, Name: "disk", Type: Count, Long: true, Default: 10 * float64(1<<30), Example: 1073741824,
		Doc: "Disk for each instance, in bytes."},
}
