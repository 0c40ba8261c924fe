package kube

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Op is what was asked of the server.
type Op struct {
	// Verb is that of rights: get, list, create, patch, update, delete.
	Verb string
	Ref
	// Sub is a subresource, such as log.
	Sub string
	// Path stands for the Ref where there is no object.
	Path string
}

// String is such as "patch functions.compute.functionmesh.io pulsar/word-count".
func (o Op) String() string {
	if o.Path != "" {
		return o.Verb + " " + o.Path
	}
	resource := o.Resource.String()
	if o.Sub != "" {
		resource += "/" + o.Sub
	}
	return o.Verb + " " + describe(resource, o.Namespace, o.Name)
}

// NotFound tells that an object is not there, or what it would be in.
type NotFound struct {
	Op
	// NoKind tells that the server does not know the kind at all: its CRD is missing.
	NoKind bool
	// NoNamespace tells that the namespace is not there.
	NoNamespace bool
}

// Error implements error.
func (e *NotFound) Error() string {
	switch {
	case e.NoKind:
		return fmt.Sprintf("the cluster does not know %s in version %s", e.Resource, e.Resource.Version)
	case e.NoNamespace:
		return fmt.Sprintf("%s: there is no namespace %q", e.Op, e.Namespace)
	}
	return e.Op.String() + ": not found"
}

// Remedy says what to do.
func (e *NotFound) Remedy() string {
	switch {
	case e.NoKind && e.Resource.Group == MeshGroup:
		return "Function Mesh is not installed in this cluster, or not with its custom resource definitions: install its operator, or use another --kube-context"
	case e.NoNamespace:
		return "kubectl create namespace " + e.Namespace + ", or --kube-namespace names another"
	}
	return ""
}

// Exists tells that a name is taken.
type Exists struct{ Op }

// Error implements error.
func (e *Exists) Error() string { return e.Op.String() + ": it exists already" }

// Moved tells that the object is not the one that was meant any more: another
// resourceVersion or UID. Nothing was written.
type Moved struct {
	Op
	Message string
}

// Error implements error.
func (e *Moved) Error() string {
	return e.Op.String() + ": it was changed meanwhile: " + e.Message
}

// Conflict tells that server-side apply would take fields from other managers.
// Nothing was written; Options.Force takes them.
type Conflict struct {
	Op
	// Causes are all fields in conflict, sorted by field.
	Causes []Cause
}

// Cause is one field of a Conflict.
type Cause struct {
	// Field is such as .spec.replicas; Manager is who has it.
	Field, Manager string
	// Subresource is where the manager wrote it, such as scale; empty for the object itself.
	Subresource string
}

// Error implements error. It names the managers, each with its fields.
func (e *Conflict) Error() string {
	var managers []string
	fields := map[string][]string{}
	for _, c := range e.Causes {
		name := fmt.Sprintf("%q", c.Manager)
		if c.Subresource != "" {
			name += " (by " + c.Subresource + ")"
		}
		if fields[name] == nil {
			managers = append(managers, name)
		}
		fields[name] = append(fields[name], c.Field)
	}
	for i, m := range managers {
		managers[i] = m + " has " + strings.Join(fields[m], ", ")
	}
	return fmt.Sprintf("%s: another has set what the mesh sets: %s", e.Op, strings.Join(managers, "; "))
}

// Invalid tells that the server does not take the object as it is: it is against
// the schema, or an admission webhook denies it.
type Invalid struct {
	Op
	// Webhook is the admission webhook's name, empty when the server itself refuses.
	Webhook string
	Message string
	// Fields are those that were named, as far as they were.
	Fields []FieldError
}

// FieldError is one field of an Invalid.
type FieldError struct {
	// Field is such as spec.replicas, without a point in front.
	Field, Message string
}

// Error implements error.
func (e *Invalid) Error() string {
	who := "the server does not take it"
	if e.Webhook != "" {
		who = fmt.Sprintf("the admission webhook %q denies it", e.Webhook)
	}
	if len(e.Fields) == 0 {
		return fmt.Sprintf("%s: %s: %s", e.Op, who, e.Message)
	}
	fields := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		fields[i] = f.Field + ": " + f.Message
	}
	return fmt.Sprintf("%s: %s: %s", e.Op, who, strings.Join(fields, "; "))
}

// Forbidden tells that a right is missing.
type Forbidden struct {
	Op
	// User is who asked, as the server knows it; empty where it does not tell.
	User    string
	Message string
}

// Error implements error.
func (e *Forbidden) Error() string {
	user := "the user"
	if e.User != "" {
		user = fmt.Sprintf("user %q", e.User)
	}
	return fmt.Sprintf("%s may not %s", user, e.Op)
}

// Remedy says what to do.
func (e *Forbidden) Remedy() string {
	return "`meshc build --to rbac` prints the roles that meshc needs"
}

// Unauthorized tells that the server does not know who asks.
type Unauthorized struct {
	URL, Message string
	Err          error
}

// Error implements error.
func (e *Unauthorized) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("no credentials for %s: %s", e.URL, clean(e.Err.Error()))
	}
	return fmt.Sprintf("%s does not take the credentials: %s", e.URL, e.Message)
}

// Unwrap gives the cause.
func (e *Unauthorized) Unwrap() error { return e.Err }

// Remedy says what to do.
func (e *Unauthorized) Remedy() string {
	return "log in again, or use another --kube-context; kubectl auth whoami shows whether kubectl can"
}

// Temporary tells that the server did nothing, and may when asked again.
type Temporary struct {
	Op
	// After is how long it wants to be left alone, 0 where it does not say.
	After time.Duration
	// Overload tells that it had too many requests.
	Overload bool
	Message  string
}

// Error implements error.
func (e *Temporary) Error() string { return e.Op.String() + ": " + e.Message }

// NotReached tells that no request reached the server.
type NotReached struct {
	URL string
	Err error
	// passes tells that it may be better later; a certificate is not.
	passes bool
}

// Error implements error.
func (e *NotReached) Error() string {
	return fmt.Sprintf("cannot reach %s: %s", e.URL, clean(e.Err.Error()))
}

// Unwrap gives the cause.
func (e *NotReached) Unwrap() error { return e.Err }

// Unknown tells that what became of a write is not known: there was no answer, or
// none that tells. Read, then decide.
type Unknown struct {
	Op
	After time.Duration
	Err   error
}

// Error implements error.
func (e *Unknown) Error() string { return e.Op.String() + ": " + clean(e.Err.Error()) }

// Unwrap gives the cause.
func (e *Unknown) Unwrap() error { return e.Err }

// Refused is any other answer that was not success. Nothing was written.
type Refused struct {
	Op
	Status  int
	Message string
}

// Error implements error.
func (e *Refused) Error() string {
	return fmt.Sprintf("%s: %d: %s", e.Op, e.Status, e.Message)
}

// IsNotFound tells whether err is a *NotFound.
func IsNotFound(err error) bool { return is[*NotFound](err) }

// IsExists tells whether err is an *Exists.
func IsExists(err error) bool { return is[*Exists](err) }

// IsMoved tells whether err is a *Moved.
func IsMoved(err error) bool { return is[*Moved](err) }

// IsForbidden tells whether err is a *Forbidden.
func IsForbidden(err error) bool { return is[*Forbidden](err) }

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
