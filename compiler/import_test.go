package compiler_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

// What a worker tells of a minimal function, and of a sink with settings of its own.
const (
	liveFunction = `{"tenant":"t","namespace":"n","name":"f","className":"C",
 "inputSpecs":{"persistent://t/n/a":{"regexPattern":false,"schemaProperties":{},"consumerProperties":{},"poolMessages":false}},
 "output":"persistent://t/n/b",
 "producerConfig":{"useThreadLocalProducers":false,"batchBuilder":"","compressionType":"LZ4"},
 "processingGuarantees":"ATLEAST_ONCE","retainOrdering":false,"retainKeyOrdering":false,
 "forwardSourceMessageProperty":true,"userConfig":{},"runtime":"JAVA","autoAck":true,
 "parallelism":1,"resources":{"cpu":1.0,"ram":1073741824,"disk":10737418240},
 "cleanupSubscription":true,"subscriptionPosition":"Latest"}`
	liveSink = `{"tenant":"t","namespace":"n","name":"s","className":"S","inputs":["persistent://t/n/b"],
 "inputSpecs":{"persistent://t/n/b":{"regexPattern":false,"schemaProperties":{},"consumerProperties":{},"poolMessages":true}},
 "configs":{"url":"x","n":5},"processingGuarantees":"EFFECTIVELY_ONCE","retainOrdering":true,"retainKeyOrdering":false,"autoAck":true,
 "parallelism":3,"resources":{"cpu":2.0,"ram":1073741824,"disk":10737418240},"cleanupSubscription":false,"sourceSubscriptionPosition":"Latest",
 "sourceSubscriptionName":"mine","archive":"builtin://jdbc","newerField":{"a":1}}`
)

func TestImportOfWhatRuns(t *testing.T) {
	config := func(text string) (out map[string]any) {
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	out, err := compiler.Import(mesh.ID{Tenant: "t", Namespace: "n", Name: "m"}, []string{"About it."}, []compiler.Live{
		{Kind: fields.Function, Name: "f", Config: config(liveFunction), Adopt: true, CodeKey: "jar", Code: "code/f.jar", Notes: []string{"a note"}},
		{Kind: fields.Sink, Name: "s", Config: config(liveSink), Protect: true},
	}, []compiler.LiveTopic{{Name: "persistent://t/n/a", Partitions: 2}, {Name: "persistent://t/n/b", Partitions: 4}})
	if err != nil {
		t.Fatal(err)
	}
	want := `# About it.
tenant: t
namespace: "n"
name: m
topics:
  - name: a
    partitions: 2
    external: true
  - name: b
    partitions: 4
functions:
  # a note
  - name: f
    className: C
    jar: code/f.jar
    inputs:
      - a
    output: b
    lifecycle:
      adopt: true
sinks:
  # left out: newerField, for which meshc has no field
  - name: s
    archive: builtin://jdbc
    className: S
    inputs:
      - b
    inputSpecs:
      b:
        poolMessages: true
    sourceSubscriptionName: mine
    configs:
      "n": 5
      url: x
    processingGuarantees: EFFECTIVELY_ONCE
    parallelism: 3
    resources:
      cpu: 2
    lifecycle:
      protect: true
`
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
	for _, f := range compiler.Compile([]compiler.Input{{Name: "m.yaml", Data: out}}, compiler.Options{}).Findings {
		if f.Severity == "error" {
			t.Errorf("%+v", f)
		}
	}
}
