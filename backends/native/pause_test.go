package native

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// A quiet drain ends when nothing is left and nobody could send more, or when nobody
// has read for a while: then nothing is in process.
func TestWhenAllIsSilent(t *testing.T) {
	sub := &state.Subscription{Topic: "persistent://t/n/a", Name: "s"}
	reads := []admin.Consumer{{Name: "c"}}
	stats := func(s admin.Subscription, publishers ...admin.Publisher) admin.TopicStats {
		return admin.TopicStats{Subscriptions: map[string]admin.Subscription{"s": s}, Publishers: publishers}
	}
	for _, c := range []struct {
		name  string
		stats admin.TopicStats
		// looks is after how many it is over, 0 for never; says what it waits for.
		looks int
		says  string
	}{
		{"drained", stats(admin.Subscription{Consumers: reads}), 1, ""},
		{"no subscription", admin.TopicStats{}, 1, ""},
		{"a backlog", stats(admin.Subscription{Consumers: reads, Backlog: 3}), 0, "3 messages in the backlog, 0 in process"},
		{"in process", stats(admin.Subscription{Consumers: reads, Unacked: 2}), 0, "0 messages in the backlog, 2 in process"},
		{"a producer", stats(admin.Subscription{Consumers: reads}, admin.Publisher{Name: "standalone-0-7"}), 0, "1 producers are still connected to persistent://t/n/a, such as standalone-0-7"},
		{"a producer of an instance", stats(admin.Subscription{}, admin.Publisher{Name: "p", Metadata: map[string]string{"id": "t/n/feed"}}), 0, "such as t/n/feed"},
		{"nobody reads", stats(admin.Subscription{Backlog: 3}), unreadLooks, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var q silence
			for look := 1; look <= 2*unreadLooks; look++ {
				ok, missing := q.over(sub, c.stats)
				if ok {
					if look != c.looks {
						t.Errorf("over at look %d, want %d", look, c.looks)
					}
					return
				}
				if !strings.Contains(missing, c.says) {
					t.Errorf("it says %q", missing)
				}
			}
			if c.looks != 0 {
				t.Error("it never ends")
			}
		})
	}
}

// Only a broker that says so deduplicates not.
func TestDeduplicationAsTold(t *testing.T) {
	for status, want := range map[string]state.Switch{
		"Enabled": state.On, "Disabled": state.Off, "Recovering": state.Unknown, "Removing": state.Unknown, "": state.Unknown,
	} {
		if have := deduplication(admin.TopicStats{Deduplication: status}); have != want {
			t.Errorf("%q is %q, want %q", status, have, want)
		}
	}
}
