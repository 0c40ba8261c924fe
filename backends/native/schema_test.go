package native_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

func TestSchemas(t *testing.T) { schemas(t) }

func schemas(t *testing.T) {
	t.Run("of text follow from the nodes", derivedSchemas)
	t.Run("are registered before clients without one matter", lateSchema)
	t.Run("are declared and changed", declaredSchemas)
	t.Run("of others are compared", foreignSchemas)
}

// derivedSchemas: what Java functions for text would register themselves is there
// before they start, and is no difference afterwards.
func derivedSchemas(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	u := b.Mesh("chain", strings.ReplaceAll(chain, "output: out,", "output: out, logTopic: log,"))
	p := b.Plan(u, planner.Options{})
	want := []string{"in", "out", "words"}
	var made []string
	for _, c := range p.Changes() {
		if c.Addr.Kind() == state.KindSchema {
			made = append(made, strings.TrimPrefix(c.Addr.Name(), b.FullTopic("")))
		}
	}
	slices.Sort(made)
	if !cmp.Equal(made, want) {
		t.Error(cmp.Diff(want, made))
	}
	b.Apply(p)
	for _, topic := range want {
		if types := schemaTypes(b, topic); !cmp.Equal(types, []string{"STRING"}) {
			t.Errorf("%s has the schemas %q", topic, types)
		}
	}
	b.Empty(u)
}

// lateSchema: a topic with a client and messages without a schema would keep a
// reader of text from ever starting ("Failed to add schema to an active topic with
// empty(BYTES) schema"). That it starts is what apply waits for.
func lateSchema(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Topic("in", 0)
	busy(b, "in")
	u := b.Mesh("one", `
functions:
  - {name: one, className: org.example.loss.Forward, jar: code.jar, inputs: [in], output: out}
`)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
	// The same on a topic of someone else is for its owner to solve.
	b.Topic("theirs", 0)
	busy(b, "theirs")
	const foreign = `
topics: [{name: theirs, external: true}]
functions:
  - {name: two, className: org.example.loss.Forward, jar: code.jar, inputs: [theirs], output: out2}
`
	list := found(b, "two", foreign)
	if len(list) != 1 || list[0].Code != diag.SchemaMissing || list[0].Span.Start.Line == 0 {
		t.Fatalf("%+v", list)
	}
	put(b, "theirs", admin.Schema{Type: "STRING"})
	u = b.Mesh("two", foreign)
	b.Apply(b.Plan(u, planner.Options{}))
	b.Empty(u)
}

