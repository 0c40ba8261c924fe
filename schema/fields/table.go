package fields

import "slices"

// EntityName is what Pulsar allows in names of tenants, namespaces and
// components (NamedEntity.NAMED_ENTITY_PATTERN), but for the empty name, which
// every one of them refuses elsewhere.
const EntityName = `^[-=:.\w]+$`

// The values that several fields take.
var (
	guarantees = []string{"ATLEAST_ONCE", "ATMOST_ONCE", "EFFECTIVELY_ONCE", "MANUAL"}
	positions  = []string{"Latest", "Earliest"}
	builders   = []string{"DEFAULT", "KEY_BASED"}
	// SchemaTypes are Pulsar's own schema types (SchemaType) that a topic can have.
	schemaTypes = []string{
		"BYTES", "STRING", "BOOLEAN", "INT8", "INT16", "INT32", "INT64", "FLOAT", "DOUBLE", "DATE", "TIME", "TIMESTAMP",
		"INSTANT", "LOCAL_DATE", "LOCAL_TIME", "LOCAL_DATE_TIME", "JSON", "AVRO", "PROTOBUF", "PROTOBUF_NATIVE", "KEY_VALUE",
	}
	// Strategies are those of SchemaCompatibilityStrategy.
	strategies = []string{
		"ALWAYS_INCOMPATIBLE", "ALWAYS_COMPATIBLE", "BACKWARD", "FORWARD", "FULL", "BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE", "FULL_TRANSITIVE",
	}
	// Risks are those of plans (planner/plan.RiskKind), for lifecycle.allow.
	risks = []string{"message-loss", "reprocessing", "state-loss", "restart", "reorder", "topic-data"}
)

// table puts the parts together. Behaviour, where it is given, was measured on
// Pulsar 4.0.8 and 4.2.4.
func table() []Field {
	return slices.Concat(meshFields, topicFields, functionFields(), sourceFields(), sinkFields(), nestedFields, lifecycleFields, kubernetesFields)
}

var meshFields = []Field{
	{Kind: Mesh, Name: "tenant", Type: Text, Pattern: EntityName, Update: Local, Default: "public", Example: "public",
		Doc: "Pulsar tenant of all nodes and of topics without one. It has to exist."},
	{Kind: Mesh, Name: "namespace", Type: Place, Below: Namespace, Pattern: EntityName, Update: Local, Default: "default", Example: "default",
		Doc: "Pulsar namespace of all nodes and of topics without one: its name, or a mapping with `name` and more."},
	{Kind: Mesh, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Local, Example: "word-count",
		Doc: "Name of the mesh. A mesh is known by tenant, namespace and name."},
	{Kind: Mesh, Name: "jarFile", Aliases: []string{"jar"}, Type: Text, Update: Local, Example: "target/functions.jar",
		Doc: "Jar of the Java functions that name none of their own. Paths are relative to the mesh file."},
	{Kind: Mesh, Name: "variables", Type: Map, Update: Local, Example: map[string]any{"parallelism": 2},
		Doc: "Variables that values may use as ${name}, each with its default."},
	{Kind: Mesh, Name: "defaults", Type: Object, Below: Defaults, Update: Local, Example: map[string]any{"functions": map[string]any{"parallelism": 2}},
		Doc: "Fields for all nodes of a kind. A node that gives a field itself takes its own value, whole."},
	{Kind: Mesh, Name: "kubernetes", Type: Object, Below: Kubernetes, Update: Local, Example: map[string]any{"image": "example/pulsar-functions-java-runner:4.0.8"},
		Doc: "What only the Kubernetes resources of all nodes hold; other backends pass it over."},
	{Kind: Mesh, Name: "reconcile", Type: Enum, Values: []string{"report", "repair"}, Default: "report", Update: Local, Example: "repair",
		Doc: "What a manager does when the cluster is no longer as the mesh was deployed: `report` tells of it, `repair` also deploys again what was recorded, unless that has risks which `lifecycle` does not allow, or the mesh is locked."},
	{Kind: Mesh, Name: "topics", Type: Objects, Below: Topic, Update: Local,
		Doc: "Topics to declare. A topic that is only named by nodes needs no entry."},
	{Kind: Mesh, Name: "sources", Type: Objects, Below: Source, Update: Local,
		Doc: "The sources of the mesh: connectors that write a topic."},
	{Kind: Mesh, Name: "functions", Aliases: []string{"functionInfos"}, Type: Objects, Below: Function, Update: Local,
		Doc: "The functions of the mesh."},
	{Kind: Mesh, Name: "sinks", Type: Objects, Below: Sink, Update: Local,
		Doc: "The sinks of the mesh: connectors that read topics."},

	{Kind: Namespace, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Local, Example: "orders",
		Doc: "Name of the Pulsar namespace, without the tenant."},
	{Kind: Namespace, Name: "create", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "Create the namespace where it is absent. Without it an absent namespace is a finding of the plan."},
	{Kind: Namespace, Name: "deduplication", Type: Bool, Update: Updatable, Clear: NotPossible, Example: true,
		Doc: "Whether brokers drop messages that a producer sends twice, on all topics of the namespace. EFFECTIVELY_ONCE needs it. Policies of the namespace are set where they are given, and stay when they are taken out of the file."},
	{Kind: Namespace, Name: "retention", Type: Object, Below: Retention, Update: Updatable, Clear: NotPossible, Example: map[string]any{"retentionTimeInMinutes": 1440},
		Doc: "How long acknowledged messages are kept on topics without a retention of their own."},
	{Kind: Namespace, Name: "messageTTLInSeconds", Type: Whole, Update: Updatable, Clear: NotPossible, Example: 86400,
		Doc: "After how long messages that nobody acknowledged are dropped, 0 for never."},
	{Kind: Namespace, Name: "schemaCompatibilityStrategy", Type: Enum, Values: strategies, Update: Updatable, Clear: NotPossible, Example: "BACKWARD",
		Doc: "By what brokers decide whether a new version of a schema goes with those that a topic has."},

	{Kind: Defaults, Name: "functions", Aliases: []string{"function"}, Type: Object, Below: Function, Partial: true, Update: Local, Example: map[string]any{"parallelism": 2},
		Doc: "Fields of functions that do not give them. Names, inputs and outputs have no default."},
	{Kind: Defaults, Name: "sources", Aliases: []string{"source"}, Type: Object, Below: Source, Partial: true, Update: Local, Example: map[string]any{"parallelism": 2},
		Doc: "Fields of sources that do not give them."},
	{Kind: Defaults, Name: "sinks", Aliases: []string{"sink"}, Type: Object, Below: Sink, Partial: true, Update: Local, Example: map[string]any{"parallelism": 2},
		Doc: "Fields of sinks that do not give them."},
}

