package format

import (
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// scope says what the table of fields knows about a value. The zero scope is that
// of values whose keys are the user's.
type scope struct {
	// keys is the kind that the keys of the value itself are fields of.
	keys fields.Kind
	// inside is the kind of the values in the value, of a list or of a mapping with
	// the user's own keys.
	inside fields.Kind
	// one tells that the value is a topic, or a list of one.
	one bool
}

// below gives the scope of the value of a key.
func (s scope) below(key string) scope {
	if s.keys == "" {
		return s.item()
	}
	f, ok := fields.Lookup(s.keys, key)
	if !ok {
		return scope{}
	}
	switch f.Type {
	case fields.Object, fields.Place:
		return scope{keys: f.Below}
	case fields.Objects, fields.ObjectMap:
		return scope{inside: f.Below}
	case fields.OneTopic:
		return scope{one: true}
	}
	return scope{}
}

// item gives the scope of the values in a value.
func (s scope) item() scope { return scope{keys: s.inside} }

// scopeOf gives the scope of a document: that of a mesh, unless its keys say that
// it is something else. In a resource for Kubernetes or a file of pulsar-admin the
// same words can mean other things.
func scopeOf(root *syntax.Node) scope {
	if root == nil || root.Pair("apiVersion") != nil && root.Pair("kind") != nil {
		return scope{}
	}
	foreign := false
	for _, p := range root.Pairs {
		f, ok := fields.Lookup(fields.Mesh, p.Key.Value)
		if ok && f.Type == fields.Objects {
			return scope{keys: fields.Mesh}
		}
		foreign = foreign || !ok && ofComponent(p.Key.Value)
	}
	if foreign {
		return scope{}
	}
	return scope{keys: fields.Mesh}
}

// ofComponent tells whether a key belongs to functions, sources or sinks.
func ofComponent(key string) bool {
	for _, kind := range []fields.Kind{fields.Function, fields.Source, fields.Sink} {
		if _, ok := fields.Lookup(kind, key); ok {
			return true
		}
	}
	return false
}
