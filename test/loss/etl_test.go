package loss

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

const orders = 2000

// customers and countries as the shop writes them, and as the chain does.
var (
	customers = map[string]string{"ann  SMITH ": "Ann Smith", "bo LI": "Bo Li", " zoe de vries": "Zoe De Vries"}
	rawNames  = []string{"ann  SMITH ", "bo LI", " zoe de vries"}
	countries = []string{"de", "FR", "se", ""}
	// rates are per thousand, for sums in whole cents; no country means DE.
	rates = []int{190, 200, 250, 190}
)

// TestETLChain runs the example with a Python function in the middle where the
// functions are processes and the cluster has no package service: code goes by
// upload. Numbered orders go in, with a broken one now and then.
func TestETLChain(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	opts := pulsar.Options{Runtime: pulsar.Process, HTTPThreads: 32}
	pulsartest.Require(t, opts)
	var err error
	if opts.Python, err = pulsar.Python(ctx, os.Stderr); err != nil {
		t.Fatal(err)
	}
	b := harness.New(t, pulsartest.Start(t, opts))
	b.Topic("orders-raw", 0)
	u := b.Example("etl-chain", "mesh.yaml", nil)
	begin := time.Now()
	b.Apply(b.Plan(u, planner.Options{}))
	harness.Figure(t, "five instances of four functions run after %v", time.Since(begin).Round(time.Millisecond))
	b.Empty(u)

	c := harness.Dial(t, b.Server.BrokerURL)
	reader, err := c.Subscribe(client.ConsumerOptions{
		Topic: b.FullTopic("order-totals"), SubscriptionName: "reader", Type: client.Exclusive,
		SubscriptionInitialPosition: client.SubscriptionPositionEarliest,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	begin = time.Now()
	sendOrders(ctx, t, c, b.FullTopic("orders-raw"))
	checkTotals(ctx, t, reader)
	harness.Figure(t, "%d orders through the chain in %v", orders, time.Since(begin).Round(time.Millisecond))

	b.Empty(u)
	// The mesh can be made of what runs, its Python module by its name.
	b.Imported(u.Mesh.Name)
	reader.Close()
	b.Apply(b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true}), plan.TopicData)
	if left := b.Plan(u, planner.Options{Destroy: true, DeleteTopics: true}); !left.Empty() {
		t.Errorf("destroy left %v", left.Steps)
	}
}

// order returns the order as the shop writes it, its customer, and what that one
// pays, in cents.
func order(i int) (raw, customer string, gross int) {
	name, country, quantity, price := rawNames[i%len(rawNames)], i%len(countries), 1+i%7, 100+i%900
	raw = fmt.Sprintf("%d; %s;%s;Apple;%d;%d.%02d", i, name, countries[country], quantity, price/100, price%100)
	// Half up, as the chain rounds.
	return raw, customers[name], (quantity*price*(1000+rates[country]) + 500) / 1000
}

func sendOrders(ctx context.Context, t *testing.T, c client.Client, topic string) {
	t.Helper()
	producer, err := c.CreateProducer(client.ProducerOptions{Topic: topic, Schema: client.NewStringSchema(nil), MaxPendingMessages: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	sent := func(_ client.MessageID, _ *client.ProducerMessage, err error) {
		if err != nil {
			t.Errorf("an order was not confirmed: %v", err)
		}
	}
	for i := range orders {
		raw, _, _ := order(i)
		producer.SendAsync(ctx, &client.ProducerMessage{Value: raw}, sent)
		if i%100 == 0 {
			producer.SendAsync(ctx, &client.ProducerMessage{Value: "no order; at all"}, sent)
		}
	}
	if err := producer.FlushWithCtx(ctx); err != nil {
		t.Fatal(err)
	}
}

// checkTotals wants each order once, with its amount, and the running total of
// each customer to be the sum of what has come so far.
func checkTotals(ctx context.Context, t *testing.T, reader client.Consumer) {
	t.Helper()
	totals := map[string]int{}
	seen := make([]bool, orders)
	for n := 0; n < orders; n++ {
		wait, cancel := context.WithTimeout(ctx, 30*time.Second)
		msg, err := reader.Receive(wait)
		cancel()
		if err != nil {
			t.Fatalf("%d of %d orders arrived: %v", n, orders, err)
		}
		if err := reader.Ack(msg); err != nil {
			t.Fatal(err)
		}
		fields := strings.Split(string(msg.Payload()), ",")
		i, err := strconv.Atoi(fields[0])
		if err != nil || len(fields) != 4 || i < 0 || i >= orders || seen[i] {
			t.Fatalf("%q is no order that was sent, or comes twice", msg.Payload())
		}
		seen[i] = true
		_, customer, gross := order(i)
		totals[customer] += gross
		if want := fmt.Sprintf("%d,%s,%s,%s", i, customer, cents(gross), cents(totals[customer])); string(msg.Payload()) != want || msg.Key() != customer {
			t.Fatalf("order %d: %q with key %q, not %q", i, msg.Payload(), msg.Key(), want)
		}
	}
	for customer, total := range totals {
		t.Logf("%s: %s", customer, cents(total))
	}
}

func cents(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
