package wire

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Position is the place of a message on a topic without partitions
// (MessageIdData); messages of one batch share it.
type Position struct{ Ledger, Entry int64 }

// Earliest lies before all messages of a topic (MessageId.earliest).
var Earliest = Position{-1, -1}

// Latest lies behind all messages of a topic (MessageId.latest).
var Latest = Position{math.MaxInt64, math.MaxInt64}

// String gives ledger:entry.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Ledger, p.Entry) }

// Compare is negative where p comes before q, positive where it comes after.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Ledger, q.Ledger), cmp.Compare(p.Entry, q.Entry))
}

// ParsePosition reads what String gave.
func ParsePosition(text string) (Position, error) {
	ledger, entry, ok := strings.Cut(text, ":")
	l, err1 := strconv.ParseInt(ledger, 10, 64)
	e, err2 := strconv.ParseInt(entry, 10, 64)
	if !ok || err1 != nil || err2 != nil || l < 0 || e < 0 {
		return Position{}, fmt.Errorf("%q is not a position ledger:entry", text)
	}
	return Position{l, e}, nil
}

func positionOf(f fields) Position { return Position{int64(f.number(1)), int64(f.number(2))} }

func (p Position) message() message {
	return message(nil).number(1, uint64(p.Ledger)).number(2, uint64(p.Entry))
}
