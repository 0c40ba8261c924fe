package admin

import (
	"context"
	"time"
)

// Compact begins the compaction of a topic, which goes on after the answer; one that
// runs already is Exists. PUT /admin/v2/persistent/{tenant}/{namespace}/{topic}/compaction.
func (c *Client) Compact(ctx context.Context, topic string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	return c.send(ctx, put(t.path("compaction")...).needing(t.governs()))
}

// The states of a compaction that callers tell apart (LongRunningProcessStatus.Status).
const (
	CompactionNotRun  = "NOT_RUN"
	CompactionRunning = "RUNNING"
	CompactionSuccess = "SUCCESS"
)

// Compaction tells how the last compaction of a topic went since its broker loaded it,
// such as CompactionSuccess. GET .../{topic}/compaction.
func (c *Client) Compaction(ctx context.Context, topic string) (string, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return "", err
	}
	var status struct {
		Status string `json:"status"`
	}
	return status.Status, c.read(ctx, get(t.path("compaction")...).needing(t.governs()), &status)
}

// LastCompaction is when the broker that serves a topic compacted it last, zero where it
// has not since it loaded the topic. GET .../{topic}/stats.
func (c *Client) LastCompaction(ctx context.Context, topic string) (time.Time, error) {
	t, err := parseTopic(topic)
	if err != nil {
		return time.Time{}, err
	}
	var stats struct {
		Compaction struct {
			Succeeded int64 `json:"lastCompactionSucceedTimestamp"`
		} `json:"compaction"`
	}
	if err := c.read(ctx, get(t.path("stats")...).needing(t.reads()), &stats); err != nil || stats.Compaction.Succeeded <= 0 {
		return time.Time{}, err
	}
	return time.UnixMilli(stats.Compaction.Succeeded), nil
}

// KeepInactive tells the brokers not to delete a topic that nobody uses, whatever the
// cluster's own rule is. POST .../{topic}/inactiveTopicPolicies.
func (c *Client) KeepInactive(ctx context.Context, topic string) error {
	t, err := parseTopic(topic)
	if err != nil {
		return err
	}
	k, err := post(t.path("inactiveTopicPolicies")...).needing(t.governs()).json(map[string]any{
		"inactiveTopicDeleteMode": "delete_when_no_subscriptions", "maxInactiveDurationSeconds": 1 << 30, "deleteWhileInactive": false,
	})
	if err != nil {
		return err
	}
	return policiesOff(c.send(ctx, k))
}
