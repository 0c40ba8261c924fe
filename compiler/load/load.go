// Package load makes one tree of a mesh document and of what is said about it
// elsewhere: overlays, values of the command line, variables, and references to
// environment variables and files. It stands between syntax and shape, so that
// `parallelism: ${n}` is a number by the time its shape is checked.
//
// The trees that come in are never changed, and what nothing is said about comes
// out as the same node. A value keeps the place where it was written; one that was put in
// for a variable has the place that names the variable.
package load

import (
	"fmt"
	"path/filepath"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// SetFile is the name that values of the command line (--set) have for a file.
const SetFile = "--set"

// Options say what is put into meshes.
type Options struct {
	// Overlays are documents of overlay files, laid over the meshes in their order.
	Overlays []*syntax.Document
	// Set are values of the command line, "path=value" each; they come after the overlays.
	Set []string
	// Env looks up environment variables; nil knows none. An empty value counts as
	// none: that is what build servers give for a secret that they do not have.
	Env func(name string) (string, bool)
	// ReadFile reads the files of ${file:path}; nil reads none. Its errors tell no content.
	ReadFile func(path string) ([]byte, error)
	// NeedValues makes an environment variable that is not set, and a file that is
	// not there, an error (plan, apply); otherwise such values are unknown.
	NeedValues bool
}

// Result is what Trees gives.
type Result struct {
	// Docs are the documents in the order in which they came.
	Docs []*syntax.Document
	// Origins tell of places with variables where the values come from.
	Origins map[diag.Span][]diag.Related
	// Secrets are places of literal values that look like secrets. Their text may
	// not be shown.
	Secrets []diag.Span
	// SetText is the text that spans of [SetFile] point into.
	SetText string
}

// Trees makes the trees of meshes. Documents that are no meshes come out as they
// are. What is wrong is reported; where it stood there is a hole, so that later
// stages pass over it. The documents that come out share no node with each other,
// since the next stage changes them.
func Trees(docs []*syntax.Document, opts Options) (Result, diag.List) {
	l := &loader{opts: opts, docs: append([]*syntax.Document(nil), docs...), origins: map[diag.Span][]diag.Related{}}
	for _, over := range opts.Overlays {
		l.overlay(over)
	}
	setText := l.set()
	for i, doc := range l.docs {
		if isMesh(doc) {
			l.docs[i] = l.expand(doc, docs[i])
		}
		if len(opts.Overlays)+len(opts.Set) > 0 && l.docs[i].Root != nil {
			l.docs[i] = withRoot(l.docs[i], l.docs[i].Root.Clone())
		}
	}
	return Result{Docs: l.docs, Origins: l.origins, Secrets: l.secrets, SetText: setText}, l.list
}

type loader struct {
	opts    Options
	docs    []*syntax.Document
	list    diag.List
	origins map[diag.Span][]diag.Related
	secrets []diag.Span
	files   map[string]content
	// compared counts the names that were compared in search of slips.
	compared int
}

// maxCompared bounds the search for slips in huge meshes.
const maxCompared = 200_000

// near gives the known name that a name is most likely a slip for, or "".
func (l *loader) near(name string, known []string) string {
	if l.compared += len(known); l.compared > maxCompared || len(name) > 500 {
		return ""
	}
	near, _ := diag.Nearest(name, known)
	return near
}

// nearHint asks whether a known name is meant, or gives the other advice.
func (l *loader) nearHint(name string, known []string, other string) []string {
	if near := l.near(name, known); near != "" {
		return []string{fmt.Sprintf("Did you mean `%s`?", near)}
	}
	return []string{other}
}

// isMesh tells whether a document is a mapping and no Kubernetes resource: what
// is none is for the checker to say.
func isMesh(doc *syntax.Document) bool {
	return doc.Root != nil && doc.Root.Kind == syntax.Mapping && (doc.Root.Get("apiVersion") == nil || doc.Root.Get("kind") == nil)
}

// Dir gives the folder that paths in a file are relative to: the file's own, and
// the working folder for standard input and the command line.
func Dir(file string) string {
	if file == "-" || file == SetFile {
		return ""
	}
	return filepath.Dir(file)
}

// withRoot gives a document with another root.
func withRoot(doc *syntax.Document, root *syntax.Node) *syntax.Document {
	if doc.Root == root {
		return doc
	}
	out := *doc
	out.Root = root
	return &out
}
