package backend

import (
	"context"
	"errors"
	"io"

	"github.com/meshc/meshc/planner/state"
)

// Importer is the ability to show the components of a namespace as they are, for a
// mesh file to be made of them. It changes nothing.
type Importer interface {
	// Components returns the components of a namespace, given as tenant/namespace, by
	// kind and name, whoever made them; unseen are the kinds that may not be listed.
	Components(ctx context.Context, namespace string) (found []Found, unseen []state.Kind, err error)
	// Code writes a component's code to w and returns its SHA-256 in hexadecimal. Code
	// that the cluster does not give out is ErrNoCode or ErrBuiltinCode.
	Code(ctx context.Context, c Found, w io.Writer) (sum string, err error)
}

// Found is a component as it runs.
type Found struct {
	Kind state.Kind
	Name string
	// Tenant and Namespace are Pulsar's.
	Tenant, Namespace string
	// Owner is the mesh in the marker; empty without one.
	Owner string
	// Config is the component's FunctionConfig, SourceConfig or SinkConfig as the
	// cluster tells it, without meshc's marker.
	Config map[string]any
	// Spec is the spec of its custom resource instead, where it runs on Kubernetes;
	// Resource is the name of a resource of its own, "" for an element of a FunctionMesh.
	Spec     map[string]any
	Resource string
	// FunctionMesh is the name of the one that it is an element of, "" for a resource
	// of its own; Labels and Annotations are those that meshc wrote on either.
	FunctionMesh        string
	Labels, Annotations map[string]string
	// Sensitive are the places in Config or Spec, as JSON pointers, whose values must not be shown.
	Sensitive []string
	// Topics are those that it reads and writes, by full name.
	Topics []string
	// Protect is what the marker says of protection.
	Protect bool
}

// ErrNoCode tells that a component's code is not given out: its package is gone.
var ErrNoCode = errors.New("the cluster does not give the code out")

// ErrBuiltinCode tells that a component's code came with its workers.
var ErrBuiltinCode = errors.New("the code is builtin, and which one it is is not told")
