package manager

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// kindKey tells what a message of the log is: an entry (a head, a line feed, and the
// body unless it is elsewhere) or a part of a body that is too large for one message.
const (
	kindKey   = "meshc-kind"
	kindEntry = "entry"
	kindPart  = "part"
)

// room is what the metadata of a message needs at most.
const room = 64 << 10

// partSize is how large parts are, unless brokers take less.
const partSize = 4 << 20

// append stores a head and its body in the log. It returns the head with the place of
// the body, and the place of the entry. body nil leaves the head's own place of it.
func (s *Store) append(ctx context.Context, h record.Head, body []byte, write string) (record.Head, string, error) {
	p, err := s.log.shared(ctx)
	if err != nil {
		return h, "", err
	}
	c, err := s.log.get(ctx)
	if err != nil {
		return h, "", err
	}
	size := max(min(partSize, c.Largest()-room), 1<<10)
	if body != nil {
		h.Body = ""
	}
	head, err := record.EncodeHead(h)
	if err != nil {
		return h, "", err
	}
	message := func(kind string, payload []byte) wire.Message {
		return wire.Message{Key: h.Mesh, Properties: map[string]string{kindKey: kind, writeKey: write}, Payload: payload}
	}
	inline := len(head)+1+len(body) <= size
	if body != nil && !inline {
		var sent []*wire.Receipt
		for rest := body; len(rest) > 0; {
			n := min(size, len(rest))
			sent = append(sent, p.Begin(message(kindPart, rest[:n])))
			rest = rest[n:]
		}
		var places []string
		for _, r := range sent {
			at, err := s.stored(ctx, r)
			if err != nil {
				return h, "", err
			}
			places = append(places, at.String())
		}
		h.Body, body = strings.Join(places, ","), nil
		if head, err = record.EncodeHead(h); err != nil {
			return h, "", err
		}
	}
	at, err := s.stored(ctx, p.Begin(message(kindEntry, append(append(head, '\n'), body...))))
	if err != nil {
		return h, "", err
	}
	if body != nil {
		h.Body = at.String()
	}
	return h, at.String(), nil
}

// stored waits for a message of the log.
func (s *Store) stored(ctx context.Context, r *wire.Receipt) (wire.Position, error) {
	bounded, cancel := context.WithTimeout(ctx, 2*silence)
	defer cancel()
	at, err := r.Wait(bounded)
	if err != nil && bounded.Err() != nil {
		s.log.drop()
	}
	return at, err
}

// fetch reads the message of the log at a place. Errors: record.ErrGone where the log
// has it no longer.
func (s *Store) fetch(ctx context.Context, place string) (wire.Received, error) {
	at, err := wire.ParsePosition(place)
	if err != nil {
		return wire.Received{}, err
	}
	begin := time.Now()
	for wait := firstPause; ; wait = min(2*wait, time.Second) {
		m, err := s.fetchOnce(ctx, at)
		if err == nil || errors.Is(err, record.ErrGone) || !passing(err) || time.Since(begin) > s.o.Away {
			return m, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return wire.Received{}, context.Cause(ctx)
		}
	}
}

func (s *Store) fetchOnce(ctx context.Context, at wire.Position) (wire.Received, error) {
	c, err := s.log.get(ctx)
	if err != nil {
		return wire.Received{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	r, err := c.Read(bounded, s.o.logTopic(), wire.ReaderOptions{From: at, Largest: partSize + record.MaxHead + room, Ahead: 1})
	if err != nil {
		if bounded.Err() != nil {
			s.log.drop()
		}
		return wire.Received{}, err
	}
	defer r.Drop()
	last, err := r.Last(bounded)
	if err != nil {
		return wire.Received{}, err
	}
	if last.Compare(at) < 0 {
		return wire.Received{}, fmt.Errorf("%s of the log: %w", at, record.ErrGone)
	}
	m, err := r.Next(bounded)
	switch {
	case err != nil:
		return m, err
	case m.Position != at:
		return m, fmt.Errorf("%s of the log: %w", at, record.ErrGone)
	case m.Damaged != nil || !m.Plain:
		return m, fmt.Errorf("%s of the log is no message of meshc's: %w", at, errors.Join(m.Damaged, record.ErrGone))
	}
	return m, nil
}

// logged reads the entry of the log at a place.
func (s *Store) logged(ctx context.Context, key, place string) (h record.Head, body []byte, write string, err error) {
	m, err := s.fetch(ctx, place)
	if err != nil {
		return h, nil, "", err
	}
	head, body, ok := bytes.Cut(m.Payload, []byte{'\n'})
	if !ok || m.Properties[kindKey] != kindEntry {
		return h, nil, "", fmt.Errorf("%s of the log is no entry", place)
	}
	if h, err = record.DecodeHead(key, head); err != nil {
		return h, nil, "", err
	}
	if len(body) > 0 {
		h.Body = place
	}
	return h, body, m.Properties[writeKey], nil
}
