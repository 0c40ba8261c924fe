package state

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"sync"
)

// Sensitive is a value of a component's config that must not be shown. In memory
// it has its value; printed it is "(sensitive)", and in JSON it is only where it
// came from and a digest.
type Sensitive struct {
	// From is the text of the mesh file with its references, such as ${env:TOKEN};
	// empty for what was read in a cluster.
	From string
	// Digest tells equal values from others; see NewSensitive.
	Digest string

	value any
	known bool
}

// sensitiveKey is the key by which the JSON form is known.
const sensitiveKey = "$sensitive"

// shownSensitive is what people see of a sensitive value.
const shownSensitive = "(sensitive)"

// NewSensitive keeps a value in canonical form. Its digest is salted with the
// component's full name and stretched, since values can be as short as a password.
func NewSensitive(from string, value any, component string) Sensitive {
	return Sensitive{From: from, Digest: digestOf(value, component), value: value, known: true}
}

// stretch is the number of rounds of PBKDF2: 2 ms for one who plans, and 2 ms a
// guess for one who found a plan file.
const stretch = 10_000

// digests remembers what was worked out: plans compare each value several times.
var digests sync.Map

func digestOf(value any, component string) string {
	// Values in canonical form always encode.
	text, _ := json.Marshal(value)
	key := [2]string{component, string(text)}
	if d, ok := digests.Load(key); ok {
		return d.(string)
	}
	// The only error is a key length out of range.
	sum, _ := pbkdf2.Key(sha256.New, key[1], []byte("meshc.sensitive/1 "+component), stretch, 16)
	d := "pbkdf2:" + hex.EncodeToString(sum)
	digests.Store(key, d)
	return d
}

// String implements fmt.Stringer without the value.
func (s Sensitive) String() string { return shownSensitive }

// GoString implements fmt.GoStringer without the value.
func (s Sensitive) GoString() string { return shownSensitive }

type sensitiveJSON struct {
	From   string `json:"$sensitive"`
	Digest string `json:"digest"`
}

// MarshalJSON implements json.Marshaler without the value.
func (s Sensitive) MarshalJSON() ([]byte, error) {
	return json.Marshal(sensitiveJSON{s.From, s.Digest})
}

// resolved gives s with the value that its references have now, or ErrOtherValue.
func (s Sensitive) resolved(value any, component string) (Sensitive, error) {
	if digestOf(value, component) != s.Digest {
		return s, ErrOtherValue
	}
	s.value, s.known = value, true
	return s, nil
}

// ErrOtherValue tells that a sensitive value is not the one that was planned.
var ErrOtherValue = errors.New("the value is not the one that was planned")

// equalSensitive compares a sensitive value with any other.
func equalSensitive(s Sensitive, v any) bool {
	o, ok := v.(Sensitive)
	switch {
	case ok && s.known && o.known:
		return Equal(s.value, o.value)
	case ok:
		return s.Digest == o.Digest
	default:
		return s.known && Equal(s.value, v)
	}
}

// shortestRedacted is the length from which a value is looked for in texts: a
// shorter one is in many words.
const shortestRedacted = 4

// Redacted gives a text of the cluster, such as an exception, without the
// component's sensitive values, as far as they stand in it as they are.
func (c *Component) Redacted(text string) string {
	_, _ = rewrite(c.Fields, "", func(_ string, v any) (any, bool, error) {
		s, ok := v.(Sensitive)
		if value, isText := s.value.(string); isText && len(value) >= shortestRedacted {
			text = strings.ReplaceAll(text, value, shownSensitive)
		}
		return v, ok, nil
	})
	return text
}
