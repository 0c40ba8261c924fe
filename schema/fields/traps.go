package fields

// Trap is a value that function workers take and that does something else than
// it says.
type Trap struct {
	// Value is the value's text, or one of Any, NotPositive and Negative.
	Value string
	// Runtimes and Kinds are those of the nodes that it holds for; empty for all.
	Runtimes []Runtime
	Kinds    []Kind
	// Says tells what happens, Instead what to do, in sentences.
	Says, Instead string
}

// Words for numbers in Trap.Value.
const (
	NotPositive = "<=0"
	Negative    = "<0"
)

// Traps that several fields have.
var (
	// Read in ProducerConfigurationData of Pulsar's Java client.
	negative = []Trap{{Value: Negative, Runtimes: []Runtime{Java}, Says: "Pulsar's client takes no number below 0, so that no instance can make its producer.",
		Instead: "Give a number from 0, or remove the key."}}
	// BatchingUtils takes over what is above 0.
	unset = []Trap{{Value: NotPositive, Says: "Workers take it as not given.", Instead: "Give a number above 0, or remove the key."}}
	// FunctionConfigUtils.convertFromDetails leaves them out, and an update starts from what it gives.
	lost = []Trap{{Value: Any, Says: "Every update of the function loses it, since it is not among what they give back; so plans replace the function, whatever changes.",
		Instead: "Remove it where it is not needed: an update stops the function for a shorter time."}}
	schemas = append(unknownSchemas(Python, "Python instances know the types STRING, JSON and AVRO, take any other for a class of the code, and fail to start without it.",
		"Use one of the three, or name a Schema class of your own.", "BYTES", "PROTOBUF", "PROTOBUF_NATIVE", "KEY_VALUE"),
		unknownSchemas(Java, "Workers take it, and Java instances fail to start over it: they know STRING, JSON, AVRO, PROTOBUF, PROTOBUF_NATIVE and KEY_VALUE, and classes.",
			"Use one of these, or remove the key: the type of the code says enough.")...)
)

// unknownSchemas are Pulsar's types of single values, and others, which the
// instances of a language do not know (TopicSchema.newSchemaInstance; get_schema in
// python_instance.py).
func unknownSchemas(r Runtime, says, instead string, others ...string) (traps []Trap) {
	single := []string{"BOOLEAN", "INT8", "INT16", "INT32", "INT64", "FLOAT", "DOUBLE", "DATE", "TIME", "TIMESTAMP", "INSTANT", "LOCAL_DATE", "LOCAL_TIME", "LOCAL_DATE_TIME"}
	for _, name := range append(single, others...) {
		traps = append(traps, Trap{Value: name, Runtimes: []Runtime{r}, Says: says, Instead: instead})
	}
	return traps
}

// consumerKeys are the properties of ConsumerConfigurationData of Pulsar's Java
// client, 4.0.8 and 4.2.4 alike, which a text can be a value of
// (ConfigurationDataUtils.loadData).
var consumerKeys = []string{
	"ackReceiptEnabled", "ackTimeoutMillis", "acknowledgementsGroupTimeMicros", "autoAckOldestChunkedMessageOnQueueFull",
	"autoScaledReceiverQueueSizeEnabled", "autoUpdatePartitions", "autoUpdatePartitionsIntervalSeconds", "batchIndexAckEnabled",
	"consumerName", "cryptoFailureAction", "expireTimeOfIncompleteChunkedMessageMillis", "maxAcknowledgmentGroupSize",
	"maxPendingChuckedMessage", "maxPendingChunkedMessage", "maxTotalReceiverQueueSizeAcrossPartitions", "negativeAckPrecisionBitCnt",
	"negativeAckRedeliveryDelayMicros", "patternAutoDiscoveryPeriod", "poolMessages", "priorityLevel", "readCompacted",
	"receiverQueueSize", "regexSubscriptionMode", "replicateSubscriptionState", "resetIncludeHead", "retryEnable", "startPaused",
	"subscriptionInitialPosition", "subscriptionMode", "subscriptionName", "subscriptionType", "tickDurationMillis", "topicsPattern",
}
