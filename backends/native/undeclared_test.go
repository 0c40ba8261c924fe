package native_test

import (
	"testing"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

// A producer that a function of the mesh has on a topic which it does not name is
// known as the function's. Instances name themselves in a producer's properties.
func TestWhoSendsWithoutSayingSo(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Apply(b.Plan(b.Mesh("m", `
jarFile: code.jar
functions:
  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}
  - {name: store, className: org.example.loss.Forward, inputs: [side], output: end}
`), planner.Options{}))
	client := harness.Dial(t, b.Server.BrokerURL)
	for name, topic := range map[string]string{"f": "side", "store": "end", "another": "side"} {
		producer, err := client.CreateProducer(pulsar.ProducerOptions{
			Topic: b.FullTopic(topic), Properties: map[string]string{"id": b.Tenant + "/" + b.Namespace + "/" + name, "instance_id": "0"},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer producer.Close()
	}
	live := b.Read("m")
	want := map[string][]state.Addr{b.FullTopic("side"): {state.ComponentAddr(state.KindFunction, b.Tenant, b.Namespace, "f")}}
	if d := cmp.Diff(want, live.Undeclared); d != "" {
		t.Error(d)
	}
	if n := live.Facts[state.TopicAddr(b.FullTopic("side"))].Publishers; n != 1 {
		t.Errorf("%d producers of others", n)
	}
}
