package diag

import (
	"maps"
	"slices"
)

// Code names a kind of finding for ever: MC1xxx not YAML, MC2xxx wrong shape,
// MC3xxx wrong reference, MC4xxx a rule over the whole mesh, MC5xxx the plan,
// MC6xxx what Kubernetes and the Function Mesh operator do not take.
type Code string

// The codes in use. Each has an entry in the catalogue below.
const (
	NotYAML           Code = "MC1001"
	MisplacedOutput   Code = "MC1002"
	DuplicateKey      Code = "MC1003"
	YAMLFeature       Code = "MC1004"
	EmptyFile         Code = "MC1005"
	UnreadableFile    Code = "MC1006"
	NoReason          Code = "MC1007"
	IdleIgnore        Code = "MC1008"
	BadIgnore         Code = "MC1009"
	BadReference      Code = "MC1010"
	UnknownVariable   Code = "MC1011"
	VariableCycle     Code = "MC1012"
	UnusedVariable    Code = "MC1013"
	BadVariable       Code = "MC1014"
	NoValue           Code = "MC1015"
	ReferenceInKey    Code = "MC1016"
	BadOverlay        Code = "MC1017"
	NewInOverlay      Code = "MC1018"
	BadSet            Code = "MC1019"
	SensitivePlace    Code = "MC1020"
	LiteralSecret     Code = "MC1021"
	LostField         Code = "MC1022"
	NotConvertible    Code = "MC1023"
	TargetNeeds       Code = "MC1024"
	OtherMeaning      Code = "MC1025"
	SecretLeftOut     Code = "MC1026"
	UnknownKey        Code = "MC2001"
	MissingKey        Code = "MC2002"
	WrongType         Code = "MC2003"
	BadValue          Code = "MC2004"
	TwoSpellings      Code = "MC2005"
	NotInThisVersion  Code = "MC2006"
	DuplicateNode     Code = "MC3001"
	DuplicateMesh     Code = "MC3002"
	DuplicateTopic    Code = "MC3003"
	BadTopicName      Code = "MC3004"
	NoRuntime         Code = "MC3005"
	TwoRuntimes       Code = "MC3006"
	MissingArtifact   Code = "MC3007"
	BadArtifact       Code = "MC3008"
	DuplicateInput    Code = "MC3009"
	BadName           Code = "MC3010"
	NotForRuntime     Code = "MC3011"
	AbsentClass       Code = "MC3012"
	NoFunction        Code = "MC3013"
	BrokenArtifact    Code = "MC3014"
	NoFunctions       Code = "MC3015"
	NoDefault         Code = "MC3016"
	ForeignPlace      Code = "MC3017"
	NoConnector       Code = "MC3018"
	BadClass          Code = "MC3019"
	MissingSetting    Code = "MC3020"
	UnknownSetting    Code = "MC3021"
	BadSchema         Code = "MC3030"
	BadRetention      Code = "MC3031"
	Cycle             Code = "MC4001"
	UnwrittenInput    Code = "MC4002"
	OutputIsInput     Code = "MC4003"
	EffectivelyOnce   Code = "MC4004"
	SharedSub         Code = "MC4005"
	LogTopicIsInput   Code = "MC4006"
	TypesDiffer       Code = "MC4007"
	SchemaClash       Code = "MC4008"
	SameProducer      Code = "MC4009"
	CodecsDiffer      Code = "MC4010"
	FailedReturn      Code = "MC4011"
	Unreachable       Code = "MC4012"
	UnreadOutput      Code = "MC4013"
	IdleInstances     Code = "MC4014"
	AlikeTopics       Code = "MC4015"
	PatternReturn     Code = "MC4016"
	PatternInside     Code = "MC4017"
	UnusedTopic       Code = "MC4018"
	TwoOwners         Code = "MC4019"
	BadMove           Code = "MC4020"
	WindowRefused     Code = "MC4101"
	TimeoutRefused    Code = "MC4102"
	RetriesRefused    Code = "MC4103"
	OrderingRefused   Code = "MC4104"
	AckRefused        Code = "MC4105"
	TwoCodings        Code = "MC4106"
	CryptoRefused     Code = "MC4107"
	NotJSON           Code = "MC4108"
	NotRead           Code = "MC4109"
	NoEffect          Code = "MC4110"
	MeshcDecides      Code = "MC4111"
	NewerField        Code = "MC4112"
	Trapped           Code = "MC4113"
	PlainSecret       Code = "MC4114"
	DroppedEntry      Code = "MC4115"
	NumberRefused     Code = "MC4116"
	BadPattern        Code = "MC4117"
	UnknownProperty   Code = "MC4118"
	NotOurs           Code = "MC5001"
	AbsentNamespace   Code = "MC5002"
	PartitionsFixed   Code = "MC5003"
	NameTaken         Code = "MC5004"
	WriteOnce         Code = "MC5005"
	AbsentTopic       Code = "MC5006"
	SubscriptionInUse Code = "MC5007"
	NoRoomForMarker   Code = "MC5008"
	NotOnCluster      Code = "MC5012"
	PatternTopics     Code = "MC5013"
	Protected         Code = "MC5021"
	AdoptAsItIs       Code = "MC5022"
	OtherSubscription Code = "MC5023"
	SchemaMissing     Code = "MC5041"
	SchemaRefused     Code = "MC5042"
	PoliciesRefused   Code = "MC5043"
	NoPulsar          Code = "MC5061"
	BeingDeleted      Code = "MC5062"
	ResourceTooLarge  Code = "MC5063"
	UpdateRefused     Code = "MC5051"
	UpdateIncomplete  Code = "MC5052"
	KubernetesName    Code = "MC6001"
	SameResource      Code = "MC6002"
	NotInOperator     Code = "MC6003"
	Misfit            Code = "MC6004"
	AmountRefused     Code = "MC6005"
	ScaleRefused      Code = "MC6006"
	CodeRefused       Code = "MC6007"
	GoRefused         Code = "MC6008"
	DeliveryRefused   Code = "MC6009"
	TopicRefused      Code = "MC6010"
	WindowUnfit       Code = "MC6011"
	Disregarded       Code = "MC6012"
	CredentialsShown  Code = "MC6013"
)

