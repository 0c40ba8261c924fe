package compiler

// MaskedSecret stands in the place of literal secrets in a text that is to be compiled
// again: not how long they are, and a value that is missing until someone puts it in.
const MaskedSecret = `"${env:MASKED_SECRET}"`

// Source gives the text of a file for a record, with MaskedSecret in the place of each
// literal secret, so that it can be read as a mesh file again; false for a file that was
// not read.
func (r Result) Source(name string) (string, bool) {
	_, ok := r.Sources[name]
	if !ok {
		return "", false
	}
	return string(r.Sources.With(name, r.masked, MaskedSecret)), true
}
