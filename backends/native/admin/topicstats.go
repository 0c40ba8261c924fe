package admin

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// TopicStats is what happens on a topic, summed up over its partitions.
type TopicStats struct {
	// Partitions is their number, 0 for a topic without.
	Partitions int
	// RateIn and RateOut are messages a second.
	RateIn, RateOut float64
	// MessagesIn counts messages since the broker loaded the topic.
	MessagesIn int64
	// StorageSize and BacklogSize are bytes.
	StorageSize, BacklogSize int64
	// Deduplication is the status of MessageDeduplication, such as Enabled or
	// Disabled; of partitions that differ one that is not Disabled, "" if not told.
	Deduplication string
	// Publishers are sorted by name.
	Publishers    []Publisher
	Subscriptions map[string]Subscription
}

// Publisher is a producer; one that is attached to several partitions is one entry.
type Publisher struct {
	Name string
	// AccessMode is Shared, Exclusive, WaitForExclusive or ExclusiveWithFencing.
	AccessMode string
	// ConnectedSince is when the first of its connections was made; zero if not told.
	ConnectedSince time.Time
	// Metadata of an instance: application, id (tenant/namespace/name), instance_id.
	Metadata map[string]string
	// Partitions is on how many partitions it is attached, 1 for a topic without.
	Partitions int
	// RateIn is messages a second.
	RateIn float64
}

// Subscription is a subscription with its backlog and its consumers.
type Subscription struct {
	// Type is Exclusive, Shared, Failover or Key_Shared, "" or "None" before the first consumer.
	Type string
	// Durable is false for readers.
	Durable bool
	// Backlog counts messages not acknowledged; batches count as their messages
	// only as far as the broker knows them.
	Backlog int64
	// Unacked counts messages delivered and not yet acknowledged.
	Unacked    int64
	RateOut    float64
	Properties map[string]string
	// Partitions is on how many partitions it is, 1 for a topic without.
	Partitions int
	// Active is the name of the consumer of a failover subscription that gets the
	// messages; of several partitions, one of them.
	Active string
	// Consumers are sorted by name.
	Consumers []Consumer
}

// Consumer is a consumer; one that is attached to several partitions is one entry.
type Consumer struct {
	Name string
	// ConnectedSince is when the first of its connections was made; zero if not told.
	ConnectedSince time.Time
	Metadata       map[string]string
	Unacked        int64
	Partitions     int
}

// topicStats are the fields we read of Pulsar's answer.
type topicStats struct {
	RateIn      float64 `json:"msgRateIn"`
	RateOut     float64 `json:"msgRateOut"`
	MessagesIn  int64   `json:"msgInCounter"`
	StorageSize int64   `json:"storageSize"`
	BacklogSize int64   `json:"backlogSize"`
	// Deduplication is the topic's own, as all policies together made it.
	Deduplication string `json:"deduplicationStatus"`
	Publishers    []struct {
		client
		Name       string  `json:"producerName"`
		AccessMode string  `json:"accessMode"`
		RateIn     float64 `json:"msgRateIn"`
	} `json:"publishers"`
	Subscriptions map[string]struct {
		Type       string            `json:"type"`
		Durable    bool              `json:"isDurable"`
		Backlog    int64             `json:"msgBacklog"`
		Unacked    int64             `json:"unackedMessages"`
		RateOut    float64           `json:"msgRateOut"`
		Properties map[string]string `json:"subscriptionProperties"`
		Active     string            `json:"activeConsumerName"`
		Consumers  []struct {
			client
			Name    string `json:"consumerName"`
			Unacked int64  `json:"unackedMessages"`
		} `json:"consumers"`
	} `json:"subscriptions"`
}

type client struct {
	ConnectedSince string            `json:"connectedSince"`
	Metadata       map[string]string `json:"metadata"`
}

// TopicStats returns the statistics of a topic. A topic that does not exist is
// NotFound and is not created.
// GET /admin/v2/{domain}/{tenant}/{namespace}/{topic}/stats, or .../partitioned-stats?perPartition=true.
//
// Which of the two, another GET tells, unless the client has seen before that the
// topic has no partitions. Should it have some by now, the first is NotFound.
func (c *Client) TopicStats(ctx context.Context, topic string) (TopicStats, error) {
	if _, ok := c.plain.Load(topic); ok {
		stats, err := c.plainStats(ctx, topic)
		if Classify(err) != NotFound {
			return stats, err
		}
		c.plain.Delete(topic)
	}
	partitions, err := c.Partitions(ctx, topic)
	if err != nil {
		return TopicStats{}, err
	}
	if partitions > 0 {
		return c.partitionedStats(ctx, topic, partitions)
	}
	stats, err := c.plainStats(ctx, topic)
	if err == nil {
		c.sawPlain(topic)
	}
	return stats, err
}

