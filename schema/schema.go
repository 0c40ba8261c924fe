// Package schema gives the JSON Schema of mesh files. The file is generated from
// the field table (schema/fields), so editors, the checker and the reference
// page never disagree about a field.
package schema

import _ "embed"

//go:generate go run ./gen

//go:embed mesh.schema.json
var file []byte

// JSON returns the schema as it is shipped: JSON Schema draft-07. Callers must
// not change it.
func JSON() []byte { return file }