var topicFields = []Field{
	{Kind: Topic, Name: "name", Type: TopicName, Required: true, Update: Local, Example: "sentences",
		Doc: "Name of the topic: short, or persistent://tenant/namespace/name."},
	{Kind: Topic, Name: "partitions", Type: Count, Update: Updatable, Clear: NotPossible, Example: 4,
		Doc: "Number of partitions. Absent: a topic that exists is taken as it is, a new one has none. Partitions can only be added."},
	{Kind: Topic, Name: "external", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "The topic is someone else's: written or read by others, never created, never deleted."},
	{Kind: Topic, Name: "schema", Type: Object, Below: Schema, Update: Updatable, Clear: NotPossible, Example: map[string]any{"type": "STRING"},
		Doc: "Schema of the topic's messages, registered before anything attaches. Without it, a schema that follows from the nodes is registered: STRING where Java code writes or reads text. A topic that has another schema keeps it unless the broker calls the two compatible. Taking `schema` away deletes nothing."},
	{Kind: Topic, Name: "retention", Type: Object, Below: Retention, Update: Updatable, Clear: ByDefault, Example: map[string]any{"retentionTimeInMinutes": 1440},
		Doc: "How long acknowledged messages are kept, as a policy of the topic. Taken away, the namespace's counts again. It has to lie above the topic's backlog quota."},

	{Kind: Schema, Name: "type", Type: Enum, Values: schemaTypes, Required: true, Update: Updatable, Example: "STRING",
		Doc: "Pulsar's schema type. JSON, AVRO, PROTOBUF, PROTOBUF_NATIVE and KEY_VALUE take their definition from `file`."},
	{Kind: Schema, Name: "file", Type: Text, Update: Updatable, Example: "order.avsc",
		Doc: "File with the schema's definition, relative to the mesh file: an Avro schema for AVRO and JSON."},
	{Kind: Schema, Name: "properties", Type: TextMap, Update: Updatable, Example: map[string]any{"team": "orders"},
		Doc: "Properties that are stored with the schema, when a version of it is registered. KEY_VALUE needs `key.schema.type`, `value.schema.type` and `kv.encoding.type`."},

	{Kind: Retention, Name: "retentionTimeInMinutes", Type: Integer, Update: Updatable, Example: 1440,
		Doc: "Minutes; -1, or leaving it out, is without limit."},
	{Kind: Retention, Name: "retentionSizeInMB", Type: Integer, Update: Updatable, Example: 1024,
		Doc: "Mebibytes; -1, or leaving it out, is without limit."},
}

var lifecycleFields = []Field{
	{Kind: Lifecycle, Name: "protect", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "Never delete or replace the node; a plan that would is refused. The node carries it in the cluster, so that it also counts when the mesh file no longer names the node; so a change of it restarts the node."},
	{Kind: Lifecycle, Name: "movedFrom", Type: Text, Pattern: EntityName, Update: Local, Example: "old-name",
		Doc: "The node's name before a rename. Without a subscription name of its own the node then reads through the subscriptions of the old name, so that their backlog stays. Keep it, or give the old subscription's name (tenant/namespace/old-name) before you take it out."},
	{Kind: Lifecycle, Name: "adopt", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "Take over a component of this name that runs already and that meshc did not make. What belongs to another mesh is never taken over. `meshc import` writes it; it can stay."},
	{Kind: Lifecycle, Name: "allow", Type: TextList, Values: risks, Update: Local, Example: []any{"reprocessing"},
		Doc: "Risks of plans that are allowed for this node, its subscriptions included, as --allow allows them for all."},
}
