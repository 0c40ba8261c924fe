package admin

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Schema is one version of a topic's schema.
type Schema struct {
	// Type is Pulsar's schema type; BYTES is read back as NONE.
	Type string `json:"type"`
	// Definition is empty for types without one.
	Definition string            `json:"data"`
	Properties map[string]string `json:"properties"`
}

func (t topicName) schemas(rest ...string) []string {
	return append([]string{"admin", "v2", "schemas", t.tenant, t.namespace, t.local}, rest...)
}

// Schemas returns all versions of a topic's schema, the oldest first; none for a
// topic without a schema, and for one that does not exist.
// GET /admin/v2/schemas/{tenant}/{namespace}/{topic}/schemas.
func (c *Client) Schemas(ctx context.Context, topic string) ([]Schema, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return nil, err
	}
	var answer struct {
		All []Schema `json:"getSchemaResponses"`
	}
	err = c.read(ctx, get(t.schemas("schemas")...).needing(t.reads()), &answer)
	if Classify(err) == NotFound {
		return nil, nil
	}
	return answer.All, err
}

// posted is the body of requests about a schema (PostSchemaPayload).
type posted struct {
	Type       string            `json:"type"`
	Schema     string            `json:"schema"`
	Properties map[string]string `json:"properties"`
}

func (s Schema) posted() posted {
	p := posted{Type: s.Type, Schema: s.Definition, Properties: s.Properties}
	if p.Properties == nil {
		p.Properties = map[string]string{} // null is answered with an error
	}
	return p
}

// PutSchema registers a schema of a topic. A definition that the topic has in any
// version, whatever its properties, is taken and changes nothing, also where it is
// not the newest. One that does not go with the topic's is *SchemaRefusedError.
// Clients that are attached without a schema are in nobody's way here. first tells
// that the broker answered with the version that only a topic's first schema has, so
// that none was there before and this one is.
// POST /admin/v2/schemas/{tenant}/{namespace}/{topic}/schema.
func (c *Client) PutSchema(ctx context.Context, topic string, s Schema) (first bool, err error) {
	t, err := parseTopic(topic)
	if err != nil {
		return false, err
	}
	k, err := post(t.schemas("schema")...).needing(t.permission(`"produce"`)).json(s.posted())
	if err != nil {
		return false, err
	}
	var answer struct {
		Version struct {
			Version *int `json:"version"`
		} `json:"version"`
	}
	err = c.read(ctx, k, &answer)
	var e *Error
	if errors.As(err, &e) && (e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity) {
		return false, &SchemaRefusedError{Reason: e.Reason, Err: err}
	}
	v := answer.Version.Version
	return err == nil && v != nil && *v == 0, err
}

// SchemaRefusal asks whether a schema goes with what a topic has; "" if so, else
// the broker's reason. A topic without a schema takes any whose definition is
// right. POST /admin/v2/schemas/{tenant}/{namespace}/{topic}/compatibility, which
// changes nothing. The broker answers a clash with 500 and the text of its exception.
func (c *Client) SchemaRefusal(ctx context.Context, topic string, s Schema) (string, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return "", err
	}
	k, err := post(t.schemas("compatibility")...).needing(t.governs()).json(s.posted())
	if err != nil {
		return "", err
	}
	var answer struct {
		Strategy   string `json:"schemaCompatibilityStrategy"`
		Compatible bool   `json:"compatibility"`
	}
	err = c.read(ctx, k, &answer)
	var e *Error
	switch {
	case err == nil && !answer.Compatible:
		return "not compatible under the strategy " + clean(answer.Strategy), nil
	case errors.As(err, &e) && e.Status == http.StatusInternalServerError && aboutSchema(e.Reason):
		return exceptionText(e.Reason), nil
	}
	return "", err
}

// SchemaRefusedError tells that a broker does not take a schema for a topic.
type SchemaRefusedError struct {
	// Reason is the broker's.
	Reason string
	Err    error
}

// Error implements error.
func (e *SchemaRefusedError) Error() string { return e.Err.Error() }

// Unwrap gives the answer itself.
func (e *SchemaRefusedError) Unwrap() error { return e.Err }

// aboutSchema tells of exceptions over schemas (IncompatibleSchemaException,
// InvalidSchemaDataException) from what begins their text.
func aboutSchema(reason string) bool {
	for _, text := range []string{"Incompatible schema", "schema compatibility check", "Invalid schema definition", "different schema type"} {
		if strings.Contains(reason, text) {
			return true
		}
	}
	return false
}

// exceptionText takes the message out of the page that brokers make of an exception.
func exceptionText(reason string) string {
	if _, message, ok := strings.Cut(reason, "Message: "); ok {
		reason = message
	}
	reason, _, _ = strings.Cut(reason, " Stacktrace:")
	reason, _, _ = strings.Cut(reason, "Unable to read schema:")
	if i := strings.LastIndex(reason, ": org.apache."); i > 0 {
		reason = reason[:i] // the class of the exception behind
	}
	return strings.TrimSpace(reason)
}
