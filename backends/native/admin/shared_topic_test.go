package admin

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestTopics(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	name := func(local string) string { return "persistent://" + tenant + "/" + ns + "/" + local }

	plain, parted := name("plain"), name("parted")
	props := map[string]string{"mesh": "t/n/m", "k": "ä = b"}
	ok(t, c.CreateTopic(ctx, plain, 0, props))
	ok(t, c.CreateTopic(ctx, parted, 2, props))
	wants(t, "again", c.CreateTopic(ctx, plain, 0, nil), Exists)
	wants(t, "again, parted", c.CreateTopic(ctx, parted, 2, nil), Exists)
	wants(t, "other sort", c.CreateTopic(ctx, plain, 2, nil), Exists)
	wants(t, "other sort, parted", c.CreateTopic(ctx, parted, 0, nil), Exists)
	for topic, want := range map[string]int{plain: 0, parted: 2} {
		if got := must[int](t)(c.Partitions(ctx, topic)); got != want {
			t.Errorf("%s has %d partitions", topic, got)
		}
		if got := must[map[string]string](t)(c.TopicProperties(ctx, topic)); !cmp.Equal(got, props) {
			t.Error(cmp.Diff(props, got))
		}
	}
	p, q, err := c.Topics(ctx, tenant, ns)
	if err != nil || !slices.Equal(p, []string{parted}) || !slices.Equal(q, []string{plain}) {
		t.Errorf("topics: %q %q %v", p, q, err)
	}
	wants(t, "fewer", c.SetPartitions(ctx, parted, 1), Refused)
	ok(t, c.SetPartitions(ctx, parted, 3))
	wants(t, "partitions of one without", c.SetPartitions(ctx, plain, 3), Refused)
	// A plus sign is not a space, whoever builds the path.
	for _, local := range []string{"a+b", "a%b", "a%2Bb", "a b", "ä", "a?b", "a&b"} {
		ok(t, c.CreateTopic(ctx, name(local), 0, nil))
		_, q, _ := c.Topics(ctx, tenant, ns)
		if !slices.Contains(q, name(local)) {
			t.Errorf("created %q, the server has %q", name(local), q)
		}
		for _, sub := range []string{"s", "a+b", "a/b", "a%2Fb", "a b"} {
			ok(t, c.CreateSubscription(ctx, name(local), sub, Latest, nil))
			if subs := subscriptions(t, c, name(local)); !slices.Equal(subs, []string{sub}) {
				t.Errorf("created %q, the server has %q", sub, subs)
			}
			ok(t, c.DeleteSubscription(ctx, name(local), sub, false))
		}
		ok(t, c.DeleteTopic(ctx, name(local), false))
	}
	ok(t, c.DeleteTopic(ctx, parted, false))
	ok(t, c.DeleteTopic(ctx, plain, false))
	wants(t, "delete again", c.DeleteTopic(ctx, plain, false), NotFound)
	_, _, err = c.Topics(ctx, tenant, "nothing")
	wants(t, "no namespace", err, NotFound)
	for _, bad := range []string{"plain", "persistent://a/b", "persistent://a/b/..", "http://a/b/c", "persistent://a/b/c/d"} {
		_, err := c.Partitions(ctx, bad)
		wants(t, bad, err, Refused, "is no topic")
	}
}

func TestSubscriptions(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	for partitions, topic := range map[int]string{0: "persistent://" + tenant + "/" + ns + "/plain", 2: "persistent://" + tenant + "/" + ns + "/parted"} {
		ok(t, c.CreateTopic(ctx, topic, partitions, nil))
		props := map[string]string{"mesh": "t/n/m"}
		// Keeps the messages: without any subscription they may go at once.
		ok(t, c.CreateSubscription(ctx, topic, "first", Earliest, nil))
		produce(t, srv, topic, 4)
		ok(t, c.CreateSubscription(ctx, topic, "earliest", Earliest, props))
		ok(t, c.CreateSubscription(ctx, topic, "latest", Latest, props))
		wants(t, "again", c.CreateSubscription(ctx, topic, "latest", Earliest, nil), Exists)
		produce(t, srv, topic, 2)

		stats := must[TopicStats](t)(c.TopicStats(ctx, topic))
		if stats.Partitions != partitions || stats.StorageSize == 0 {
			t.Errorf("%s: %+v", topic, stats)
		}
		for name, backlog := range map[string]int64{"first": 6, "earliest": 6, "latest": 2} {
			if got := stats.Subscriptions[name]; got.Backlog != backlog || !got.Durable || len(got.Consumers) != 0 {
				t.Errorf("%s %s: %+v, want a backlog of %d", topic, name, got, backlog)
			}
		}
		if got := stats.Subscriptions["latest"].Properties; !cmp.Equal(got, props) {
			t.Error(cmp.Diff(props, got))
		}
		ok(t, c.SetSubscriptionProperties(ctx, topic, "latest", map[string]string{"other": "1"}))
		if got := must[TopicStats](t)(c.TopicStats(ctx, topic)).Subscriptions["latest"].Properties; !cmp.Equal(got, map[string]string{"other": "1"}) {
			t.Errorf("replaced properties are %v", got)
		}
		if partitions > 0 {
			ok(t, c.SetPartitions(ctx, topic, 3))
			stats := must[TopicStats](t)(c.TopicStats(ctx, topic+"-partition-2"))
			if stats.Subscriptions["latest"].Properties["other"] != "1" || stats.Subscriptions["earliest"].Properties["mesh"] != "t/n/m" {
				t.Errorf("the new partition has %+v", stats.Subscriptions)
			}
		}
		wants(t, "delete", c.DeleteSubscription(ctx, topic, "none", false), NotFound)
		ok(t, c.DeleteSubscription(ctx, topic, "latest", false))
		if names := subscriptions(t, c, topic); !slices.Equal(names, []string{"earliest", "first"}) {
			t.Errorf("subscriptions: %q", names)
		}
	}
}

