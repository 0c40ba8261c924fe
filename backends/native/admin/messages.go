package admin

import (
	"context"
	"fmt"
	"net/http"
)

// LastMessages returns the payloads of the last messages of a topic that came
// after these positions, the oldest first: about n, since messages that were sent
// as one batch come together. It leaves no trace: no subscription is used. Of a
// topic with partitions it is the last of each. A topic that does not exist is
// NotFound.
// GET /admin/v2/{domain}/{tenant}/{namespace}/{topic}/ledger/{ledger}/entry/{entry}.
func (c *Client) LastMessages(ctx context.Context, topicName string, after map[int]Positions, n int) ([][]byte, error) {
	positions, err := c.TopicPositions(ctx, topicName)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for i, p := range positions {
		name := topicName
		if len(positions) > 1 {
			name = fmt.Sprintf("%s-partition-%d", topicName, i)
		}
		list, err := c.between(ctx, name, after[i].Last, p.Last, n)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// between gives the payloads after one entry and up to another, of the ledger of
// the latter.
func (c *Client) between(ctx context.Context, name string, after, last MessagePosition, n int) ([][]byte, error) {
	t, parsed, err := topic(name)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for entry := last.Entry; entry >= 0 && len(out) < n; entry-- {
		if (MessagePosition{last.Ledger, entry}).Compare(after) <= 0 {
			break
		}
		batch, err := c.pulsar.Subscriptions().GetMessagesByIDWithContext(ctx, parsed, last.Ledger, entry)
		if err != nil {
			return nil, library(http.MethodGet, t.text("ledger"), t.reads(), err)
		}
		var payloads [][]byte
		for _, m := range batch {
			payloads = append(payloads, m.Payload)
		}
		out = append(payloads, out...)
	}
	return out, nil
}