// busy attaches a producer without a schema to a topic, and sends a message.
func busy(b *harness.Bench, topic string) {
	b.Helper()
	producer, err := harness.Dial(b, b.Server.BrokerURL).CreateProducer(pulsar.ProducerOptions{Topic: b.FullTopic(topic)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(producer.Close)
	if _, err := producer.Send(context.Background(), &pulsar.ProducerMessage{Payload: []byte("early")}); err != nil {
		b.Fatal(err)
	}
}

const orders = `
topics:
  - name: orders
    schema: {type: AVRO, file: order.avsc, properties: {team: a}}
functions:
  - {name: one, className: org.example.loss.Forward, jar: code.jar, inputs: [in], output: out}
`

func declaredSchemas(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	order := func(fields string) {
		file(b, "order.avsc", `{"type": "record", "name": "Order", "doc": "An order.", "fields": [{"name": "id", "type": "string"}`+fields+`]}`)
	}
	order("")
	u := b.Mesh("orders", orders)
	if c := changedSchema(t, b, u); c.Action != diff.Create {
		t.Errorf("%+v", c)
	}
	// A definition that the strategy lets in is a new version.
	order(`, {"name": "count", "type": "int", "default": 1}`)
	if c := changedSchema(t, b, u); c.Action != diff.Update || len(c.Fields) != 1 || c.Fields[0].Field != "definition" {
		t.Errorf("%+v", c)
	}
	// The topic has the old definition still: going back registers nothing.
	order("")
	b.Empty(u)
	// Text that says the same, and properties, make no version.
	file(b, "order.avsc", `{"fields":[{"type":"string","name":"id"}],"name":"Order","type":"record"}`)
	b.Empty(u)
	order(`, {"name": "price", "type": "double"}`)
	refusedSchema(t, b, orders, "schema compatibility check")
	file(b, "order.avsc", `{"type": "recrd"}`)
	refusedSchema(t, b, orders, "Invalid schema definition")
	refusedSchema(t, b, strings.Replace(orders, "AVRO, file: order.avsc", "INT64", 1), "exists schema type AVRO, new schema type INT64")
	refusedSchema(t, b, strings.Replace(orders, "name: orders", "name: new-orders", 1), "Invalid schema definition")
	// Without the declaration nothing is taken away.
	b.Empty(b.Mesh("orders", orders[strings.Index(orders, "functions:"):]))
	if types := schemaTypes(b, "orders"); !cmp.Equal(types, []string{"AVRO", "AVRO"}) {
		t.Errorf("%q", types)
	}
}

// foreignSchemas: nothing is registered on a topic of someone else.
func foreignSchemas(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	file(b, "count.py", "class Count:\n    def process(self, input, context):\n        return None\n")
	for _, topic := range []string{"numbers", "records", "texts"} {
		b.Topic(topic, 0)
	}
	put(b, "numbers", admin.Schema{Type: "INT64"})
	put(b, "records", admin.Schema{Type: "JSON", Definition: `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`})
	reader := func(topic, more string) string {
		return "topics: [{name: " + topic + ", external: true" + more + "}]\nfunctions:\n  - {name: one, className: org.example.loss.Forward, jar: code.jar, inputs: [" + topic + "], output: out}\n"
	}
	for _, c := range []struct {
		mesh     string
		severity diag.Severity
	}{
		{reader("numbers", ""), diag.Error},
		{reader("records", ""), diag.Warning},
		{"topics: [{name: numbers, external: true, schema: {type: STRING}}]\nfunctions:\n  - {name: count, className: count.Count, py: count.py, inputs: [numbers]}\n", diag.Error},
		{"topics: [{name: records, external: true, schema: {type: AVRO}}]\nfunctions:\n  - {name: count, className: count.Count, py: count.py, inputs: [records]}\n", diag.Error},
	} {
		list := found(b, "one", c.mesh)
		if len(list) != 1 || list[0].Code != diag.SchemaRefused || list[0].Severity != c.severity {
			t.Errorf("%s\n%+v", c.mesh, list)
		}
	}
	if list := found(b, "one", "topics: [{name: records, external: true, schema: {type: JSON}}]\nfunctions:\n  - {name: count, className: count.Count, py: count.py, inputs: [records]}\n"); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	u := b.Mesh("one", reader("texts", ""))
	if p := b.Plan(u, planner.Options{}); len(p.Changes()) == 0 {
		t.Error("nothing planned")
	} else {
		for _, c := range p.Changes() {
			if c.Addr == state.SchemaAddr(b.FullTopic("texts")) {
				t.Errorf("%+v", c)
			}
		}
	}
}

// found plans a mesh and gives what was found; nothing is carried out.
func found(b *harness.Bench, name, body string) diag.List {
	b.Helper()
	before := b.Writes.Load()
	_, list, err := planner.Make(context.Background(), b.Backend, native.Name, b.Mesh(name, body), planner.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if b.Writes.Load() != before {
		b.Error("planning wrote")
	}
	return list
}

// refusedSchema wants one finding that a schema does not go with the topic's, with the broker's words.
func refusedSchema(t *testing.T, b *harness.Bench, body, text string) {
	t.Helper()
	list := found(b, "orders", body)
	if len(list) != 1 || list[0].Code != diag.SchemaRefused || !strings.Contains(list[0].Detail, text) || strings.Contains(list[0].Detail, "Stacktrace") {
		t.Errorf("want a refusal with %q: %+v", text, list)
	}
}

// changedSchema plans a mesh, gives the one change of a schema, carries the plan
// out, and checks that there is nothing left to do.
func changedSchema(t *testing.T, b *harness.Bench, u compiler.Unit) diff.Change {
	t.Helper()
	var out diff.Change
	p := b.Plan(u, planner.Options{})
	for _, c := range p.Changes() {
		if c.Addr.Kind() == state.KindSchema {
			out = c
		}
	}
	if out.Addr == "" {
		t.Fatalf("no schema changes: %+v", p.Changes())
	}
	b.Apply(p)
	b.Empty(u)
	return out
}

func file(b *harness.Bench, name, text string) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(b.Dir, name), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// put registers a schema as someone else does.
func put(b *harness.Bench, topic string, s admin.Schema) {
	b.Helper()
	if _, err := b.Client.PutSchema(context.Background(), b.FullTopic(topic), s); err != nil {
		b.Fatal(err)
	}
}

// schemaTypes are the types of all versions of a topic's schema.
func schemaTypes(b *harness.Bench, topic string) []string {
	b.Helper()
	versions, err := b.Client.Schemas(context.Background(), b.FullTopic(topic))
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, v := range versions {
		out = append(out, v.Type)
	}
	return out
}
