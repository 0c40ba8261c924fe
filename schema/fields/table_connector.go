package fields

import "slices"

const dead = "Nothing in the server or in pulsar-admin reads it."

// sourceFields says what SourceConfig of Pulsar 4.0 and 4.2 does.
func sourceFields() []Field {
	return slices.Concat([]Field{
		{Kind: Source, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Fixed, Example: "lines",
			Doc: "Name of the source, unique among functions, sources and sinks of the namespace."},
		archive(Source, "source"), className(Source, "source"), builtin(Source, "sourceType"),
		{Kind: Source, Name: "topicName", Aliases: []string{"output"}, Type: OneTopic, Required: true, Update: Updatable, Clear: NotPossible, Example: "sentences",
			Doc: "Topic that the source writes."},
		{Kind: Source, Name: "schemaType", Type: Text, Update: Updatable, Clear: NotPossible, Traps: schemas, Example: "STRING",
			Doc: "Schema type of the output: one of Pulsar's, or a class."},
		{Kind: Source, Name: "serdeClassName", Type: Text, Update: Updatable, Clear: NotPossible, Example: "org.example.TextSerDe",
			Doc: "SerDe class that writes the output. Not together with `schemaType`."},
		{Kind: Source, Name: "producerConfig", Type: Object, Below: Producer, Update: Updatable, Clear: ByEmptyMap, Example: map[string]any{"compressionType": "ZSTD"},
			Default: map[string]any{"useThreadLocalProducers": false, "batchBuilder": "", "compressionType": "LZ4"},
			Doc:     "Settings of the output's producer."},
		{Kind: Source, Name: "batchBuilder", Type: Enum, Values: builders, Update: WriteOnce, Into: "producerConfig", Example: "KEY_BASED",
			Doc: "How the producer builds batches. `producerConfig.batchBuilder` can be updated, this cannot."},
		configs(Source, "source"),
		{Kind: Source, Name: "batchSourceConfig", Type: Object, Below: BatchSource, Update: Updatable, Clear: NotPossible, CannotAdd: true, Example: map[string]any{"discoveryTriggererClassName": "org.example.EveryHour"},
			Doc: "Makes a BatchSource run. A source cannot become a batch source, or the other way round, by an update."},
		{Kind: Source, Name: "processingGuarantees", Type: Enum, Values: guarantees, Default: "ATLEAST_ONCE", Update: Fixed, Clear: ByDefault, Example: "ATLEAST_ONCE",
			Doc: "Delivery guarantee. Workers cannot alter it, so a change replaces the source."},
	}, common(Source))
}