// subscriptions are the names of those of a topic.
func subscriptions(t *testing.T, c *Client, topic string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(must[TopicStats](t)(c.TopicStats(t.Context(), topic)).Subscriptions))
}

// TestKnownTopic makes a topic that was known to have no partitions anew with some.
func TestKnownTopic(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c, other := connect(t, srv.AdminURL, ""), connect(t, srv.AdminURL, "")
	topic := "persistent://" + pulsartest.Namespace(t, srv) + "/known"
	ok(t, c.CreateTopic(ctx, topic, 0, nil))
	if s := must[TopicStats](t)(c.TopicStats(ctx, topic)); s.Partitions != 0 {
		t.Errorf("%d partitions", s.Partitions)
	}
	ok(t, other.DeleteTopic(ctx, topic, false))
	_, err := c.TopicStats(ctx, topic)
	wants(t, "gone", err, NotFound)
	ok(t, c.CreateTopic(ctx, topic, 0, nil))
	ok(t, other.DeleteTopic(ctx, topic, false))
	ok(t, other.CreateTopic(ctx, topic, 2, nil))
	if s := must[TopicStats](t)(c.TopicStats(ctx, topic)); s.Partitions != 2 {
		t.Errorf("%d partitions after it was made anew", s.Partitions)
	}
}

// TestReadingCreatesNothing asks for everything about what is not there.
func TestReadingCreatesNothing(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	seen := &requests{}
	c := connect(t, srv.AdminURL, "", WithObserver(seen.observe))
	tenant, ns := split(pulsartest.Namespace(t, srv))
	for _, local := range []string{"missing", "missing-partition-0"} {
		topic := "persistent://" + tenant + "/" + ns + "/" + local
		_, err := c.Partitions(ctx, topic)
		wants(t, "partitions", err, NotFound)
		_, err = c.TopicProperties(ctx, topic)
		wants(t, "properties", err, NotFound)
		_, err = c.TopicStats(ctx, topic)
		wants(t, "stats", err, NotFound)
		wants(t, "create subscription", c.CreateSubscription(ctx, topic, "s", Latest, nil), NotFound)
		wants(t, "delete", c.DeleteTopic(ctx, topic, false), NotFound)
	}
	if found := must[bool](t)(c.NamespaceExists(ctx, tenant, "nothing")); found {
		t.Error("a namespace that is not there exists")
	}
	must[[]string](t)(c.List(ctx, Functions, tenant, ns))
	must[PackagesMode](t)(c.PackagesMode(ctx, nil, tenant, ns))
	if w := seen.writes(); len(w) != 0 {
		t.Errorf("reading wrote: %q", w)
	}
	p, q, err := c.Topics(ctx, tenant, ns)
	if err != nil || len(p)+len(q) != 0 {
		t.Errorf("reading created %q %q, %v", p, q, err)
	}
}

func TestNamespaces(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	c := connect(t, srv.AdminURL, "")
	tenant, ns := split(pulsartest.Namespace(t, srv))
	made := strings.ToLower(ns) + "-made"
	t.Cleanup(func() { _ = connect(t, srv.AdminURL, "").DeleteNamespace(t.Context(), tenant, made) })
	ok(t, c.CreateNamespace(ctx, tenant, made))
	wants(t, "again", c.CreateNamespace(ctx, tenant, made), Exists)
	wants(t, "no tenant", c.CreateNamespace(ctx, "nobody", made), NotFound, "Tenant")
	wants(t, "bad name", c.CreateNamespace(ctx, tenant, "a/b"), Refused)
	if !must[bool](t)(c.NamespaceExists(ctx, tenant, made)) || must[bool](t)(c.NamespaceExists(ctx, "nobody", made)) {
		t.Error("NamespaceExists is wrong")
	}
	ok(t, c.SetNamespaceProperties(ctx, tenant, made, map[string]string{"a": "1"}))
	ok(t, c.SetNamespaceProperties(ctx, tenant, made, map[string]string{"b": "2"}))
	ok(t, c.CreateTopic(ctx, "persistent://"+tenant+"/"+made+"/x", 0, nil))
	wants(t, "not empty", c.DeleteNamespace(ctx, tenant, made), Busy)
	ok(t, c.DeleteTopic(ctx, "persistent://"+tenant+"/"+made+"/x", false))
	ok(t, c.DeleteNamespace(ctx, tenant, made))
}
