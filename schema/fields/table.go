package fields

// EntityName is what Pulsar allows in names of tenants, namespaces and
// components (NamedEntity.NAMED_ENTITY_PATTERN), but for the empty name, which
// every one of them refuses elsewhere.
const EntityName = `^[-=:.\w]+$`

// The rows say what FunctionConfig of Pulsar 4.0 and 4.2 does; where behaviour
// is given it was measured on 4.0.8 and 4.2.4.
var table = []Field{
	{Kind: Mesh, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Local, Example: "word-count",
		Doc: "Name of the mesh. A mesh is known by tenant, namespace and name."},
	{Kind: Mesh, Name: "tenant", Type: Text, Pattern: EntityName, Update: Local, Default: "public", Example: "public",
		Doc: "Pulsar tenant of all nodes and of topics without one. It has to exist."},
	{Kind: Mesh, Name: "namespace", Type: Place, Pattern: EntityName, Update: Local, Default: "default", Example: "default",
		Doc: "Pulsar namespace of all nodes and of topics without one: its name, or a mapping with `name` and `create`."},
	{Kind: Mesh, Name: "jarFile", Aliases: []string{"jar"}, Type: Text, Update: Local, Example: "target/functions.jar",
		Doc: "Jar of the Java functions that name none of their own. Paths are relative to the mesh file."},
	{Kind: Mesh, Name: "topics", Type: Topics, Update: Local,
		Doc: "Topics to declare. A topic that is only named by nodes needs no entry."},
	{Kind: Mesh, Name: "functions", Aliases: []string{"functionInfos"}, Type: Functions, Update: Local,
		Doc: "The functions of the mesh."},

	{Kind: Namespace, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Local, Example: "orders",
		Doc: "Name of the Pulsar namespace, without the tenant."},
	{Kind: Namespace, Name: "create", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "Create the namespace where it is absent. Without it an absent namespace is a finding of the plan."},

	{Kind: Topic, Name: "name", Type: TopicName, Required: true, Update: Local, Example: "sentences",
		Doc: "Name of the topic: short, or persistent://tenant/namespace/name."},
	{Kind: Topic, Name: "partitions", Type: Count, Update: Updatable, Clear: NotPossible, Example: 4,
		Doc: "Number of partitions. Absent: a topic that exists is taken as it is, a new one has none. Partitions can only be added."},
	{Kind: Topic, Name: "external", Type: Bool, Default: false, Update: Local, Example: true,
		Doc: "The topic is someone else's: written or read by others, never created, never deleted."},

	{Kind: Function, Name: "name", Type: Text, Pattern: EntityName, Required: true, Update: Fixed, Example: "split",
		Doc: "Name of the function, unique among functions, sources and sinks of the namespace."},
	{Kind: Function, Name: "className", Aliases: []string{"classname"}, Type: Text, Update: Updatable, Clear: NotPossible, Example: "org.example.Split",
		Doc: "Class of the function. Java and Python need it; Go has none."},
	{Kind: Function, Name: "parallelism", Aliases: []string{"replicas"}, Type: Count, Default: 1.0, Update: Updatable, Clear: ByDefault, Example: 2,
		Doc: "Number of instances. A change restarts all of them."},
	{Kind: Function, Name: "inputs", Type: TopicList, Required: true, Update: Fixed, Clear: NotPossible, Example: []any{"sentences"},
		Doc: "Topics that the function reads. Workers cannot alter them (\"Input Topics cannot be altered\"), so a change replaces the function; subscriptions that stay keep their backlog."},
	{Kind: Function, Name: "output", Type: OneTopic, Update: Updatable, Clear: NotPossible, Example: "words",
		Doc: "Topic for what the function returns. PIP-66 writes a list of one."},
	{Kind: Function, Name: "jar", Aliases: []string{"jarFile"}, Type: Text, Update: Local, Example: "target/split.jar",
		Doc: "Jar with a Java function, relative to the mesh file. Default: the mesh's `jarFile`."},
	{Kind: Function, Name: "py", Type: Text, Update: Local, Example: "clean.py",
		Doc: "Python file with the function, relative to the mesh file. Its name is the module name in `className`."},
	{Kind: Function, Name: "go", Type: Text, Update: Local, Example: "bin/enrich",
		Doc: "Executable of a Go function, relative to the mesh file."},
	{Kind: Function, Name: "userConfig", Type: Map, Default: map[string]any{}, Update: Updatable, Clear: ByEmptyMap, Example: map[string]any{"minLength": 3},
		Doc: "Settings for the function's own code. Workers keep numbers as 64-bit floats; null values vanish."},
	{Kind: Function, Name: "subscriptionPosition", Type: Enum, Values: []string{"Latest", "Earliest"}, Default: "Latest", Update: WriteOnce, Clear: NotPossible, Example: "Earliest",
		Doc: "Where the function starts on an input that it has no subscription on yet."},
	{Kind: Function, Name: "processingGuarantees", Type: Enum, Values: []string{"ATLEAST_ONCE", "ATMOST_ONCE", "EFFECTIVELY_ONCE", "MANUAL"}, Default: "ATLEAST_ONCE", Update: Fixed, Clear: ByDefault, Example: "ATLEAST_ONCE",
		Refused: map[Runtime]string{Python: "EFFECTIVELY_ONCE", Go: "EFFECTIVELY_ONCE"},
		Doc:     "Delivery guarantee. Workers cannot alter it, so a change replaces the function. ATMOST_ONCE and EFFECTIVELY_ONCE can lose messages at a restart."},
	{Kind: Function, Name: "retainOrdering", Type: Bool, Default: false, Update: Fixed, Clear: ByDefault, Example: true,
		Doc: "Keep the order of each partition: one instance reads it at a time (Failover subscription). Workers cannot alter it, so a change replaces the function."},
	{Kind: Function, Name: "resources", Type: Resources, Default: map[string]any{"cpu": 1.0, "ram": float64(1 << 30), "disk": 10 * float64(1<<30)}, Update: Updatable, Clear: ByDefault, Example: map[string]any{"cpu": 0.5, "ram": 536870912},
		Doc: "cpu in cores, ram and disk in bytes, each above 0. An absent part is the default (1 core, 1 GiB, 10 GiB). The process runtime uses ram only, the thread runtime none."},
	{Kind: Function, Name: "logTopic", Type: TopicName, Update: Updatable, Clear: NotPossible, Example: "split-log",
		Doc: "Topic that the function's log lines go to."},
	{Kind: Function, Name: "subName", Type: Text, Update: Fixed, Clear: NotPossible, Example: "split",
		Doc: "Name of the subscription on the inputs. Default: tenant/namespace/name. Workers cannot alter it, so a change replaces the function."},

	{Kind: Resource, Name: "cpu", Type: Number, Default: 1.0, Update: Updatable, Clear: ByDefault, Example: 0.5,
		Doc: "Cores for each instance."},
	{Kind: Resource, Name: "ram", Type: Count, Default: float64(1 << 30), Update: Updatable, Clear: ByDefault, Example: 536870912,
		Doc: "Memory for each instance, in bytes."},
	{Kind: Resource, Name: "disk", Type: Count, Default: 10 * float64(1<<30), Update: Updatable, Clear: ByDefault, Example: 1073741824,
		Doc: "Disk for each instance, in bytes."},

	{Kind: Function, Name: "runtime", Type: Enum, Values: []string{"JAVA", "PYTHON", "GO"}, Update: Fixed, Clear: NotPossible, Internal: true,
		Doc: "Language, from the kind of code file. Workers cannot alter it."},
	{Kind: Function, Name: "cleanupSubscription", Type: Bool, Default: true, Update: Updatable, Clear: ByDefault, Internal: true,
		Doc: "Always false: subscriptions are meshc's, so that a replacement keeps the backlog."},
	{Kind: Function, Name: "autoAck", Type: Bool, Default: true, Update: Fixed, Clear: ByDefault, Internal: true,
		Doc: "Always true: without it Python never acknowledges and Go stops at start."},
}

var later = map[Kind][]string{
	Mesh:  {"sources", "sinks", "defaults", "variables", "kubernetes", "lifecycle"},
	Topic: {"schema", "retention"},
	Function: {
		"customSerdeInputs", "topicsPattern", "customSchemaInputs", "customSchemaOutputs", "inputSpecs",
		"inputTypeClassName", "outputTypeClassName", "producerConfig", "outputSchemaType", "outputSerdeClassName",
		"retainKeyOrdering", "batchBuilder", "forwardSourceMessageProperty", "secrets", "runtime", "autoAck",
		"maxMessageRetries", "deadLetterTopic", "windowConfig", "timeoutMs", "cleanupSubscription",
		"customRuntimeOptions", "runtimeFlags", "maxPendingAsyncRequests", "exposePulsarAdminClientEnabled",
		"skipToLatest", "functionType", "fqfn", "tenant", "namespace", "kubernetes", "lifecycle",
	},
}
