package check

import (
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"

	"github.com/meshc/meshc/schema"
)

// violation is one fault that a validator finds. Path leads to the value; key is
// the key that is missing or too many below it.
type violation struct {
	path      []string
	key, rule string
}

// validator checks a value made of maps, slices, strings, bools and json.Number.
type validator interface {
	violations(doc any) ([]violation, error)
}

// meshSchema compiles the schema once, when the first file needs it.
var meshSchema = sync.OnceValues(func() (validator, error) {
	l := gojsonschema.NewSchemaLoader()
	// The draft is known: finding it out would compile the meta-schemas.
	l.Draft, l.AutoDetect = gojsonschema.Draft7, false
	s, err := l.Compile(gojsonschema.NewBytesLoader(schema.JSON()))
	return library{s}, err
})

type library struct{ schema *gojsonschema.Schema }

func (l library) violations(doc any) ([]violation, error) {
	result, err := l.schema.Validate(gojsonschema.NewRawLoader(doc))
	if err != nil {
		return nil, err
	}
	var out []violation
	for _, e := range result.Errors() {
		v := violation{rule: e.Type()}
		// Joined by dots, a key with a dot in it would be two steps.
		v.path = strings.Split(e.Context().String("\x00"), "\x00")[1:]
		if key, ok := e.Details()["property"].(string); ok {
			v.key = key
		}
		out = append(out, v)
	}
	return out, nil
}
