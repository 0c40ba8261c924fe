package fields

// ReadBack returns Pulsar's fields of a kind that workers read back and that
// this version of the mesh language cannot set. A live value other than the
// default was set by someone else: it is shown as a difference, never passed
// over, since a replacement would drop it.
func ReadBack(kind Kind) []Field {
	var out []Field
	for _, f := range readBack {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

var readBack = []Field{
	{Kind: Function, Name: "retainKeyOrdering", Type: Bool, Default: false, Update: Fixed, Clear: ByDefault},
	{Kind: Function, Name: "inputSpecs", Type: Map, Update: Updatable, Clear: ByDefault,
		Doc: "Settings of single inputs that differ from the defaults, by topic."},
	{Kind: Function, Name: "producerConfig", Type: Map, Update: Updatable, Clear: ByEmptyMap,
		Default: map[string]any{"useThreadLocalProducers": false, "batchBuilder": "", "compressionType": "LZ4"}},
	{Kind: Function, Name: "secrets", Type: Map, Update: Updatable, Clear: ByEmptyMap},
	{Kind: Function, Name: "customRuntimeOptions", Type: Map, Update: Updatable, Clear: ByDefault,
		Doc: "What the text holds beside the marker of meshc."},
	// Reads back true wherever the worker's setting of that name is on, absent elsewhere.
	{Kind: Function, Name: "forwardSourceMessageProperty", Type: Bool, Default: true, Update: WriteOnce, Clear: NotPossible},
	{Kind: Function, Name: "outputSchemaType", Type: Text, Update: Fixed, Clear: NotPossible},
	{Kind: Function, Name: "outputSerdeClassName", Type: Text, Update: Fixed, Clear: NotPossible},
	{Kind: Function, Name: "maxMessageRetries", Type: Count, Update: Updatable, Clear: NotPossible},
	{Kind: Function, Name: "deadLetterTopic", Type: TopicName, Update: Updatable, Clear: NotPossible},
	{Kind: Function, Name: "windowConfig", Type: Map, Update: Updatable, Clear: NotPossible},
	{Kind: Function, Name: "timeoutMs", Type: Count, Update: Updatable, Clear: NotPossible},
	{Kind: Function, Name: "runtimeFlags", Type: Text, Update: Updatable, Clear: NotPossible},
}
