package admin

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// MessagePosition is the place of an entry in a topic or partition.
type MessagePosition struct{ Ledger, Entry int64 }

// String gives ledger:entry, as the server writes it.
func (p MessagePosition) String() string { return fmt.Sprintf("%d:%d", p.Ledger, p.Entry) }

// Compare is negative where p comes before q, positive where it comes after.
func (p MessagePosition) Compare(q MessagePosition) int {
	return cmp.Or(cmp.Compare(p.Ledger, q.Ledger), cmp.Compare(p.Entry, q.Entry))
}

// ParseMessagePosition reads ledger:entry.
func ParseMessagePosition(text string) (MessagePosition, error) {
	ledger, entry, ok := strings.Cut(text, ":")
	l, err1 := strconv.ParseInt(ledger, 10, 64)
	e, err2 := strconv.ParseInt(entry, 10, 64)
	if !ok || err1 != nil || err2 != nil {
		return MessagePosition{}, fmt.Errorf("%q is not a position ledger:entry", text)
	}
	return MessagePosition{l, e}, nil
}

// Positions are the ends of a topic or of one partition.
type Positions struct {
	// Last is the newest entry that is stored.
	Last MessagePosition
	// Done is, by subscription, the entry up to which all are acknowledged.
	Done map[string]MessagePosition
}

type internalStats struct {
	Last    string `json:"lastConfirmedEntry"`
	Cursors map[string]struct {
		MarkDelete string `json:"markDeletePosition"`
	} `json:"cursors"`
}

// TopicPositions returns the positions of a topic by partition, counted from 0;
// a topic without partitions has the one entry 0. A topic that does not exist is
// NotFound and is not created.
// GET /admin/v2/{domain}/{tenant}/{namespace}/{topic}/internalStats, or .../partitioned-internalStats.
func (c *Client) TopicPositions(ctx context.Context, topic string) (map[int]Positions, error) {
	partitions, err := c.Partitions(ctx, topic)
	if err != nil {
		return nil, err
	}
	t, err := parseTopic(topic)
	if err != nil {
		return nil, err
	}
	out := map[int]Positions{}
	if partitions == 0 {
		var one internalStats
		if err := c.read(ctx, get(t.path("internalStats")...).needing(t.reads()), &one); err != nil {
			return nil, err
		}
		out[0], err = one.positions()
		return out, err
	}
	var all struct {
		Partitions map[string]internalStats `json:"partitions"`
	}
	if err := c.read(ctx, get(t.path("partitioned-internalStats")...).needing(t.reads()), &all); err != nil {
		return nil, err
	}
	for name, one := range all.Partitions {
		i, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
		if err != nil {
			return nil, fmt.Errorf("%q is not the name of a partition", name)
		}
		if out[i], err = one.positions(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s internalStats) positions() (Positions, error) {
	last, err := ParseMessagePosition(s.Last)
	if err != nil {
		return Positions{}, err
	}
	p := Positions{Last: last, Done: map[string]MessagePosition{}}
	for name, cursor := range s.Cursors {
		// The server shows the names of its cursors as it stores them.
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if p.Done[name], err = ParseMessagePosition(cursor.MarkDelete); err != nil {
			return Positions{}, err
		}
	}
	return p, nil
}
