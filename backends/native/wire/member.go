package wire

import (
	"context"
	"maps"
	"slices"
)

// Join takes a seat in a failover subscription, of whose consumers the broker makes
// one the active one (CommandActiveConsumerChange): active is told each time whether
// it is this one, from the connection's goroutine. The properties are shown as the
// consumer's metadata in the topic's statistics. No messages are asked for. The seat
// is given back with the Reader's Close. Errors: a *ServerError, or of the network.
func (c *Conn) Join(ctx context.Context, topic, subscription, name string, properties map[string]string, active func(bool)) (*Reader, error) {
	r := &Reader{c: c, in: make(chan Received), closed: make(chan struct{}), active: active}
	c.mu.Lock()
	r.id = max(c.nextPeer, firstPeer)
	c.nextPeer = r.id + 1
	c.readers[r.id] = r
	c.mu.Unlock()
	_, err := c.call(ctx, kindSubscribe, func(id uint64) message {
		const failover = 2
		m := message(nil).text(1, topic).text(2, subscription).number(3, failover).number(4, r.id).number(5, id).text(6, name).flag(8, true)
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			m = m.bytes(10, message(nil).text(1, key).text(2, properties[key]))
		}
		return m
	})
	if err == nil {
		return r, nil
	}
	c.forget(r.id)
	if CodeOf(err) < 0 && c.Err() == nil {
		c.dismiss(kindCloseConsumer, r.id)
	}
	return nil, err
}
