package kube

// Resource is a kind of objects and where the API server has them.
type Resource struct {
	// Group is empty for Kubernetes' core.
	Group, Version string
	// Plural is the name in paths and rights, Kind the one in objects.
	Plural, Kind string
	// Cluster tells that its objects live in no namespace.
	Cluster bool
}

// APIVersion is group and version as objects have them.
func (r Resource) APIVersion() string {
	if r.Group == "" {
		return r.Version
	}
	return r.Group + "/" + r.Version
}

// String is the name as kubectl takes it, such as functions.compute.functionmesh.io.
func (r Resource) String() string {
	if r.Group == "" {
		return r.Plural
	}
	return r.Plural + "." + r.Group
}

// MeshGroup is the API group of Function Mesh.
const MeshGroup = "compute.functionmesh.io"

// The kinds of Function Mesh, in the only version there is.
var (
	FunctionMeshes = Resource{Group: MeshGroup, Version: "v1alpha1", Plural: "functionmeshes", Kind: "FunctionMesh"}
	Functions      = Resource{Group: MeshGroup, Version: "v1alpha1", Plural: "functions", Kind: "Function"}
	Sources        = Resource{Group: MeshGroup, Version: "v1alpha1", Plural: "sources", Kind: "Source"}
	Sinks          = Resource{Group: MeshGroup, Version: "v1alpha1", Plural: "sinks", Kind: "Sink"}
	BackendConfigs = Resource{Group: MeshGroup, Version: "v1alpha1", Plural: "backendconfigs", Kind: "BackendConfig"}
)

// Kinds of Kubernetes itself.
var (
	Namespaces   = Resource{Version: "v1", Plural: "namespaces", Kind: "Namespace", Cluster: true}
	Pods         = Resource{Version: "v1", Plural: "pods", Kind: "Pod"}
	Services     = Resource{Version: "v1", Plural: "services", Kind: "Service"}
	ConfigMaps   = Resource{Version: "v1", Plural: "configmaps", Kind: "ConfigMap"}
	Secrets      = Resource{Version: "v1", Plural: "secrets", Kind: "Secret"}
	StatefulSets = Resource{Group: "apps", Version: "v1", Plural: "statefulsets", Kind: "StatefulSet"}
	Autoscalers  = Resource{Group: "autoscaling", Version: "v2", Plural: "horizontalpodautoscalers", Kind: "HorizontalPodAutoscaler"}
	Leases       = Resource{Group: "coordination.k8s.io", Version: "v1", Plural: "leases", Kind: "Lease"}
	CRDs         = Resource{Group: "apiextensions.k8s.io", Version: "v1", Plural: "customresourcedefinitions", Kind: "CustomResourceDefinition", Cluster: true}

	events        = Resource{Version: "v1", Plural: "events", Kind: "Event"}
	accessReviews = Resource{Group: "authorization.k8s.io", Version: "v1", Plural: "selfsubjectaccessreviews", Kind: "SelfSubjectAccessReview", Cluster: true}
)

// Ref names one object.
type Ref struct {
	Resource        Resource
	Namespace, Name string
}

// RefOf names an object of a kind.
func RefOf(r Resource, o Object) Ref { return Ref{r, o.Namespace(), o.Name()} }

// String is such as functions.compute.functionmesh.io pulsar/word-count.
func (r Ref) String() string { return describe(r.Resource.String(), r.Namespace, r.Name) }

func describe(resource, namespace, name string) string {
	switch {
	case name == "" && namespace == "":
		return resource
	case name == "":
		return resource + " in namespace " + namespace
	case namespace == "":
		return resource + " " + name
	}
	return resource + " " + namespace + "/" + name
}
