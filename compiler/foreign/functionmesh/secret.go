package functionmesh

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/foreign"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
)

// Secret is a value that the mesh file takes from outside, in the spec of an
// [Element]: whoever deploys it sends Value, and shows nobody more than From.
type Secret struct {
	// From is the text with its references, such as ${env:TOKEN}.
	From string
	// Value is what they stand for.
	Value any
}

// String implements fmt.Stringer without the value.
func (s Secret) String() string { return s.From }

// GoString implements fmt.GoStringer without the value.
func (s Secret) GoString() string { return s.From }

// unknown stands for a value whose reference leads to nothing here; specs leave it out.
var unknown any = Secret{}

// Value gives a value as a tree in which references stand for what is secret. Files
// for others hold no more than these; a deployer puts the values in, and is told who
// can read them then.
func (w *writer) Value(v *mesh.Value) *syntax.Node {
	if !w.deploys {
		return w.Writer.Value(v)
	}
	return foreign.FromValue(v, func(v *mesh.Value) {
		if v.Known() {
			w.values[v.From] = v.Data
		}
		var list diag.List
		list.Add(diag.CredentialsShown, v.Span, fmt.Sprintf("The value of `%s` is put into the resource and the command of its pods, where all who may read either can read it.", v.From),
			"Let the code read it from a Secret, by `secrets` of the node or `kubernetes.pod.env` with `valueFrom`; if it is no secret, take it from a variable (`${name}` and `--set`).")
		w.tell(list)
	})
}

func (w *writer) secret(n *syntax.Node) any {
	if v, known := w.values[n.From]; known {
		return Secret{From: n.From, Value: v}
	}
	return unknown
}
