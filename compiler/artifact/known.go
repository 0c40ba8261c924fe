package artifact

import (
	"strings"
	"sync"

	"github.com/meshc/meshc/compiler/artifact/classfile"
)

// The interfaces that Pulsar asks classes of a component to implement.
const (
	FunctionInterface     = "org.apache.pulsar.functions.api.Function"
	WindowInterface       = "org.apache.pulsar.functions.api.WindowFunction"
	JavaFunctionInterface = "java.util.function.Function"
	SerDeInterface        = "org.apache.pulsar.functions.api.SerDe"
	SourceInterface       = "org.apache.pulsar.io.core.Source"
	BatchSourceInterface  = "org.apache.pulsar.io.core.BatchSource"
	SinkInterface         = "org.apache.pulsar.io.core.Sink"
	SchemaInterface       = "org.apache.pulsar.client.api.Schema"
	KeyReaderInterface    = "org.apache.pulsar.client.api.CryptoKeyReader"
	ProcessorInterface    = "org.apache.pulsar.client.api.MessagePayloadProcessor"
	TriggererInterface    = "org.apache.pulsar.io.core.BatchSourceTriggerer"
	ExtractorInterface    = "org.apache.pulsar.functions.windowing.TimestampExtractor"
)

const (
	object     = "java.lang.Object"
	record     = "org.apache.pulsar.functions.api.Record"
	future     = "java.util.concurrent.CompletableFuture"
	collection = "java.util.Collection"
)

// known are the classes outside of archives through which a class may come to one
// of the interfaces above, with their generic signatures (JVM specification
// 4.7.9.1). They are the same in Pulsar 4.0 and 4.2. An instance loads them from
// Pulsar even where the archive brings its own copy (its class loader asks the parent first).
var known = map[string]string{
	object:                             "",
	JavaFunctionInterface:              "<T:Ljava/lang/Object;R:Ljava/lang/Object;>Ljava/lang/Object;",
	"java.util.function.UnaryOperator": "<T:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/function/Function<TT;TT;>;",
	future:                             "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	"java.lang.Iterable":               "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	collection:                         "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/lang/Iterable<TE;>;",
	"java.util.SequencedCollection":    "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/Collection<TE;>;",
	"java.util.List":                   "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/SequencedCollection<TE;>;",
	"java.util.Set":                    "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/Collection<TE;>;",
	"java.util.Queue":                  "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/Collection<TE;>;",
	"java.util.ArrayList":              "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/List<TE;>;",
	"java.util.LinkedList":             "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/List<TE;>;Ljava/util/Queue<TE;>;",
	"java.util.HashSet":                "<E:Ljava/lang/Object;>Ljava/lang/Object;Ljava/util/Set<TE;>;",

	FunctionInterface:  "<X:Ljava/lang/Object;T:Ljava/lang/Object;>Ljava/lang/Object;",
	WindowInterface:    "<X:Ljava/lang/Object;T:Ljava/lang/Object;>Ljava/lang/Object;",
	SerDeInterface:     "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	SchemaInterface:    "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	KeyReaderInterface: "Ljava/lang/Object;",
	ProcessorInterface: "Ljava/lang/Object;",
	TriggererInterface: "Ljava/lang/Object;",
	ExtractorInterface: "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	"org.apache.pulsar.client.api.DummyCryptoKeyReaderImpl": "Ljava/lang/Object;Lorg/apache/pulsar/client/api/CryptoKeyReader;",
	"org.apache.pulsar.client.api.schema.GenericSchema":     "<T::Lorg/apache/pulsar/client/api/schema/GenericRecord;>Ljava/lang/Object;Lorg/apache/pulsar/client/api/Schema<TT;>;",
	"org.apache.pulsar.client.api.schema.KeyValueSchema":    "<K:Ljava/lang/Object;V:Ljava/lang/Object;>Ljava/lang/Object;Lorg/apache/pulsar/client/api/Schema<Lorg/apache/pulsar/common/schema/KeyValue<TK;TV;>;>;",
	record: "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	"org.apache.pulsar.functions.api.KVRecord":               "<K:Ljava/lang/Object;V:Ljava/lang/Object;>Ljava/lang/Object;Lorg/apache/pulsar/functions/api/Record;",
	"org.apache.pulsar.functions.api.utils.FunctionRecord":   "<T:Ljava/lang/Object;>Ljava/lang/Object;Lorg/apache/pulsar/functions/api/Record<TT;>;",
	"org.apache.pulsar.functions.api.utils.IdentityFunction": "Ljava/lang/Object;Lorg/apache/pulsar/functions/api/Function<Ljava/lang/Object;Ljava/lang/Object;>;",

	SourceInterface:      "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	BatchSourceInterface: "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	SinkInterface:        "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	"org.apache.pulsar.io.core.AbstractPushSource": "<T:Ljava/lang/Object;>Ljava/lang/Object;",
	"org.apache.pulsar.io.core.PushSource":         "<T:Ljava/lang/Object;>Lorg/apache/pulsar/io/core/AbstractPushSource<TT;>;Lorg/apache/pulsar/io/core/Source<TT;>;",
	"org.apache.pulsar.io.core.BatchPushSource":    "<T:Ljava/lang/Object;>Lorg/apache/pulsar/io/core/AbstractPushSource<TT;>;Lorg/apache/pulsar/io/core/BatchSource<TT;>;",
}

var parsed sync.Map

// leaf tells whether a class that is not in the table leads to none of the
// interfaces: other classes of the JDK, of which only UnaryOperator extends
// java.util.function.Function, and of Pulsar's client API (looked through in 4.0.8 and 4.2.4).
func leaf(class string) bool {
	for _, prefix := range []string{"java.", "javax.", "org.apache.pulsar.client.api.", "org.apache.pulsar.common."} {
		if strings.HasPrefix(class, prefix) {
			return true
		}
	}
	return false
}

// knownSignature gives the signature of a class of the table, or that of a leaf,
// which has no supertypes.
func knownSignature(class string) (classfile.ClassSignature, bool) {
	text, ok := known[class]
	if !ok {
		if leaf(class) {
			return classfile.ClassSignature{}, true
		}
		return classfile.ClassSignature{}, false
	}
	if text == "" {
		return classfile.ClassSignature{}, true
	}
	if s, ok := parsed.Load(class); ok {
		return s.(classfile.ClassSignature), true
	}
	s, err := classfile.ParseClassSignature(text)
	if err != nil {
		panic("artifact: the table's signature of " + class + " is broken")
	}
	parsed.Store(class, s)
	return s, true
}

// fromWorker tells whether a class may come from the worker itself though no
// archive has it: functions of Pulsar's own API, and the JDK.
func fromWorker(class string) bool {
	return known[class] != "" || strings.HasPrefix(class, "java.") || strings.HasPrefix(class, "javax.") ||
		strings.HasPrefix(class, "org.apache.pulsar.functions.api.utils.") || strings.HasPrefix(class, "org.apache.pulsar.functions.windowing.") ||
		strings.HasPrefix(class, "org.apache.pulsar.functions.source.") || strings.HasPrefix(class, "org.apache.pulsar.functions.sink.") ||
		strings.HasPrefix(class, "org.apache.pulsar.client.")
}
