// Package crds holds custom resource definitions with the group, the kinds and the
// shapes of Function Mesh's, for tests on a real API server. They are the project's
// own, made by the table in gen from what the operator's reference says; the types of
// core Kubernetes inside pod policies are left open.
//
// What they keep of the operator's, since it decides how writes behave: the lists of a
// FunctionMesh are atomic; minReplicas is 1 by default; all kinds but FunctionMesh keep
// unknown fields at their root, and so server-side apply drops unknown fields of spec
// without a word; the scale subresource; conditions as maps.
package crds

import "embed"

//go:generate go run ./gen

// Files has one definition a file, such as functions.yaml.
//
//go:embed *.yaml
var Files embed.FS
