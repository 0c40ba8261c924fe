// Package api is what goes over the wire between the FunctionMeshManager and those
// who use it: paths, requests and answers, all JSON. docs/openapi.json describes it.
//
// PIP-66 names a REST surface for meshes beside that of functions and does not
// write it out; paths are in the style of Pulsar's own (/admin/v3/functions).
package api

// The paths of the service.
const (
	// Meshes is where meshes are: Meshes/TENANT/NAMESPACE/NAME.
	Meshes = "/admin/v3/meshes"
	// Operations is where the runs of the manager are: Operations/ID.
	Operations = "/admin/v3/mesh-operations"
	// Events is where what happens in a namespace is told: Events/TENANT/NAMESPACE.
	Events = "/admin/v3/mesh-events"
	// Leader tells who leads.
	Leader = "/admin/v3/mesh-manager/leader"
	// OpenAPI is the description of all this.
	OpenAPI = "/openapi.json"
	// Healthy, Ready and Metrics are for those who watch over the process.
	Healthy = "/healthz"
	Ready   = "/readyz"
	Metrics = "/metrics"
)

// The parts of a multipart request.
const (
	// PartMesh is the mesh file, PartOverlay one that is laid over it (repeatable, in
	// order), PartSet one PATH=VALUE of --set (repeatable).
	PartMesh    = "mesh"
	PartOverlay = "overlay"
	PartSet     = "set"
	// PartCode is a code file; its file name is the path as the mesh has it, from the
	// folder that the mesh file's own name counts from.
	PartCode = "code"
	// PartValues are the Values, in JSON.
	PartValues = "values"
	// PartPlan is a plan file, in place of PartMesh.
	PartPlan = "plan"
)

// Values are what the references of a mesh file stand for where its author is. They
// are used for the run and never stored.
type Values struct {
	// Env are environment variables, Files the texts of files, by their paths.
	Env   map[string]string `json:"env,omitempty"`
	Files map[string]string `json:"files,omitempty"`
}
