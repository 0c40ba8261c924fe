package admin

import (
	"context"
	"fmt"
)

// Lookup is which broker serves a topic; addresses that it has not are "".
type Lookup struct {
	BrokerURL    string `json:"brokerUrl"`
	BrokerURLTLS string `json:"brokerUrlSsl"`
}

// Lookup asks which broker serves a topic and has one take it if none does. The
// topic need not exist where topics are made on first use; else, and without its
// namespace, it is NotFound. GET /lookup/v2/topic/{domain}/{tenant}/{namespace}/{topic}.
func (c *Client) Lookup(ctx context.Context, topic string) (Lookup, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return Lookup{}, err
	}
	var at Lookup
	k := get("lookup", "v2", "topic", t.domain, t.tenant, t.namespace, t.local).
		needing(fmt.Sprintf(`the permission "produce" on namespace %s/%s, or to be an administrator of the tenant`, t.tenant, t.namespace))
	return at, c.read(ctx, k, &at)
}
