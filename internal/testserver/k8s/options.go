package k8s

import (
	"io"
	"os"
)

// AttachEnv names the environment variable that says that a server runs already, for
// tests to share: the path of its administrator's kubeconfig. The command
// test/k8sserver sets it.
const AttachEnv = "MESHC_TEST_K8S"

// CRDsEnv names the environment variable with a folder of custom resource
// definitions that are installed instead of the project's own, such as those that
// the operator's releases carry.
const CRDsEnv = "FUNCTIONMESH_CRDS"

// Options says which server [Start] starts. The zero value is usable.
type Options struct {
	// NoCRDs leaves the custom resource definitions out.
	NoCRDs bool
	// NoControllers leaves the controllers out: objects have the status that the test
	// writes, and deleted namespaces stay.
	NoControllers bool
	// CRDs is a folder of definitions to install instead of the project's own; empty
	// means what [CRDsEnv] names, else the project's own.
	CRDs string
	// Output receives progress (a build, a repeated start); nil means nowhere.
	Output io.Writer
	// Dir is the existing folder in which the run folder is made; empty means the
	// temp folder.
	Dir string
}

func (o Options) withDefaults() Options {
	if o.CRDs == "" {
		o.CRDs = os.Getenv(CRDsEnv)
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	return o
}

// Admin is the name of the user who may do all.
const Admin = "admin"

// Users returns the names of those who may log in beside [Admin]. They may do nothing
// until a test grants it to them, in its own namespace.
func Users() []string { return []string{"alice", "bob", "carol", "dave"} }