// Entry is what the catalogue knows of a code.
type Entry struct {
	Code     Code
	Severity Severity
	// Summary is the headline: no user data, so that the same problem always reads the same.
	Summary string
	// Doc explains the rule and its remedy in a few sentences.
	Doc string
}

// Severity returns the default severity; a code that is not in the catalogue is an error.
func (c Code) Severity() Severity {
	if e, ok := catalogue[c]; ok {
		return e.Severity
	}
	return Error
}

// Summary returns the headline of the code.
func (c Code) Summary() string { return catalogue[c].Summary }

// Catalogue returns all codes in order.
func Catalogue() []Entry {
	entries := make([]Entry, 0, len(catalogue))
	for _, c := range slices.Sorted(maps.Keys(catalogue)) {
		e := catalogue[c]
		e.Code = c
		entries = append(entries, e)
	}
	return entries
}

var catalogue = map[Code]Entry{
	NotYAML:           {Severity: Error, Summary: "Not valid YAML", Doc: "The file cannot be read as YAML. The first line that cannot be part of a valid document is shown."},
	MisplacedOutput:   {Severity: Error, Summary: "Key indented under a list item", Doc: "The example that PIP-66 prints has `output:` indented under the last item of `inputs:`, which is not valid YAML. The key belongs to the function: indent it like `inputs:`."},
	DuplicateKey:      {Severity: Error, Summary: "Key given twice", Doc: "A mapping holds the same key twice; only one can be meant."},
	YAMLFeature:       {Severity: Error, Summary: "YAML feature not used by meshes", Doc: "Merge keys, custom tags, keys that are not plain text and aliases that contain themselves are not part of the mesh language."},
	EmptyFile:         {Severity: Error, Summary: "No mesh in the file", Doc: "The file holds no YAML document with content."},
	UnreadableFile:    {Severity: Error, Summary: "File cannot be read", Doc: "The file does not exist, is a folder without mesh files, is not text, or is too large."},
	NoReason:          {Severity: Warning, Summary: "Ignored without a reason", Doc: "A comment `# meshc:ignore CODE reason` silences a finding for good. Who reads the file later needs to know why."},
	IdleIgnore:        {Severity: Warning, Summary: "Nothing to ignore here", Doc: "A comment `# meshc:ignore CODE reason` stands where no finding of that code is. It counts for its own line, or for the line directly below if it has a line to itself. What it was for may be mended: remove it, so that it cannot hide something new."},
	BadIgnore:         {Severity: Warning, Summary: "Finding cannot be ignored", Doc: "Comments silence warnings, and errors of rules over the whole mesh (MC4xxx). An error of syntax, shape or names means that meshc cannot know what the mesh is, and what a plan finds depends on the cluster: neither can be ignored in the file. The form is `# meshc:ignore CODE reason`."},
	BadReference:      {Severity: Error, Summary: "Reference cannot be followed", Doc: "References are `${NAME}` for a variable, `${env:NAME}` for an environment variable and `${file:PATH}` for the text of a file; `$${` stands for the text `${`. What they stand for is bounded in size."},
	UnknownVariable:   {Severity: Error, Summary: "Unknown variable", Doc: "`${NAME}` names no variable that the mesh declares under `variables:`."},
	VariableCycle:     {Severity: Error, Summary: "Variables need each other", Doc: "Variables may be written by others, but not in a circle."},
	UnusedVariable:    {Severity: Warning, Summary: "Variable is not used", Doc: "No value and no other variable uses it. Often its name is misspelt, or what it was for is gone."},
	BadVariable:       {Severity: Error, Summary: "Not a variable", Doc: "`variables:` is a mapping of names to single values, or to mappings with `default` and `description`. Names hold letters, digits, `_` and `-`."},
	NoValue:           {Severity: Error, Summary: "No value given", Doc: "A variable without a default needs a value from `--set` or an overlay. An environment variable that is not set (or empty) and a file that is not there are unknown to `validate`; `plan` and `apply` need them. Files are text of at most 256 KiB."},
	ReferenceInKey:    {Severity: Warning, Summary: "Reference in a key", Doc: "References are replaced in values only; in a key `${` is text like any other, and seldom meant."},
	BadOverlay:        {Severity: Error, Summary: "Overlay does not fit", Doc: "An overlay changes what is there: it names the mesh that it is for where there are several, entries of lists by their names, and takes away (`KEY: null`, `$patch: delete`) only what the mesh has. A key without a value could mean either and is refused."},
	NewInOverlay:      {Severity: Warning, Summary: "Overlay adds what looks like a slip", Doc: "An overlay may add topics and nodes. A name that is nearly one that the mesh has is more often a slip."},
	BadSet:            {Severity: Error, Summary: "--set does not fit", Doc: "`--set PATH=VALUE` sets a value in what the mesh file or an overlay has: `functions.split.parallelism=4`, `variables.n=3`. Entries of lists are named; a name with dots stands in brackets."},
	SensitivePlace:    {Severity: Error, Summary: "Secret value where it would be shown", Doc: "Values of `${env:}` and `${file:}` are kept secret: they may stand among the settings of a node's own code (such as `userConfig`), not in names, topics, numbers of instances and other fields, which plans show. A variable with `--set` is for those."},
	LiteralSecret:     {Severity: Warning, Summary: "Secret in the file", Doc: "A key such as `password`, `token` or `apiKey` has its value in the file. Secrets belong into the environment (`${env:NAME}`) or a file that is not kept with the mesh (`${file:PATH}`). Excerpts show stars in its place."},
	LostField:         {Severity: Warning, Summary: "Field without a counterpart", Doc: "Meshes, the resources of Function Mesh and the config files of pulsar-admin do not hold the same. What one of them says and the other cannot is named here, and is absent from what is read or written. With `--strict` it counts like an error."},
	NotConvertible:    {Severity: Error, Summary: "No form in the other language", Doc: "A component is of a sort that the other side does not have at all, or has a name that it does not allow, so that leaving something out would make another component of it."},
	TargetNeeds:       {Severity: Error, Summary: "Needed for the target", Doc: "The resource or file that is to be written needs something that the mesh does not say. What only Kubernetes resources hold stands under `kubernetes:`, of the mesh or of a node."},
	OtherMeaning:      {Severity: Warning, Summary: "Means something else elsewhere", Doc: "The same text means one thing to Pulsar's function workers and another to the tool that the file is for. What meshc takes or writes is said with the finding."},
	SecretLeftOut:     {Severity: Warning, Summary: "Secret left out", Doc: "Values of `${env:NAME}` and `${file:PATH}` are kept secret. What `meshc build` writes holds the reference in their place; put the value in where the file is used, or let the code read it from a Secret."},
	UnknownKey:        {Severity: Error, Summary: "Unknown key", Doc: "The key is not part of the mesh language here. Function workers drop unknown fields silently, so meshc refuses them."},
	MissingKey:        {Severity: Error, Summary: "Missing key", Doc: "A key that is always needed is absent."},
	WrongType:         {Severity: Error, Summary: "Wrong type of value", Doc: "The value is of another type than the key takes."},
	BadValue:          {Severity: Error, Summary: "Value not allowed", Doc: "The value is outside of what the key takes. Function workers read an unknown enum value as absent, so meshc refuses it."},
	TwoSpellings:      {Severity: Error, Summary: "Same field in two spellings", Doc: "PIP-66's spelling and Pulsar's own name of one field are both given; keep one."},
	NotInThisVersion:  {Severity: Error, Summary: "Not in this version of meshc", Doc: "The file is of a kind that this version of meshc does not read as a mesh. It reads mesh files, the resources `FunctionMesh`, `Function`, `Source` and `Sink` of compute.functionmesh.io/v1alpha1, and config files of pulsar-admin."},
	DuplicateNode:     {Severity: Error, Summary: "Two nodes of one name", Doc: "Names of functions, sources and sinks share one space in a Pulsar namespace."},
	DuplicateMesh:     {Severity: Error, Summary: "Two meshes of one name", Doc: "A mesh is known by tenant, namespace and name; the same may not be defined twice."},
	DuplicateTopic:    {Severity: Error, Summary: "Topic declared twice", Doc: "One topic may be declared once; short and full spelling name the same topic."},
	BadTopicName:      {Severity: Error, Summary: "Not a topic name", Doc: "A topic is `name`, `tenant/namespace/name` or `persistent://tenant/namespace/name`. Non-persistent topics keep no backlog, so no deployment could keep their messages."},
	NoRuntime:         {Severity: Error, Summary: "Node without code", Doc: "A function needs `jar`, `py` or `go`, or the mesh a `jarFile` for its Java functions; a source or sink needs an `archive`."},
	TwoRuntimes:       {Severity: Error, Summary: "Function with code in two languages", Doc: "Only one of `jar`, `py` and `go` may be given."},
	MissingArtifact:   {Severity: Error, Summary: "Code file not found", Doc: "The file with the code of a function does not exist or cannot be read. Paths are relative to the mesh file. `validate` only warns, since the build may come later; `plan` and `apply` need the file."},
	BadArtifact:       {Severity: Error, Summary: "Code file cannot be used", Doc: "The location is not a local file of the kind that the runtime takes."},
	DuplicateInput:    {Severity: Error, Summary: "Input given twice", Doc: "A function reads each topic through one subscription; short and full spelling name the same topic."},
	BadName:           {Severity: Error, Summary: "Name not allowed", Doc: "Pulsar names may hold letters, digits and `-=:._`. Names of meshes and functions have 100 characters at most, since names of subscriptions, packages and files are made of them."},
	NotForRuntime:     {Severity: Error, Summary: "Field refused for this language", Doc: "Function workers refuse this field or value for functions of this language."},
	AbsentClass:       {Severity: Error, Summary: "Class not in the code file", Doc: "The code file has no class or module of the name in `className`. Java names are written in full, with a dollar sign before a nested class (`org.example.Outer$Inner`); Python names are `module.Class`."},
	NoFunction:        {Severity: Error, Summary: "Class cannot be used as a function", Doc: "Function workers run a class that implements Pulsar's Function or java.util.function.Function with types, is not abstract and has a constructor without parameters; in Python a class with a method `process`, or a module with a function `process`."},
	BrokenArtifact:    {Severity: Error, Summary: "Code file cannot be read", Doc: "The code file is not what its runtime takes: not a zip, cut off, no executable, larger than any real one, or with entries that lead out of the archive."},
	NoFunctions:       {Severity: Error, Summary: "Mesh without nodes", Doc: "The mesh has no functions, sources or sinks. Applied, such a mesh would take down all that it had, and that is more often a bad merge than meant. `validate` only warns; `plan` and `apply` refuse it. To take a mesh down there is `meshc destroy`."},
	NoDefault:         {Severity: Error, Summary: "Field without a default", Doc: "`defaults:` gives fields to all nodes of a kind. Names, inputs, outputs and subscriptions are each node's own."},
	ForeignPlace:      {Severity: Error, Summary: "Node outside of its mesh", Doc: "A mesh is self-contained (PIP-66): its nodes live in its own tenant and namespace. Meshes meet at topics."},
	NoConnector:       {Severity: Error, Summary: "Class cannot be used as a connector", Doc: "Function workers run a class that implements Pulsar's Source, BatchSource or Sink with a type; a NAR names it in META-INF/services/pulsar-io.yaml, for a plain jar `className` does. A BatchSource needs a `batchSourceConfig`."},
	BadClass:          {Severity: Error, Summary: "Class cannot be used here", Doc: "A SerDe, a schema, a crypto key reader, a payload processor, a discovery triggerer or a timestamp extractor implements its interface and has the constructor that instances call; a SerDe or schema is for the type that the component takes or gives. Where workers take the component all the same and only its instances fail, it is a warning."},
	MissingSetting:    {Severity: Error, Summary: "Setting of the connector missing", Doc: "The connector's config class calls a setting required and gives no default (@FieldDoc). Function workers take the component, and its instances fail when they start."},
	UnknownSetting:    {Severity: Warning, Summary: "Unknown setting of the connector", Doc: "The connector's config class has no setting of this name. Depending on the connector it is passed over silently, or instances fail when they start."},
	BadSchema:         {Severity: Error, Summary: "Schema that no broker registers", Doc: "JSON, AVRO, PROTOBUF, PROTOBUF_NATIVE and KEY_VALUE have a definition, which `file` gives; all other types have none. A KEY_VALUE schema says in its properties how key and value are coded. Of a topic of someone else the type alone may be given, to be compared."},
	BadRetention:      {Severity: Error, Summary: "Retention that cannot be", Doc: "Retention has a limit of time, of size, or both; -1, or leaving one out, is without limit. Two limits of 0 keep nothing, and a single one of 0 is refused by brokers. It can be given for the mesh's own topics, and for its namespace."},
	Cycle:             {Severity: Error, Summary: "Cycle of nodes", Doc: "Messages would go round for ever. Meshes are acyclic."},
	UnwrittenInput:    {Severity: Warning, Summary: "Nothing writes this input", Doc: "No node of the mesh writes the topic. Declare it under `topics:` with `external: true` if others write it."},
	OutputIsInput:     {Severity: Error, Summary: "Output is also an input", Doc: "A function that reads what it writes feeds itself; function workers refuse it only when both are spelled alike."},
	EffectivelyOnce:   {Severity: Warning, Summary: "EFFECTIVELY_ONCE can lose messages", Doc: "With broker deduplication on, real function workers lose outputs at every restart under load, and most of them behind a producer that batches. ATLEAST_ONCE loses none. Plans keep changes from it where they can: they turn batching off from Pulsar 4.1 on, and else pause what feeds the function while it changes. Crashes, rebalancing and other tools are beyond them."},
	SharedSub:         {Severity: Error, Summary: "Subscription used by two nodes", Doc: "Two nodes that share a subscription on a topic share its messages: each sees only a part."},
	LogTopicIsInput:   {Severity: Error, Summary: "Log topic is an input", Doc: "A function whose log topic feeds itself writes a line for each line it reads."},
	TypesDiffer:       {Severity: Error, Summary: "Types do not meet", Doc: "A Java node takes another type than the one that is written to the topic, by what their class files say: each has a schema of its own, and a broker refuses the second one that comes, or the function fails at each message. Two kinds of numbers are a warning, since a namespace may allow the wider one. Types that are not known for sure, bytes, generic records, SerDes and classes of users among each other are not compared."},
	SchemaClash:       {Severity: Error, Summary: "Schemas clash", Doc: "A topic has one schema type. Brokers refuse a producer or consumer that comes with another, unless the namespace's compatibility strategy is ALWAYS_COMPATIBLE. A node without a schema type takes over the topic's; function workers can use STRING, JSON, AVRO, PROTOBUF, PROTOBUF_NATIVE and KEY_VALUE."},
	SameProducer:      {Severity: Error, Summary: "Two producers of one name", Doc: "With EFFECTIVELY_ONCE function workers name a function's producer after its input. Two such functions with the same input and output are two producers of one name, of which brokers refuse the second."},
	CodecsDiffer:      {Severity: Warning, Summary: "SerDe meets schema", Doc: "One end of the topic codes messages by a SerDe class and the other by a schema. That works only where the SerDe's bytes are what the schema expects, and nothing checks it."},
	FailedReturn:      {Severity: Error, Summary: "Failed messages come back", Doc: "A node's dead letters or late data are fed to it again: a message that can never be processed goes round for ever. Where they come back over other nodes, which may mend them, this is a warning."},
	Unreachable:       {Severity: Warning, Summary: "Nothing leads to these nodes", Doc: "A node gets messages when a source, an external topic or a topic of unknown writers leads to it, over however many nodes. To these none does: what writes their inputs waits for messages itself, as where dead letters are the only way into a ring."},
	UnreadOutput:      {Severity: Warning, Summary: "Nothing reads this output", Doc: "No node of the meshes at hand reads the topic, by name or by pattern, and it is not declared `external: true`. Either a reader is missing, or its input is spelt otherwise, or others read it: then declare the topic external if it is theirs, or note beside the output who reads it, as `# meshc:ignore MC4013 read by the web shop`."},
	IdleInstances:     {Severity: Warning, Summary: "More instances than partitions", Doc: "With `retainOrdering`, or EFFECTIVELY_ONCE, instances share a Failover subscription: of each partition one instance reads, and instances beyond the number of partitions read nothing."},
	AlikeTopics:       {Severity: Warning, Summary: "Topics that differ in spelling only", Doc: "Pulsar tells `Orders`, `orders` and `or-ders` apart; people do not. Names with digits have to differ in more than case and underscores for dashes."},
	PatternReturn:     {Severity: Error, Summary: "Pattern feeds its own node", Doc: "An input by pattern takes a topic that the node writes, or that a node downstream of it writes, also as a log, dead letters or late data. Messages would go round for ever."},
	PatternInside:     {Severity: Warning, Summary: "Pattern takes topics of the same mesh", Doc: "An input by pattern takes topics that other nodes of the mesh write. If that is not meant, the pattern is too wide. If it is, the first messages may be missed: subscriptions of patterns cannot be made before their topics exist, and readers look for new topics once a minute. Topics that are listed under `inputs` have neither trouble."},
	UnusedTopic:       {Severity: Warning, Summary: "Topic declared and not used", Doc: "The topic is declared under `topics:` and no node of the meshes at hand names it. It would be made, or has to exist if it is external, for nothing."},
	TwoOwners:         {Severity: Warning, Summary: "Topic of two meshes", Doc: "Meshes are self-contained (PIP-66) and meet at topics. A topic belongs to one mesh, which makes and deletes it; for all others it is `external: true`. Two meshes of the run take this one for their own."},
	BadMove:           {Severity: Error, Summary: "Move from a node that cannot be moved", Doc: "`lifecycle.movedFrom` gives a node the subscriptions, and so the backlog, of the node that it was before a rename. The old name has to be gone from the mesh, and only one node can take its place."},
	WindowRefused:     {Severity: Error, Summary: "Window that workers refuse", Doc: "A window has one length, in messages or in time, above 0. Intervals are above 0 too, and lag and watermarks are checked where a class takes times from messages. A function with a window is ATLEAST_ONCE or ATMOST_ONCE."},
	TimeoutRefused:    {Severity: Error, Summary: "Timeout that workers refuse", Doc: "The timeout of a function is above 0 and goes with ATLEAST_ONCE only. Sinks may have any from 0."},
	RetriesRefused:    {Severity: Error, Summary: "Retries that workers refuse", Doc: "A function with EFFECTIVELY_ONCE has no retries, and a dead letter topic needs a number of retries after which a message goes there."},
	OrderingRefused:   {Severity: Error, Summary: "Order that workers refuse", Doc: "A component keeps the order of partitions (Failover subscription) or that of keys (Key_Shared), not both; EFFECTIVELY_ONCE takes the first for itself."},
	AckRefused:        {Severity: Error, Summary: "Acknowledging that contradicts", Doc: "ATMOST_ONCE acknowledges a message before the code gets it, so workers refuse `autoAck: false`. That Go functions stop over it, and that windows ignore it, is a warning."},
	TwoCodings:        {Severity: Error, Summary: "Schema and SerDe for one topic", Doc: "The messages of a topic are coded by a schema or by a SerDe class. Workers refuse both for Java; for Python they take both and instances use the schema, which is a warning."},
	CryptoRefused:     {Severity: Error, Summary: "Encryption that cannot work", Doc: "Keys are read by a class, and a producer names the keys that it encrypts with. Python instances need the settings of the class as well: without them they log an error and go on without encryption."},
	NotJSON:           {Severity: Error, Summary: "Text that has to be JSON", Doc: "Some fields hold a JSON object as text. Workers refuse schemas that are none; others they store unseen, which is a warning."},
	NotRead:           {Severity: Warning, Summary: "Field that the language never reads", Doc: "Function workers take the field, store it and give it back, and instances of this language never look at it."},
	NoEffect:          {Severity: Warning, Summary: "Field without effect", Doc: "The field does nothing on function workers, or not here, or not without another field that is absent."},
	MeshcDecides:      {Severity: Warning, Summary: "Value that meshc does not use", Doc: "meshc decides this field itself, so that deployments lose nothing. The file's value is read and not used."},
	NewerField:        {Severity: Warning, Summary: "Field that older workers drop", Doc: "Function workers drop fields that they do not know without a word. With `--pulsar-version` of such workers this is an error, with that of newer ones nothing."},
	Trapped:           {Severity: Warning, Summary: "Value that does something else", Doc: "Function workers take the value, and it does something else than it says, fails later, or is lost at the next update."},
	PlainSecret:       {Severity: Warning, Summary: "Secret in clear text", Doc: "Secrets are references that the worker's secrets provider resolves: `{path: NAME, key: KEY}`. A text is stored and shown as it is."},
	DroppedEntry:      {Severity: Warning, Summary: "Entry that does not arrive", Doc: "Function workers leave entries without a value out, and keep some keys for themselves."},
	NumberRefused:     {Severity: Error, Summary: "Number too large", Doc: "Function workers keep most numbers in 32 bits and refuse what does not fit, without a reason. Times and sizes have 64."},
	BadPattern:        {Severity: Error, Summary: "Not a regular expression", Doc: "The pattern of an input has a mistake that no language of expressions takes. Function workers store it unseen, and instances fail to start."},
	UnknownProperty:   {Severity: Error, Summary: "Property unknown to the client", Doc: "Instances hand `consumerProperties` to Pulsar's Java client, which fails over a name that it does not know. Function workers store any name."},
	NotOurs:           {Severity: Error, Summary: "Not deployed by this mesh", Doc: "A component of this name runs in the cluster without the marker of this mesh. meshc never touches it."},
	AbsentNamespace:   {Severity: Error, Summary: "Namespace does not exist", Doc: "Tenants are never created; a namespace only when it is declared with `create: true`."},
	PartitionsFixed:   {Severity: Error, Summary: "Partition count cannot change so", Doc: "Pulsar can only add partitions to a partitioned topic; fewer, or partitions for a topic that has none, would need a new topic."},
	NameTaken:         {Severity: Error, Summary: "Name taken by another kind", Doc: "Names of functions, sources and sinks share one space in a namespace; delete the other component or take another name."},
	WriteOnce:         {Severity: Warning, Summary: "Change has no effect on what exists", Doc: "Pulsar reads this field only when the component and its subscriptions are created."},
	AbsentTopic:       {Severity: Error, Summary: "External topic does not exist", Doc: "A topic declared `external: true` is someone else's: meshc never creates it, so it must be there before the mesh."},
	NoRoomForMarker:   {Severity: Error, Summary: "No room for meshc's marker", Doc: "meshc keeps its marker, which tells whose a component is and what was written, under the key `meshc` of `customRuntimeOptions`, beside the keys of the mesh file. Workers keep that text as it is; on Kubernetes their customizer reads it as a JSON object. Any other text, and one with that key, leaves no room for it."},
	Protected:         {Severity: Error, Summary: "Protected node", Doc: "The node is protected (`lifecycle.protect`), and the plan would delete or replace it. The component carries the protection in the cluster, so that it also counts when the mesh file no longer names the node, and for a destroy by name."},
	AdoptAsItIs:       {Severity: Error, Summary: "Adopted with other inputs", Doc: "A component that meshc takes over has to read what it reads now, through the subscription that it has: its subscriptions are not the mesh's yet, so what waits in them could get lost. Once it is adopted, inputs can be changed."},
	OtherSubscription: {Severity: Warning, Summary: "Moved, and with another subscription", Doc: "A node with `movedFrom` and no subscription name of its own reads through tenant/namespace/old-name. The component of the old name reads through another subscription, which is drained and deleted."},
	SchemaMissing:     {Severity: Error, Summary: "Topic without the schema that a reader asks for", Doc: "A broker lets the first reader with a schema onto a topic without one only while nobody is attached and no message is stored; else its instance never starts (\"Failed to add schema to an active topic with empty(BYTES) schema\"). For topics of the mesh meshc registers the schema first; on a topic that is `external: true` its owner has to."},
	SchemaRefused:     {Severity: Error, Summary: "Schema does not go with the topic's", Doc: "The topic has a schema in the cluster, and the broker was asked whether the wanted one goes with it under the namespace's compatibility strategy. A topic keeps its type of schema, and a definition may change only as the strategy allows. Where a node would take over the topic's schema and may fail over it, it is a warning."},
	PoliciesRefused:   {Severity: Error, Summary: "Policies that the cluster does not take", Doc: "A retention has to lie above the backlog quota of its topic, and policies of topics can be switched off in a cluster (topicLevelPoliciesEnabled). A retention that another mesh has set is that mesh's."},
	NoPulsar:          {Severity: Warning, Summary: "Pulsar's side is left to others", Doc: "A mesh on Kubernetes is deployed without a connection to Pulsar. The resources are written, all at once, and deleted, what writes before what reads, and nothing else: no topic, schema or subscription is made before its first user comes, nothing is drained before it goes, and subscriptions stay. With `--admin-url` meshc sees to both."},
	BeingDeleted:      {Severity: Error, Summary: "Being deleted", Doc: "Someone has deleted the resource of a component, and it stays until its finalizers are done; what runs of it goes then, and what is written into it goes with it. Where the operator does not run, its finalizer stays for ever."},
	ResourceTooLarge:  {Severity: Error, Summary: "Resource larger than Kubernetes takes", Doc: "An object in Kubernetes has up to 1.5 MB, and its annotations up to 256 KiB in all, in which meshc's marker has about 150 bytes for each node. One FunctionMesh for all nodes comes to that with some thousand nodes, or with long settings; the API server says so when it is written, and with the operator's status already there that can be at any write."},
	NotOnCluster:      {Severity: Error, Summary: "Not possible on this cluster", Doc: "The mesh is right, and the workers of this cluster do not carry this part out: they are older than a field and would drop it without a word, or they cannot be given code in this way. `--pulsar-version` of `meshc validate` tells of fields without a cluster."},
	PatternTopics:     {Severity: Warning, Summary: "New topics of a pattern start late", Doc: "Subscriptions are made before the first message is sent, so that none is lost. For an input by pattern that is possible only on topics that exist: one that comes later has no subscription until an instance finds it, which it looks for each minute."},
	SubscriptionInUse: {Severity: Error, Summary: "Subscription in use by others", Doc: "A subscription that a function would read through belongs to another mesh, or has consumers that are no functions of this mesh. Readers of one subscription share its messages: each gets only a part."},
	UpdateRefused:     {Severity: Error, Summary: "Update that stops the operator", Doc: "The operator's webhook looks at no update, and some make its process end, for all resources in the cluster, and again at each start until the resource is mended: those that take away a block which it reads without looking, and those that bring an autoscaled component to no instances."},
	UpdateIncomplete:  {Severity: Warning, Summary: "Update that the operator carries out in part", Doc: "The operator takes the update and keeps a part of what was: claims of volumes count when a component is made, an autoscaler that is turned off stays, and the job that cleans up after a component is made once. The finding says what is left to do by hand."},
	KubernetesName:    {Severity: Error, Summary: "Name that Kubernetes does not take", Doc: "The operator names what it makes of a resource after the resource: so a name has at most 43 characters (43 + `-function` + the 10 of a revision's hash fit into the 63 of a label), and lower-case letters, digits and dashes with a letter in front. An element of a FunctionMesh becomes a resource named mesh-node. Names of Secrets, ConfigMaps, volumes, labels and environment variables have forms of their own; a wrong one shows only in the operator's log."},
	SameResource:      {Severity: Error, Summary: "Two nodes become one resource", Doc: "Elements of a FunctionMesh become resources named mesh-node, so `a` with the node `b-c` and `a-b` with the node `c` meet in one, and the operator writes one over the other again and again. Nothing but the operator's log would tell."},
	NotInOperator:     {Severity: Error, Summary: "Field that the operator does not have", Doc: "The API server drops fields that the definition (CRD) of a resource lacks, without a word. Fields come with versions of the operator: `--operator-version` says which one it is, and with a connection the definitions in the cluster are read."},
	Misfit:            {Severity: Error, Summary: "Value that the resource does not take", Doc: "The definition (CRD) of the resource wants another type, one of some words, or a key that is absent; or the resource refers to a part of itself that it does not have."},
	AmountRefused:     {Severity: Error, Summary: "Resources that the operator refuses", Doc: "The operator wants a request and a limit of memory above 0, and takes no request above its limit. Amounts are written as Kubernetes does (500m, 512Mi). It checks elements of a FunctionMesh when it makes resources of them, and tells its log."},
	ScaleRefused:      {Severity: Error, Summary: "Numbers of instances that do not fit", Doc: "`kubernetes.minReplicas` <= `parallelism` <= `kubernetes.maxReplicas`, and all are above 0. One autoscaler, horizontal or vertical, is on at a time, and the operator passes over rules that it does not know. A component can be brought to 0 instances once it is there, not made so."},
	CodeRefused:       {Severity: Error, Summary: "Code that the operator cannot get", Doc: "Code is in the image, or is downloaded from a package (function://, source:// or sink://tenant/namespace/name@version) or an http(s) URL when a pod starts. Paths of files are for function workers. Upload the file as a package, or let `meshc apply` do it."},
	GoRefused:         {Severity: Error, Summary: "Go function that the operator cannot run", Doc: "The operator starts functions in Go with the first input topic and little else. Without a topic under `inputs` its process ends, for all resources; further inputs are passed over; with `userConfig` the function does not start; and there is no state store."},
	DeliveryRefused:   {Severity: Error, Summary: "Delivery that the operator refuses", Doc: "EFFECTIVELY_ONCE has no retries, timeout or order by key, a dead letter topic needs retries, and only one order can be kept. The operator checks functions, and sinks in part; meshc checks both."},
	TopicRefused:      {Severity: Error, Summary: "Topics that the operator refuses", Doc: "All names of topics, and patterns, are topic, tenant/namespace/topic or persistent://tenant/namespace/topic for the operator. A node that reads has an input, a source has an output, and who encrypts names a reader of keys and keys."},
	WindowUnfit:       {Severity: Error, Summary: "Window that the operator refuses", Doc: "A window has one length, in messages or in time, lengths and intervals are above 0, and the operator runs them for functions in Java only. Lag and watermarks above 0 belong to windows by the messages' own times."},
	Disregarded:       {Severity: Warning, Summary: "Field that the operator passes over", Doc: "The operator takes the field and does nothing with it, or nothing here, or nothing without another field that is absent. Nobody else tells."},
	CredentialsShown:  {Severity: Warning, Summary: "Credentials in a resource", Doc: "All who may read resources can read what stands in them. Credentials belong into a Secret that the resource names."},
}
