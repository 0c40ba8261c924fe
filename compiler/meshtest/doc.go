// Package meshtest makes mesh files for property tests: meshes with fields of all
// kinds, drawn from schema/fields, in the ways that people write YAML, with
// comments and blank lines at random places. A field that the table gains is
// drawn from then on.
package meshtest
