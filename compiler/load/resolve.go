package load

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// Resolve gives the text that the references in from stand for now: from is what
// a sensitive value of a mesh refers to (mesh.Value.From), such as
// "Bearer ${env:TOKEN}". Paths of ${file:} are relative to the working folder. A
// variable that is not set and a file that cannot be read are errors, without the
// values of others in their text.
func Resolve(from string, opts Options) (string, error) {
	e := &expander{loader: &loader{opts: opts}, vars: map[string]*variable{}}
	e.opts.NeedValues = true
	n := e.scalar(&syntax.Node{Kind: syntax.Scalar, Type: syntax.Text, Value: from, Span: diag.Span{File: "-"}}, nil)
	if e.list.HasErrors() {
		var said []string
		for _, d := range e.list {
			said = append(said, strings.TrimSuffix(strings.ReplaceAll(d.Detail, "`", ""), "."))
		}
		return "", errors.New(strings.Join(said, "; "))
	}
	if n.Kind != syntax.Scalar {
		return "", fmt.Errorf("%s cannot be resolved", from)
	}
	return n.Value, nil
}
