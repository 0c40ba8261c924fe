package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Retention says what is kept of acknowledged messages (RetentionPolicies).
type Retention struct {
	Minutes int64 `json:"retentionTimeInMinutes"`
	MB      int64 `json:"retentionSizeInMB"`
}

// NamespacePolicies are the policies of a namespace that meshes can declare; what
// is not set is nil, or "" (Policies).
type NamespacePolicies struct {
	Deduplication *bool      `json:"deduplicationEnabled"`
	Retention     *Retention `json:"retention_policies"`
	MessageTTL    *int64     `json:"message_ttl_in_seconds"`
	// Compatibility is the strategy by which schemas are checked.
	Compatibility string `json:"schema_compatibility_strategy"`
}

// undefined is how a broker writes that no strategy is set.
const undefined = "UNDEFINED"

// NamespacePolicies reads the policies of a namespace.
// GET /admin/v2/namespaces/{tenant}/{namespace}.
func (c *Client) NamespacePolicies(ctx context.Context, tenant, namespace string) (NamespacePolicies, error) {
	var p NamespacePolicies
	err := c.read(ctx, get("admin", "v2", "namespaces", tenant, namespace).needing(tenantAdmin(tenant)), &p)
	if p.Compatibility == undefined {
		p.Compatibility = ""
	}
	return p, err
}

// SetNamespacePolicies sets those of the policies that are not nil or empty, one
// request for each. POST .../deduplication, .../retention, .../messageTTL,
// PUT .../schemaCompatibilityStrategy.
func (c *Client) SetNamespacePolicies(ctx context.Context, tenant, namespace string, p NamespacePolicies) error {
	type setting struct {
		method, name string
		value        any
		given        bool
	}
	for _, s := range []setting{
		{http.MethodPut, "schemaCompatibilityStrategy", p.Compatibility, p.Compatibility != ""},
		{http.MethodPost, "deduplication", p.Deduplication, p.Deduplication != nil},
		{http.MethodPost, "retention", p.Retention, p.Retention != nil},
		{http.MethodPost, "messageTTL", p.MessageTTL, p.MessageTTL != nil},
	} {
		if !s.given {
			continue
		}
		k := call{method: s.method, path: []string{"admin", "v2", "namespaces", tenant, namespace, s.name}}
		k, err := k.needing(tenantAdmin(tenant)).json(s.value)
		if err != nil {
			return err
		}
		if err := c.send(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// ErrTopicPoliciesOff matches the answer of a broker with topicLevelPoliciesEnabled=false.
var ErrTopicPoliciesOff = errors.New("policies of topics are off in this cluster (topicLevelPoliciesEnabled)")

// TopicRetention returns the retention that is set on a topic itself, nil for
// none; with applied, what counts there from whatever policy. A topic that does
// not exist is NotFound. GET .../{topic}/retention.
func (c *Client) TopicRetention(ctx context.Context, topic string, applied bool) (*Retention, error) {
	var r *Retention
	return r, c.topicPolicy(ctx, topic, "retention", applied, &r)
}

// BacklogQuota bounds a backlog, in bytes and in seconds; -1 is no bound.
type BacklogQuota struct {
	Size int64 `json:"limitSize"`
	Time int64 `json:"limitTime"`
}

// BacklogQuotas returns the quotas that count on a topic, by their kind.
// GET .../{topic}/backlogQuotaMap?applied=true.
func (c *Client) BacklogQuotas(ctx context.Context, topic string) (map[string]BacklogQuota, error) {
	var m map[string]BacklogQuota
	return m, c.topicPolicy(ctx, topic, "backlogQuotaMap", true, &m)
}

// topicPolicy reads a policy of a topic; an answer without a body leaves v alone.
func (c *Client) topicPolicy(ctx context.Context, topic, name string, applied bool, v any) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k := get(t.path(name)...).needing(t.governs())
	if applied {
		k.query = values("applied", "true")
	}
	resp, err := c.do(ctx, k)
	if err != nil {
		return policiesOff(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON))
	if err != nil {
		return transportError(k.method, resp.Request.URL.Path, k.needs, err)
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, v); err != nil {
		return &Error{Method: k.method, Path: resp.Request.URL.Path, Status: resp.StatusCode, Reason: "the answer is not the JSON of Pulsar's API: " + clean(string(text[:min(len(text), 200)])), needs: k.needs, notJSON: true}
	}
	return nil
}

// policiesOff tells the answer of a broker without topic policies
// (AdminResource.checkTopicLevelPolicyEnable).
func policiesOff(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusMethodNotAllowed && strings.Contains(e.Reason, "opic level policies is disabled") {
		return errors.Join(ErrTopicPoliciesOff, err)
	}
	return err
}

// SetTopicRetention sets the retention of a topic. One that lies below the
// topic's backlog quota is Refused. POST .../{topic}/retention.
func (c *Client) SetTopicRetention(ctx context.Context, topic string, r Retention) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k, err := post(t.path("retention")...).needing(t.governs()).json(r)
	if err != nil {
		return err
	}
	return policiesOff(c.send(ctx, k))
}

// RemoveTopicRetention takes the retention of a topic away; the namespace's
// counts then. DELETE .../{topic}/retention.
func (c *Client) RemoveTopicRetention(ctx context.Context, topic string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	return policiesOff(c.send(ctx, del(t.path("retention")...).needing(t.governs())))
}

// SetTopicProperties adds properties to those that a topic has, and replaces
// those of the same key. PUT .../{topic}/properties.
func (c *Client) SetTopicProperties(ctx context.Context, topic string, props map[string]string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k, err := put(t.path("properties")...).needing(t.governs()).json(props)
	if err != nil {
		return err
	}
	return c.send(ctx, k)
}

// RemoveTopicProperty takes a property away; one that is not there is no error.
// DELETE .../{topic}/properties?key=....
func (c *Client) RemoveTopicProperty(ctx context.Context, topic, key string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k := del(t.path("properties")...).needing(t.governs())
	k.query = values("key", key)
	return c.send(ctx, k)
}
