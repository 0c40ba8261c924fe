package notice

import (
	"context"
	"errors"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/lock"
	"github.com/meshc/meshc/backends/native/wire"
)

// DefaultTopic is the metadata topic of workers that were not told another one
// (WorkerConfig.pulsarFunctionsNamespace and functionMetadataTopicName).
const DefaultTopic = "persistent://public/functions/metadata"

// Options say where components are kept and how to get there. Client and Settings are needed.
type Options struct {
	// Topic is the metadata topic; "" is DefaultTopic.
	Topic    string
	Client   *admin.Client
	Settings conn.Settings
}

// largest bounds a message: a component's config, which brokers bound by their largest message.
const largest = 5 << 20

// patience is how long a broker may take for an answer.
const patience = 5 * time.Second

// beat is how often the broker is asked for a sign of life.
const beat = 10 * time.Second

// Read calls fn with tenant/namespace/name of each component that is written from now
// on: created, updated, stopped, started or deleted. ready is called as soon as nothing
// more is missed. It ends with ctx, or when the topic cannot be read, with why; what it
// was told of until then, it gives as the place to go on from.
func Read(ctx context.Context, o Options, from wire.Position, ready func(), fn func(component string)) (wire.Position, error) {
	if o.Topic == "" {
		o.Topic = DefaultTopic
	}
	link := lock.Options{Topic: o.Topic, Settings: o.Settings, Locate: func(ctx context.Context) (string, string, error) {
		at, err := o.Client.Lookup(ctx, o.Topic)
		return at.BrokerURL, at.BrokerURLTLS, err
	}}
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// Asked first, since to read a topic that is not there can make it.
	if _, err := o.Client.Partitions(short, o.Topic); err != nil {
		return from, err
	}
	c, err := link.Connect(short)
	if err != nil {
		return from, err
	}
	defer c.Close()
	begin := from
	if begin == (wire.Position{}) {
		begin = wire.Latest
	}
	r, err := c.Read(short, o.Topic, wire.ReaderOptions{From: begin, Largest: largest})
	if err != nil {
		return from, err
	}
	if from == (wire.Position{}) {
		// So that what is written between a lost connection and the next one is not missed.
		if from, err = r.Last(short); err != nil {
			return wire.Position{}, err
		}
	}
	// Who only listens would not notice that a connection leads nowhere.
	listening, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for listening.Err() == nil {
			select {
			case <-time.After(beat):
			case <-listening.Done():
				return
			}
			bounded, cancel := context.WithTimeout(listening, patience)
			if c.Ping(bounded) != nil && listening.Err() == nil {
				c.Close()
			}
			cancel()
		}
	}()
	ready()
	for {
		m, err := r.Next(ctx)
		if err != nil {
			return from, err
		}
		from = m.Position
		if name, err := componentOf(m); err == nil {
			fn(name)
		}
	}
}

// Follow is Read for as long as ctx lasts: it connects again when a connection is lost,
// and gives up where the topic may not be read or is not there.
func Follow(ctx context.Context, o Options, ready func(), fn func(component string)) error {
	var from wire.Position
	for pause := first; ; pause = min(2*pause, longest) {
		var err error
		began := time.Now()
		if from, err = Read(ctx, o, from, ready, fn); ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if final(err) {
			return err
		}
		if time.Since(began) > longest {
			pause = first
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// The pauses between tries to connect again.
const (
	first   = 100 * time.Millisecond
	longest = 5 * time.Second
)

// final tells whether it would be no other the next time.
func final(err error) bool {
	var answer *admin.Error
	switch admin.Classify(err) {
	case admin.Unauthorized, admin.NotFound, admin.Refused:
		return errors.As(err, &answer)
	}
	return lock.Unauthorized(err)
}
