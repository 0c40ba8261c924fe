package native_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

func TestPolicies(t *testing.T) {
	t.Run("of topics come and go", topicRetention)
	t.Run("of namespaces stay", namespacePolicies)
}

// keeping is a mesh whose topic mid has a retention, given as the text of a mapping.
func keeping(retention string) string {
	topic := "topics: [{name: mid"
	if retention != "" {
		topic += ", retention: " + retention
	}
	return topic + "}]\nfunctions:\n  - {name: one, className: org.example.loss.Forward, jar: code.jar, inputs: [in], output: mid}\n"
}

func topicRetention(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	ctx := context.Background()
	b.Jar("loss-a.jar", "code.jar")
	kept := func(want *admin.Retention) {
		t.Helper()
		have, err := b.Client.TopicRetention(ctx, b.FullTopic("mid"), false)
		if err != nil || !cmp.Equal(have, want) {
			t.Errorf("retention %+v, want %+v; %v", have, want, err)
		}
	}
	to := func(retention string, risks ...plan.RiskKind) {
		t.Helper()
		u := b.Mesh("keep", keeping(retention))
		p := b.Plan(u, planner.Options{})
		var found []plan.RiskKind
		for _, s := range p.Steps {
			if s.Addr.Kind() == state.KindPolicies {
				for _, r := range s.Risks {
					found = append(found, r.Kind)
				}
			}
		}
		if !cmp.Equal(found, risks) {
			t.Errorf("%s: %v", retention, cmp.Diff(risks, found))
		}
		b.Apply(p, plan.TopicData)
		b.Empty(u)
	}
	to("{retentionTimeInMinutes: 60}")
	kept(&admin.Retention{Minutes: 60, MB: -1})
	to("{retentionTimeInMinutes: 600, retentionSizeInMB: 20000}", plan.TopicData)
	to("{retentionTimeInMinutes: 600}")
	// A hand's change is taken back; one that keeps less holds nothing back.
	if err := b.Client.SetTopicRetention(ctx, b.FullTopic("mid"), admin.Retention{Minutes: 700, MB: -1}); err != nil {
		t.Fatal(err)
	}
	to("{retentionTimeInMinutes: 600}", plan.TopicData)
	// The server's default backlog quota is 10 GiB.
	if list := found(b, "keep", keeping("{retentionTimeInMinutes: 600, retentionSizeInMB: 10}")); len(list) != 1 || list[0].Code != diag.PoliciesRefused {
		t.Errorf("%+v", list)
	}
	to("", plan.TopicData)
	kept(nil)
	// What someone else has set is not taken away.
	theirs := admin.Retention{Minutes: 30, MB: -1}
	if err := b.Client.SetTopicRetention(ctx, b.FullTopic("mid"), theirs); err != nil {
		t.Fatal(err)
	}
	b.Empty(b.Mesh("keep", keeping("{retentionTimeInMinutes: 30}")))
	b.Empty(b.Mesh("keep", keeping("")))
	kept(&theirs)
}

func namespacePolicies(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	ctx := context.Background()
	b.Jar("loss-a.jar", "code.jar")
	no, ttl := false, int64(7200)
	before := admin.NamespacePolicies{Deduplication: &no, MessageTTL: &ttl}
	if err := b.Client.SetNamespacePolicies(ctx, b.Tenant, b.Namespace, before); err != nil {
		t.Fatal(err)
	}
	policed := func(policies string) compiler.Unit {
		t.Helper()
		text := fmt.Sprintf("tenant: %s\nnamespace: {name: %s%s}\nname: keep\n%s", b.Tenant, b.Namespace, policies, keeping(""))
		result := compiler.Compile([]compiler.Input{{Name: filepath.Join(b.Dir, "keep.yaml"), Data: []byte(text)}}, compiler.Options{NeedCode: true})
		if result.Findings.HasErrors() {
			t.Fatalf("%+v", result.Findings)
		}
		return result.Units[0]
	}
	u := policed(", deduplication: true, retention: {retentionTimeInMinutes: 60}, messageTTLInSeconds: 3600, schemaCompatibilityStrategy: BACKWARD")
	p := b.Plan(u, planner.Options{})
	var fields []string
	for _, c := range p.Changes() {
		if c.Addr.Kind() == state.KindPolicies {
			for _, f := range c.Fields {
				fields = append(fields, fmt.Sprintf("%s %v -> %v", f.Field, f.Before, f.After))
			}
		}
	}
	want := []string{
		"deduplication false -> true", "messageTTLInSeconds 7200 -> 3600", "retention.retentionSizeInMB <nil> -> -1",
		"retention.retentionTimeInMinutes <nil> -> 60", "schemaCompatibilityStrategy <nil> -> BACKWARD",
	}
	if !cmp.Equal(fields, want) {
		t.Error(cmp.Diff(want, fields))
	}
	if refused := p.Refused(nil); len(refused) != 1 {
		t.Errorf("a shorter time to live is no risk: %v", refused)
	}
	b.Apply(p, plan.MessageLoss)
	b.Empty(u)
	// Those that are not declared any more stay, and are not looked at.
	b.Empty(policed(", messageTTLInSeconds: 3600"))
	b.Empty(policed(""))
	have, err := b.Client.NamespacePolicies(ctx, b.Tenant, b.Namespace)
	if err != nil || have.Deduplication == nil || !*have.Deduplication || have.Compatibility != "BACKWARD" || *have.MessageTTL != 3600 || *have.Retention != (admin.Retention{Minutes: 60, MB: -1}) {
		t.Errorf("%+v %v", have, err)
	}
}

// policiesOff: where topics have no policies the plan says so, of new topics too,
// and a mesh that declares none is not touched by it.
func policiesOff(b *harness.Bench) {
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("old", 0)
	for _, topic := range []string{"mid", "old"} {
		list := found(b, "keep", strings.ReplaceAll(keeping("{retentionTimeInMinutes: 60}"), "mid", topic))
		if len(list) != 1 || list[0].Code != diag.PoliciesRefused || !strings.Contains(list[0].Detail, "topicLevelPoliciesEnabled") {
			b.Errorf("%s: %+v", topic, list)
		}
	}
	u := b.Mesh("keep", keeping(""))
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
}
