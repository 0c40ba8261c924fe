// Package json writes the documents of package view for machines.
package json

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// Write writes one document, indented, with a line break at its end.
func Write(w io.Writer, doc any) error { return write(w, doc, "  ") }

// WriteLine writes one document on one line, as in a stream of events.
func WriteLine(w io.Writer, doc any) error { return write(w, doc, "") }

func write(w io.Writer, doc any, indent string) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(escape(buf.Bytes()))
	return err
}

// escape writes the control and direction characters that JSON leaves alone in
// the form \uXXXX: the value is the same and a terminal that shows it is safe.
// Outside of strings JSON has ASCII only, so no structure is touched.
func escape(data []byte) []byte {
	if !bytes.ContainsFunc(data, unsafe) {
		return data
	}
	out := make([]byte, 0, len(data)+64)
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if unsafe(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, data[:n]...)
		}
		data = data[n:]
	}
	return out
}

func unsafe(r rune) bool {
	return 0x7f <= r && r <= 0x9f || r == 0x061c || 0x200b <= r && r <= 0x200f ||
		0x2028 <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f || r == 0xfeff
}
