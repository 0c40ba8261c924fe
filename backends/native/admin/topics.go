package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/apache/pulsar-client-go/pulsaradmin/pkg/utils"
)

// topicName is a parsed persistent://tenant/namespace/name.
type topicName struct{ domain, tenant, namespace, local string }

func parseTopic(text string) (topicName, error) {
	domain, rest, ok := strings.Cut(text, "://")
	parts := strings.Split(rest, "/")
	if !ok || (domain != "persistent" && domain != "non-persistent") || len(parts) != 3 ||
		parts[0] == "" || parts[1] == "" || parts[2] == "" || parts[2] == "." || parts[2] == ".." {
		return topicName{}, &Error{Method: http.MethodGet, Path: "/admin/v2/", Reason: fmt.Sprintf("%q is no topic; write persistent://tenant/namespace/name", clean(text))}
	}
	return topicName{domain, parts[0], parts[1], parts[2]}, nil
}

func (t topicName) path(rest ...string) []string {
	return append([]string{"admin", "v2", t.domain, t.tenant, t.namespace, t.local}, rest...)
}

func (t topicName) text(rest ...string) string { return "/" + strings.Join(t.path(rest...), "/") }

// The rights that Pulsar's own authorisation wants. Topics are looked at with
// either permission; only administrators make, change and delete them.
func (t topicName) reads() string      { return t.permission(`"consume" or "produce"`) }
func (t topicName) subscribes() string { return t.permission(`"consume"`) }
func (t topicName) governs() string    { return tenantAdmin(t.tenant) }

func (t topicName) permission(names string) string {
	return fmt.Sprintf("the permission %s on namespace %s/%s, or to be an administrator of the tenant", names, t.tenant, t.namespace)
}

// topic parses a name for us and for the library.
func topic(text string) (topicName, utils.TopicName, error) {
	t, err := parseTopic(text)
	if err != nil {
		return t, utils.TopicName{}, err
	}
	name, err := utils.GetTopicName(text)
	if err != nil {
		return t, utils.TopicName{}, &Error{Method: http.MethodGet, Path: t.text(), Reason: clean(err.Error())}
	}
	return t, *name, nil
}

// Topics lists the topics of a namespace, full names: those that have
// partitions, without the partitions; and those that have none.
// GET /admin/v2/{persistent,non-persistent}/{tenant}/{namespace} and .../partitioned.
// System topics are left out. A namespace that does not exist is NotFound.
func (c *Client) Topics(ctx context.Context, tenant, namespace string) (partitioned, plain []string, err error) {
	// Not by the library: its list leaves goroutines behind when a request fails.
	needs := topicName{tenant: tenant, namespace: namespace}.reads()
	of := map[string]bool{}
	for _, domain := range []string{"persistent", "non-persistent"} {
		var names []string
		if err := c.read(ctx, get("admin", "v2", domain, tenant, namespace, "partitioned").needing(needs), &names); err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			of[name] = true
		}
		partitioned = append(partitioned, names...)
	}
	for _, domain := range []string{"persistent", "non-persistent"} {
		var names []string
		if err := c.read(ctx, get("admin", "v2", domain, tenant, namespace).needing(needs), &names); err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			if !of[parentOf(name)] {
				plain = append(plain, name)
				c.sawPlain(name)
			}
		}
	}
	return partitioned, plain, nil
}

// parentOf cuts "-partition-N" from the name of a partition.
func parentOf(name string) string {
	at := strings.LastIndex(name, "-partition-")
	if at < 0 {
		return name
	}
	if _, err := strconv.ParseUint(name[at+len("-partition-"):], 10, 31); err != nil {
		return name
	}
	return name[:at]
}

// sawPlain remembers that a topic has no partitions, and that it is there now.
func (c *Client) sawPlain(topic string) { c.plain.Store(topic, time.Now()) }

// fresh is how long a topic that was seen counts as there: brokers delete topics
// that nobody uses, and look for them once a minute.
const fresh = 20 * time.Second

// justSeen tells whether a topic without partitions was seen a moment ago.
func (c *Client) justSeen(topic string) bool {
	at, ok := c.plain.Load(topic)
	return ok && time.Since(at.(time.Time)) < fresh
}

// Partitions returns the number of partitions of a topic, 0 for a topic without;
// a topic that does not exist is NotFound, and is not created.
// GET /admin/v2/{domain}/{tenant}/{namespace}/{topic}/partitions.
func (c *Client) Partitions(ctx context.Context, name string) (int, error) {
	t, lib, err := topic(name)
	if err != nil {
		return 0, err
	}
	n := 0
	err = again(ctx, http.MethodGet, func() error {
		// The library does not set checkAllowAutoCreation, with which this GET can create.
		meta, err := c.pulsar.Topics().GetMetadataWithContext(ctx, lib)
		n = meta.Partitions
		return library(http.MethodGet, t.text("partitions"), t.reads(), err)
	})
	return n, err
}

// CreateTopic makes a topic with properties: with partitions, or with 0 a topic
// without. A topic that is there, of either sort, is Exists.
// PUT /admin/v2/{domain}/{tenant}/{namespace}/{topic} or .../partitions.
func (c *Client) CreateTopic(ctx context.Context, name string, partitions int, props map[string]string) error {
	t, lib, err := topic(name)
	if err != nil {
		return err
	}
	if partitions < 0 {
		return &Error{Method: http.MethodPut, Path: t.text(), Reason: "the number of partitions must not be negative"}
	}
	err = c.pulsar.Topics().CreateWithPropertiesWithContext(ctx, lib, partitions, props)
	if err == nil && partitions == 0 {
		c.sawPlain(name)
	}
	return library(http.MethodPut, t.text(), t.governs(), err)
}

// SetPartitions raises the number of partitions; it cannot be lowered. Existing
// subscriptions and their properties appear on the new partitions.
// POST /admin/v2/{domain}/{tenant}/{namespace}/{topic}/partitions.
func (c *Client) SetPartitions(ctx context.Context, name string, partitions int) error {
	t, lib, err := topic(name)
	if err != nil {
		return err
	}
	err = c.pulsar.Topics().UpdateWithContext(ctx, lib, partitions)
	return library(http.MethodPost, t.text("partitions"), t.governs(), err)
}

// TopicProperties returns the properties of a topic, never nil without an error.
// GET /admin/v2/{domain}/{tenant}/{namespace}/{topic}/properties.
func (c *Client) TopicProperties(ctx context.Context, name string) (map[string]string, error) {
	t, lib, err := topic(name)
	if err != nil {
		return nil, err
	}
	var props map[string]string
	err = again(ctx, http.MethodGet, func() (err error) {
		props, err = c.pulsar.Topics().GetPropertiesWithContext(ctx, lib)
		return library(http.MethodGet, t.text("properties"), t.reads(), err)
	})
	if err == nil && props == nil {
		props = map[string]string{}
	}
	return props, err
}

// DeleteTopic removes a topic, with its partitions if it has any, and the
// messages in it. Without force a topic with clients or subscriptions attached
// is Busy. DELETE /admin/v2/{domain}/{tenant}/{namespace}/{topic} or .../partitions.
func (c *Client) DeleteTopic(ctx context.Context, name string, force bool) error {
	partitions, err := c.Partitions(ctx, name)
	if err != nil {
		return err
	}
	t, lib, err := topic(name)
	if err != nil {
		return err
	}
	err = c.pulsar.Topics().DeleteWithContext(ctx, lib, force, partitions == 0)
	return library(http.MethodDelete, t.text(), t.governs(), err)
}

// values is a short form for queries.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
