package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// streamed is what reads an answer by itself while it comes in. It may be asked
// again, and begins anew then.
type streamed interface{ readFrom(io.Reader) error }

// decode fills into from an answer: what is streamed by itself, an *Object by
// [objectOf], anything else as encoding/json does. The second error is that of the
// connection.
func decode(from io.Reader, into any) (broken, lost error) {
	in := &watched{Reader: from}
	switch into := into.(type) {
	case streamed:
		broken = into.readFrom(in)
	case *Object:
		*into, broken = objectOf(in)
		if broken == nil && (*into)["kind"] == nil {
			*into, broken = nil, errNoKind
		}
	default:
		var data []byte
		if data, broken = io.ReadAll(in); broken == nil && into != nil {
			broken = json.Unmarshal(data, into)
		}
	}
	if broken != nil {
		// What is wrong is said best when all of it was read, or could not be.
		_, _ = io.Copy(io.Discard, in)
	}
	if in.err != nil {
		return nil, in.err
	}
	return broken, nil
}

// watched notes how reading ended.
type watched struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// errNoKind tells of JSON that is no object of the API.
var errNoKind = errors.New("it has no kind")

// syntaxOf is how API servers are read: as Kubernetes' own clients do, which let a
// key be there twice and mend broken texts.
var syntaxOf = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// objectOf reads an object as k8s.io/apimachinery/pkg/util/json does: whole numbers
// are int64, others float64. It takes half the time, which counts where a thousand
// objects are listed; the sets of fields of managedFields, the larger half of most
// objects and seldom asked for, stay as they are, see [fieldSet].
func objectOf(from io.Reader) (Object, error) {
	r := newReader(from)
	if r.PeekKind() != '{' {
		return nil, r.wrong("an object")
	}
	m, err := r.object(ofObject)
	if err == nil {
		err = r.end()
	}
	return m, err
}

// reader reads values off a text.
type reader struct {
	*jsontext.Decoder
	// names are the keys so far: objects of one kind have the same.
	names map[string]string
}

func newReader(from io.Reader) *reader {
	return &reader{Decoder: jsontext.NewDecoder(from, syntaxOf...), names: map[string]string{}}
}

// wrong says why what comes next is not what it should be.
func (r *reader) wrong(want string) error {
	if _, err := r.ReadValue(); err != nil {
		return err
	}
	return errors.New("it is not " + want)
}

// end checks that nothing follows.
func (r *reader) end() error {
	_, err := r.ReadToken()
	switch err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("something follows the object")
	}
	return err
}

// where is a place in an object, on the way to its sets of fields.
type where int

const (
	elsewhere where = iota
	// ofObject is the object itself, or a list of such.
	ofObject
	inMetadata
	inManagedFields
	atFields
)

// below is the place under a key.
func (w where) below(key string) where {
	switch {
	case w == ofObject && key == "metadata":
		return inMetadata
	case w == inMetadata && key == "managedFields":
		return inManagedFields
	case w == inManagedFields && key == fieldsV1:
		return atFields
	}
	return elsewhere
}

func (r *reader) object(at where) (map[string]any, error) {
	if _, err := r.ReadToken(); err != nil {
		return nil, err
	}
	m := map[string]any{}
	for r.PeekKind() != '}' {
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		if m[name], err = r.value(at.below(name)); err != nil {
			return nil, err
		}
	}
	_, err := r.ReadToken()
	return m, err
}

// name reads a key.
func (r *reader) name() (string, error) {
	raw, err := r.ReadValue()
	if err != nil {
		return "", err
	}
	known, ok := r.names[string(raw)]
	if !ok {
		// Its error can only be about UTF-8, which is mended.
		text, _ := jsontext.AppendUnquote(nil, raw)
		known = string(text)
		r.names[string(raw)] = known
	}
	return known, nil
}

// value reads what stands at a place.
func (r *reader) value(at where) (any, error) {
	switch r.PeekKind() {
	case '{':
		if at == atFields {
			raw, err := r.ReadValue()
			return json.RawMessage(bytes.Clone(raw)), err
		}
		return r.object(at)
	case '[':
		if _, err := r.ReadToken(); err != nil {
			return nil, err
		}
		list := []any{}
		for r.PeekKind() != ']' {
			v, err := r.value(at)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := r.ReadToken()
		return list, err
	}
	t, err := r.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 't':
		return true, nil
	case 'f':
		return false, nil
	case '"':
		return t.String(), nil
	case '0':
		if whole, err := strconv.ParseInt(t.String(), 10, 64); err == nil {
			return whole, nil
		}
		return strconv.ParseFloat(t.String(), 64)
	}
	return nil, nil
}

// fieldsV1 is the key of a set of fields in managedFields.
const fieldsV1 = "fieldsV1"

// fieldSet gives a set of fields, which decode has left as it is.
func fieldSet(v any) map[string]any {
	switch v := v.(type) {
	case json.RawMessage:
		set, _ := objectOf(bytes.NewBuffer(v))
		return set
	case map[string]any:
		return v
	}
	return nil
}
