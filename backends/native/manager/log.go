package manager

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// partSize is how large messages are at most, unless brokers take less.
const partSize = 4 << 20

// append stores a head and its body in the log. It returns the head with the place of
// the body, and the place of the entry. body nil leaves the head's own place of it.
func (s *Store) append(ctx context.Context, h record.Head, body []byte, write string) (record.Head, string, error) {
	p, size, err := s.log.shared(ctx)
	if err != nil {
		return h, "", err
	}
	if body != nil {
		h.Body = ""
	}
	head, err := record.EncodeHead(h)
	if err != nil {
		return h, "", err
	}
	m := wire.Message{Key: h.Mesh, Properties: map[string]string{kindKey: kindEntry, writeKey: write}}
	if len(head)+1+len(body) > size && body != nil {
		part := m
		part.Properties = map[string]string{kindKey: kindPart, writeKey: write}
		if h.Body, err = s.log.parts(ctx, p, size, part, body); err != nil {
			return h, "", err
		}
		body = nil
		if head, err = record.EncodeHead(h); err != nil {
			return h, "", err
		}
	}
	m.Payload = append(append(head, '\n'), body...)
	at, err := s.log.stored(ctx, p.Begin(m))
	if err != nil {
		return h, "", err
	}
	if body != nil {
		h.Body = at.String()
	}
	return h, at.String(), nil
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
		m, err := s.log.fetchOnce(ctx, at)
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

// logged reads the entry of the log at a place.
func (s *Store) logged(ctx context.Context, key, place string) (h record.Head, body []byte, write string, err error) {
	m, err := s.fetch(ctx, place)
	if err != nil {
		return h, nil, "", err
	}
	h, body, err = entryOf(key, place, m)
	return h, body, m.Properties[writeKey], err
}

// entryOf takes the message at a place of the log apart.
func entryOf(key, place string, m wire.Received) (h record.Head, body []byte, err error) {
	head, body, ok := bytes.Cut(m.Payload, []byte{'\n'})
	if !ok || m.Properties[kindKey] != kindEntry {
		return h, nil, fmt.Errorf("%s of the log is no entry: %w", place, record.ErrGone)
	}
	if h, err = record.DecodeHead(key, head); err != nil {
		return h, nil, err
	}
	if len(body) > 0 {
		h.Body = place
	}
	return h, body, nil
}

// mostCached bounds the heads of histories that are remembered: what is logged does not change.
const mostCached = 4096

// older reads the head of a history at a place, or knows it already.
func (s *Store) older(ctx context.Context, key, place string) (record.Head, error) {
	s.mu.Lock()
	h, ok := s.past[place]
	s.mu.Unlock()
	if ok && h.Mesh == key {
		return h, nil
	}
	h, _, _, err := s.logged(ctx, key, place)
	if err != nil {
		return h, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.past) >= mostCached {
		clear(s.past)
	}
	s.past[place] = h
	return h, nil
}