// sinkFields says what SinkConfig of Pulsar 4.0 and 4.2 does.
func sinkFields() []Field {
	return slices.Concat([]Field{
		{Kind: Sink, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Fixed, Example: "store",
			Doc: "Name of the sink, unique among functions, sources and sinks of the namespace."},
		archive(Sink, "sink"), className(Sink, "sink"), builtin(Sink, "sinkType"),
		{Kind: Sink, Name: "inputs", Type: TopicList, Update: Fixed, Clear: NotPossible, Example: []any{"words"},
			Doc: "Topics that the sink reads. Workers cannot alter them (\"Input Topics cannot be altered\"), so a change replaces the sink; subscriptions that stay keep their backlog."},
		{Kind: Sink, Name: "topicsPattern", Type: Text, Update: Fixed, Clear: NotPossible, Example: "persistent://public/default/orders-.*",
			Doc: "Regular expression of the full names of topics to read."},
		{Kind: Sink, Name: "inputSpecs", Type: ObjectMap, Below: Consumer, Update: Updatable, Clear: ByDefault, Example: map[string]any{"words": map[string]any{"receiverQueueSize": 100}},
			Doc: "Settings of inputs by topic, or by pattern with `regexPattern`. A topic here need not stand under `inputs`."},
		{Kind: Sink, Name: "topicToSerdeClassName", Type: TextMap, Update: Fixed, Clear: NotPossible, Into: "inputSpecs", Example: map[string]any{"words": "org.example.TextSerDe"},
			Doc: "Inputs by topic with the SerDe class that reads each. `inputSpecs` says the same in the newer form."},
		{Kind: Sink, Name: "topicToSchemaType", Type: TextMap, Update: Fixed, Clear: NotPossible, Into: "inputSpecs", Traps: schemas, Example: map[string]any{"words": "STRING"},
			Doc: "Inputs by topic with the schema type of each. `inputSpecs` says the same in the newer form."},
		{Kind: Sink, Name: "topicToSchemaProperties", Type: TextMap, Update: Local, Dead: dead, Example: map[string]any{"words": "a"},
			Doc: "Has no effect. " + dead},
		{Kind: Sink, Name: "sourceSubscriptionName", Type: Text, Update: Fixed, Clear: NotPossible, Example: "store",
			Doc: "Name of the subscription on the inputs. Default: tenant/namespace/name. Workers cannot alter it, so a change replaces the sink."},
		{Kind: Sink, Name: "sourceSubscriptionPosition", Type: Enum, Values: positions, Default: "Latest", Update: Updatable, Clear: ByDefault, Example: "Earliest",
			Doc: "Where the sink starts on an input that it has no subscription on yet."},
		{Kind: Sink, Name: "cleanupSubscription", Type: Bool, Default: true, Update: Updatable, Clear: ByDefault, Steered: true, Uses: false, Example: false,
			Doc: "In what meshc deploys it is false: meshc makes the subscriptions, so that a replacement keeps their backlog."},
		configs(Sink, "sink"),
		{Kind: Sink, Name: "processingGuarantees", Type: Enum, Values: guarantees, Default: "ATLEAST_ONCE", Update: Fixed, Clear: ByDefault, Example: "ATLEAST_ONCE",
			Doc: "Delivery guarantee. Workers cannot alter it, so a change replaces the sink. EFFECTIVELY_ONCE also means a Failover subscription."},
		{Kind: Sink, Name: "autoAck", Type: Bool, Default: true, Update: Fixed, Clear: ByDefault, Example: true,
			Doc: "Acknowledge messages when the sink returns."},
		{Kind: Sink, Name: "retainOrdering", Type: Bool, Default: false, Update: Fixed, Clear: ByDefault, Example: true,
			Doc: "Keep the order of each partition: one instance reads it at a time (Failover subscription). Workers cannot alter it, so a change replaces the sink."},
		{Kind: Sink, Name: "retainKeyOrdering", Type: Bool, Default: false, Update: Fixed, Clear: ByDefault, Example: true,
			Doc: "Keep the order of each key (Key_Shared subscription). Workers cannot alter it, so a change replaces the sink."},
		{Kind: Sink, Name: "timeoutMs", Type: Whole, Long: true, Update: Updatable, Clear: ByZero, Example: 30000,
			Doc: "Milliseconds until a message without acknowledgment is sent again. 0 means never."},
		{Kind: Sink, Name: "negativeAckRedeliveryDelayMs", Type: Integer, Long: true, Update: WriteOnce, Clear: NotPossible, Example: 60000,
			Traps: []Trap{{Value: NotPositive, Says: "Workers take it as not given, so that the minute of Pulsar's clients counts.", Instead: "Give a number above 0, or remove the key."}},
			Doc:   "Milliseconds until a message that the sink failed on is sent again. Updates ignore it, so a change replaces the sink."},
		{Kind: Sink, Name: "maxMessageRetries", Type: Integer, Update: WriteOnce, Clear: NotPossible, Example: 3,
			Traps: []Trap{{Value: "0", Says: "Workers take 0 retries of a sink as not given, so that a message is given to it again for ever.", Instead: "Give a number above 0, or remove the key."}},
			Doc:   "How often a message is given to the sink again before it goes to the dead letter topic. Updates ignore it, so a change replaces the sink."},
		{Kind: Sink, Name: "deadLetterTopic", Type: TopicName, Update: WriteOnce, Clear: NotPossible, Needs: "maxMessageRetries", Example: "store-dead",
			Doc: "Topic for messages that failed `maxMessageRetries` times. Updates ignore it, so a change replaces the sink."},
		{Kind: Sink, Name: "transformFunction", Type: Text, Update: Updatable, Clear: NotPossible, Hidden: true, Example: "builtin://transform",
			Doc: "Function that messages pass on their way into the sink: a jar, relative to the mesh file, or `builtin://name`."},
		{Kind: Sink, Name: "transformFunctionClassName", Type: Text, Update: Updatable, Clear: NotPossible, Derived: true, Needs: "transformFunction", Example: "org.example.Trim",
			Doc: "Class of the transform function. Its output is a Record."},
		{Kind: Sink, Name: "transformFunctionConfig", Type: Text, Update: Updatable, Clear: NotPossible, Needs: "transformFunction", Example: `{"minLength":3}`,
			Doc: "Settings of the transform function, as JSON text."},
	}, common(Sink))
}

func archive(kind Kind, noun string) Field {
	return Field{Kind: kind, Name: "archive", Type: Text, Update: Fixed, Clear: NotPossible, Example: "./" + noun + ".nar",
		Doc: "NAR or jar of the connector, relative to the mesh file, or `builtin://name`, or a URL."}
}

func className(kind Kind, noun string) Field {
	return Field{Kind: kind, Name: "className", Aliases: []string{"classname"}, Type: Text, Update: Updatable, Clear: NotPossible, Derived: true, Example: "org.example.My" + string(kind),
		Doc: "Class of the " + noun + ". A NAR names its own in META-INF/services/pulsar-io.yaml; a plain jar needs it here."}
}

func builtin(kind Kind, name string) Field {
	return Field{Kind: kind, Name: name, Type: Text, Update: Local, Example: "kafka",
		Doc: "Name of a builtin connector; the same as `archive: builtin://name`."}
}

func configs(kind Kind, noun string) Field {
	var reserved []string
	if kind == Source {
		reserved = []string{"__BATCHSOURCECONFIGS__", "__BATCHSOURCECLASSNAME__"}
	}
	f := Field{Kind: kind, Name: "configs", Type: Map, Reserved: reserved, Update: Updatable, Clear: ByEmptyMap, Example: map[string]any{"inputDirectory": "/in"},
		Doc: "Settings of the connector. Which keys the " + noun + " knows, its config class says."}
	if kind == Source {
		f.Default = map[string]any{}
	}
	return f
}
