package manager_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// asRole are the options of a role of a server with tokens.
func asRole(t *testing.T, srv *pulsar.Server, role, topic string) manager.Options {
	t.Helper()
	conf := filepath.Join(t.TempDir(), "client.conf")
	text := "authPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken\nauthParams=token:" + srv.Token(role) + "\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := conn.Load(conn.Flags{AdminURL: srv.AdminURL}, func(key string) string {
		return map[string]string{conn.EnvClientConf: conf}[key]
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := admin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return manager.Options{Topic: topic, Client: client, Settings: settings}
}

// vanishes waits until brokers have deleted a topic.
func vanishes(t *testing.T, c *admin.Client, topic string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		_, err := c.Partitions(t.Context(), topic)
		if errors.Is(err, admin.ErrNotFound) {
			return
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("%s is still there: %v", topic, err)
		}
	}
}

// TestTopicsThatBrokersDelete: topics that an administrator made by hand, without policies,
// are deleted by brokers when nobody uses them; who may not set policies is told so, until
// an administrator has set them.
func TestTopicsThatBrokersDelete(t *testing.T) {
	t.Parallel() // it has a server of its own
	srv := pulsartest.Start(t, pulsar.Options{Auth: true, Conf: map[string]string{"brokerDeleteInactiveTopicsFrequencySeconds": "1"}})
	const topic = "persistent://public/kept/records"
	boss := asRole(t, srv, pulsar.AdminRole, topic)
	if err := boss.Client.CreateNamespace(t.Context(), "public", "kept"); err != nil {
		t.Fatal(err)
	}
	grant(t, srv, "public/kept", "writer", "produce", "consume")
	bare := func(topic string) {
		t.Helper()
		if err := boss.Client.CreateTopic(t.Context(), topic, 0, nil); err != nil && !errors.Is(err, admin.ErrExists) {
			t.Fatal(err)
		}
	}
	written := func(o manager.Options) *record.UnkeptError {
		t.Helper()
		s, err := manager.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.Write(t.Context(), recordtest.Next(newMesh(), record.Head{}, "a"), recordtest.BodyOf("name: x")); err != nil {
			t.Fatal(err)
		}
		return s.Unkept(t.Context())
	}
	for _, suffix := range []string{"", "-log", "-snapshot"} {
		bare(topic + suffix)
	}
	told := written(asRole(t, srv, "writer", topic))
	if told == nil || !strings.Contains(told.Remedy, "an administrator of the tenant runs 'meshc lock'") {
		t.Fatalf("%v", told)
	}
	t.Log(told, "\n", told.Remedy)
	for _, suffix := range []string{"", "-log", "-snapshot"} {
		vanishes(t, boss.Client, topic+suffix)
	}
	if told := written(boss); told != nil {
		t.Errorf("the administrator is told %v", told)
	}
	if told := written(asRole(t, srv, "writer", topic)); told != nil {
		t.Errorf("after the administrator: %v", told)
	}
	bare(topic + "-witness")
	vanishes(t, boss.Client, topic+"-witness")
	for _, suffix := range []string{"", "-log", "-snapshot"} {
		if _, err := boss.Client.Partitions(t.Context(), topic+suffix); err != nil {
			t.Errorf("%s: %v", suffix, err)
		}
	}
}

// TestPoliciesAreOff: where a cluster has no policies of topics that is told, also to who
// may do everything.
func TestPoliciesAreOff(t *testing.T) {
	t.Parallel() // it has a server of its own
	p := newPlace(t, pulsartest.Start(t, pulsar.Options{Conf: map[string]string{"topicLevelPoliciesEnabled": "false"}}))
	s := p.open(t)
	if _, err := s.Write(t.Context(), recordtest.Next(newMesh(), record.Head{}, "a"), nil); err != nil {
		t.Fatal(err)
	}
	if told := s.Unkept(t.Context()); told == nil || !strings.Contains(told.Remedy, "topicLevelPoliciesEnabled=true") {
		t.Errorf("%v", told)
	}
}