func (c *Client) plainStats(ctx context.Context, topic string) (TopicStats, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return TopicStats{}, err
	}
	k := get(t.path("stats")...).needing(t.reads())
	k.query = values("getPreciseBacklog", "true")
	var one topicStats
	if err := c.read(ctx, k, &one); err != nil {
		return TopicStats{}, err
	}
	sum := TopicStats{Subscriptions: map[string]Subscription{}}
	sum.add(one)
	sum.sort()
	return sum, nil
}

func (c *Client) partitionedStats(ctx context.Context, topic string, partitions int) (TopicStats, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return TopicStats{}, err
	}
	// The server's own sum has lost who the clients are; the partitions have it.
	var all struct {
		Partitions map[string]topicStats `json:"partitions"`
	}
	k := get(t.path("partitioned-stats")...).needing(t.reads())
	k.query = values("perPartition", "true", "getPreciseBacklog", "true")
	if err := c.read(ctx, k, &all); err != nil {
		return TopicStats{}, err
	}
	sum := TopicStats{Partitions: partitions, Subscriptions: map[string]Subscription{}}
	for _, one := range all.Partitions {
		sum.add(one)
	}
	sum.sort()
	return sum, nil
}

func (s *TopicStats) add(one topicStats) {
	s.RateIn += one.RateIn
	s.RateOut += one.RateOut
	s.MessagesIn += one.MessagesIn
	s.StorageSize += one.StorageSize
	s.BacklogSize += one.BacklogSize
	if s.Deduplication == "" || s.Deduplication == "Disabled" {
		s.Deduplication = one.Deduplication
	}
	for _, p := range one.Publishers {
		since := instant(p.ConnectedSince)
		i := slices.IndexFunc(s.Publishers, func(q Publisher) bool { return q.Name == p.Name })
		if i < 0 {
			s.Publishers = append(s.Publishers, Publisher{Name: p.Name, AccessMode: p.AccessMode, ConnectedSince: since, Metadata: p.Metadata, Partitions: 1, RateIn: p.RateIn})
			continue
		}
		s.Publishers[i].Partitions++
		s.Publishers[i].RateIn += p.RateIn
		s.Publishers[i].ConnectedSince = earlier(s.Publishers[i].ConnectedSince, since)
	}
	for name, in := range one.Subscriptions {
		sub := s.Subscriptions[name]
		if sub.Type == "" || sub.Type == "None" {
			sub.Type = in.Type
		}
		sub.Durable = in.Durable
		sub.Active = cmp.Or(sub.Active, in.Active)
		sub.Partitions++
		sub.Backlog += in.Backlog
		sub.Unacked += in.Unacked
		sub.RateOut += in.RateOut
		if sub.Properties == nil {
			sub.Properties = map[string]string{}
		}
		for key, value := range in.Properties {
			sub.Properties[key] = value
		}
		for _, consumer := range in.Consumers {
			since := instant(consumer.ConnectedSince)
			i := slices.IndexFunc(sub.Consumers, func(q Consumer) bool { return q.Name == consumer.Name })
			if i < 0 {
				sub.Consumers = append(sub.Consumers, Consumer{Name: consumer.Name, ConnectedSince: since, Metadata: consumer.Metadata, Unacked: consumer.Unacked, Partitions: 1})
				continue
			}
			sub.Consumers[i].Partitions++
			sub.Consumers[i].Unacked += consumer.Unacked
			sub.Consumers[i].ConnectedSince = earlier(sub.Consumers[i].ConnectedSince, since)
		}
		s.Subscriptions[name] = sub
	}
}

func (s *TopicStats) sort() {
	slices.SortFunc(s.Publishers, func(a, b Publisher) int { return cmp.Compare(a.Name, b.Name) })
	for _, sub := range s.Subscriptions {
		slices.SortFunc(sub.Consumers, func(a, b Consumer) int { return cmp.Compare(a.Name, b.Name) })
	}
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
