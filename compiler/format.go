package compiler

import (
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/format"
)

// Format gives the canonical form of a file that [Read] has read, with its byte
// order mark if it had one. Findings say why a file has none; an error is a bug of
// the formatter, and the file is to be left as it is. See [format.File].
func Format(in Input) ([]byte, diag.List, error) {
	out, list, err := format.File(in.Name, in.Data)
	if err != nil || list.HasErrors() {
		return nil, list, err
	}
	if in.Marked {
		out = slices.Concat([]byte(byteOrderMark), out)
	}
	return out, list, nil
}

const byteOrderMark = "\ufeff"

// Original gives the bytes of the file, with its byte order mark.
func (in Input) Original() []byte {
	if !in.Marked {
		return in.Data
	}
	return slices.Concat([]byte(byteOrderMark), in.Data)
}
