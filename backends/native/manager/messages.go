package manager

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// stored waits for a message of a topic.
func (l *link) stored(ctx context.Context, r *wire.Receipt) (wire.Position, error) {
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	at, err := r.Wait(bounded)
	if err != nil && bounded.Err() != nil {
		l.drop()
	}
	return at, err
}

// parts stores what is too large for one message, as messages like m, and returns
// their places.
func (l *link) parts(ctx context.Context, p *wire.Producer, size int, m wire.Message, data []byte) (string, error) {
	var sent []*wire.Receipt
	for rest := data; len(rest) > 0; {
		n := min(size, len(rest))
		m.Payload, rest = rest[:n], rest[n:]
		sent = append(sent, p.Begin(m))
	}
	var places []string
	for _, r := range sent {
		at, err := l.stored(ctx, r)
		if err != nil {
			return "", err
		}
		places = append(places, at.String())
	}
	return strings.Join(places, ","), nil
}

// fetchOnce reads the message at a place. Errors: record.ErrGone where the topic has it
// no longer.
func (l *link) fetchOnce(ctx context.Context, at wire.Position) (wire.Received, error) {
	c, err := l.get(ctx)
	if err != nil {
		return wire.Received{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	r, err := c.Read(bounded, l.topic, wire.ReaderOptions{From: at, Largest: partSize + record.MaxHead + room, Ahead: 1})
	if err != nil {
		if bounded.Err() != nil {
			l.drop()
		}
		return wire.Received{}, err
	}
	defer r.Drop()
	// Behind the end no message would ever come.
	last, err := r.Last(bounded)
	if err != nil {
		return wire.Received{}, err
	}
	if last.Compare(at) < 0 {
		return wire.Received{}, fmt.Errorf("%s of %s: %w", at, l.topic, record.ErrGone)
	}
	m, err := r.Next(bounded)
	switch {
	case err != nil:
		return m, err
	case m.Position != at:
		return m, fmt.Errorf("%s of %s: %w", at, l.topic, record.ErrGone)
	case m.Damaged != nil || !m.Plain:
		return m, fmt.Errorf("%s of %s is no message of meshc's: %w", at, l.topic, errors.Join(m.Damaged, record.ErrGone))
	}
	return m, nil
}
