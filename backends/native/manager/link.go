package manager

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/lock"
	"github.com/meshc/meshc/backends/native/wire"
	"github.com/meshc/meshc/planner/record"
)

// silence is how long a broker may take for an answer before its connection is given up.
const silence = 5 * time.Second

// link is the connection to the broker that serves one topic, made when it is needed.
type link struct {
	o     Options
	topic string

	mu   sync.Mutex
	conn *wire.Conn
	// producer is the shared one of topics that have one.
	producer *wire.Producer
}

// get connects, unless it is connected.
func (l *link) get(ctx context.Context) (*wire.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.connected(ctx)
}

func (l *link) connected(ctx context.Context) (*wire.Conn, error) {
	if l.conn != nil && l.conn.Err() == nil {
		return l.conn, nil
	}
	l.conn, l.producer = nil, nil
	o := lock.Options{Topic: l.topic, Settings: l.o.Settings, Locate: func(ctx context.Context) (string, string, error) {
		at, err := l.o.Client.Lookup(ctx, l.topic)
		return at.BrokerURL, at.BrokerURLTLS, err
	}}
	c, err := o.Connect(ctx)
	l.conn = c
	return c, err
}

// shared gives the connection's one producer that others may send beside, and how large
// its messages may be.
func (l *link) shared(ctx context.Context) (p *wire.Producer, size int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.connected(ctx)
	if err != nil {
		return nil, 0, err
	}
	size = max(min(l.o.part, c.Largest()-room), 1<<10)
	if l.producer != nil {
		select {
		case <-l.producer.Closed():
		default:
			return l.producer, size, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	l.producer, err = c.Produce(ctx, l.topic, wire.Shared, nil)
	return l.producer, size, err
}

// current is the connection, nil for none.
func (l *link) current() *wire.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// drop gives a connection up that does not answer.
func (l *link) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// ensure makes a topic that is not there, without partitions whatever the cluster makes
// on first use. It tells whether it made it.
func (o Options) ensure(ctx context.Context, topic string) (made bool, err error) {
	n, err := o.Client.Partitions(ctx, topic)
	if err == nil && n > 0 {
		return false, fmt.Errorf("%s has %d partitions; records need a topic without", topic, n)
	}
	if !errors.Is(err, admin.ErrNotFound) {
		return false, o.told(err)
	}
	if err = o.Client.CreateTopic(ctx, topic, 0, nil); errors.Is(err, admin.ErrExists) {
		return false, nil
	}
	return err == nil, o.told(err)
}

// told makes a failure that is about rights one of record's, and names the topic.
func (o Options) told(err error) error {
	switch {
	case err == nil || errors.Is(err, record.ErrForbidden):
		return err
	case admin.Classify(err) == admin.Unauthorized, lock.Unauthorized(err):
		_, name, _ := strings.Cut(o.Topic, "://")
		tenant, rest, _ := strings.Cut(name, "/")
		namespace, _, _ := strings.Cut(rest, "/")
		return fmt.Errorf(`%w on %s: %w; records need the permissions "produce" and "consume" on namespace %s/%s, and topics that an administrator of the tenant has made once`,
			record.ErrForbidden, o.Topic, err, tenant, namespace)
	}
	return fmt.Errorf("records on %s: %w", o.Topic, err)
}

// passing tells whether an error may go by itself: a lost connection, a topic on its
// way to another broker, which brokers tell in many ways.
func passing(err error) bool {
	switch wire.CodeOf(err) {
	case wire.AuthenticationError, wire.AuthorizationError, wire.TopicNotFound, wire.NotAllowed, wire.IncompatibleSchema, wire.TopicTerminated:
		return false
	}
	switch admin.Classify(err) {
	case admin.Unauthorized, admin.Refused, admin.NotFound:
		var answer *admin.Error
		return !errors.As(err, &answer)
	}
	return true
}
