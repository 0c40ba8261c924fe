package fidelity

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/test/harness"
)

// message is a protobuf message: the values of each field, in order.
type message map[protowire.Number][]any

// decode reads a message of the wire format; nil for what is none. Whole numbers
// are uint64, texts and messages bytes; all else is passed over.
func decode(data []byte) message {
	m := message{}
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return nil
		}
		data = data[n:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(data)
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(data)
		default:
			n = protowire.ConsumeFieldValue(number, kind, data)
		}
		if n < 0 {
			return nil
		}
		m[number], data = append(m[number], v), data[n:]
	}
	return m
}

// in follows a path of numbers of fields to the message there.
func (m message) in(path ...protowire.Number) message {
	for _, number := range path {
		last, _ := m.last(number).([]byte)
		m = decode(last)
	}
	return m
}

func (m message) last(number protowire.Number) any {
	if all := m[number]; len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// Numbers of fields of Function.proto.
const (
	requestMetadata  = 3 // ServiceRequest
	metadataDetails  = 1 // FunctionMetaData
	metadataPackage  = 7
	detailsNamespace = 2 // FunctionDetails
	detailsName      = 3
	detailsSource    = 11
	detailsSink      = 12
	sourceSpecs      = 10 // SourceSpec
	sourceSkips      = 14
	sinkForwards     = 8 // SinkSpec
)

// stored reads what the workers' own topic says of the components of a namespace:
// the newest FunctionMetaData by name.
func stored(t *testing.T, c client.Client, namespace string) map[string]message {
	t.Helper()
	reader, err := c.CreateReader(client.ReaderOptions{Topic: "persistent://public/functions/metadata", StartMessageID: client.EarliestMessageID()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	out := map[string]message{}
	for reader.HasNext() {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		msg, err := reader.Next(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		metadata := decode(msg.Payload()).in(requestMetadata)
		details := metadata.in(metadataDetails)
		if ns, _ := details.last(detailsNamespace).([]byte); string(ns) == namespace {
			name, _ := details.last(detailsName).([]byte)
			out[string(name)] = metadata
		}
	}
	return out
}

// TestHiddenFieldsAreStored looks at the workers' own records, since no reply shows
// these values: they arrive, and are there after a change of something else, which
// an update would have reset.
func TestHiddenFieldsAreStored(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	b := newTester(t, pulsartest.Shared(t))
	give := func(s shape, pairs ...any) one {
		config := merge(s.base, object(pairs...))
		return one{about: s.name, shape: s, configs: []map[string]any{config, with(config, []string{"parallelism"}, 2)}}
	}
	all := []one{
		give(plain, "skipToLatest", true),
		give(plain, "forwardSourceMessageProperty", false),
		give(plain, "customSchemaOutputs", object("out0", `{"schemaProperties":{"hidden-key":"hidden-value"}}`)),
		give(plain, "inputSpecs", object("in0", object("consumerProperties", object("priorityLevel", "3")))),
		give(transform),
	}
	c := harness.Dial(t, b.Server.BrokerURL)
	for round := range all[0].configs {
		b.round("hidden", all, round)
		records := stored(t, c, b.Namespace)
		details := func(i int) message { return records[nameOf(i)].in(metadataDetails) }
		if v := details(0).in(detailsSource).last(sourceSkips); v != uint64(1) {
			t.Errorf("round %d: skipToLatest is %v", round, v)
		}
		if v := details(1).in(detailsSink).last(sinkForwards); v == uint64(1) {
			t.Errorf("round %d: forwardSourceMessageProperty is %v", round, v)
		}
		if v := details(0).in(detailsSink).last(sinkForwards); v != uint64(1) {
			t.Errorf("round %d: forwardSourceMessageProperty of another is %v", round, v)
		}
		if sink, _ := details(2).last(detailsSink).([]byte); !bytes.Contains(sink, []byte("hidden-value")) {
			t.Errorf("round %d: customSchemaOutputs is not in %q", round, sink)
		}
		if specs, _ := details(3).in(detailsSource).last(sourceSpecs).([]byte); !bytes.Contains(specs, []byte("priorityLevel")) {
			t.Errorf("round %d: consumerProperties are not in %q", round, specs)
		}
		if path, _ := records[nameOf(4)].in(metadataPackage).last(1).([]byte); !strings.HasPrefix(string(path), "function://") {
			t.Errorf("round %d: the transform function is at %q", round, path)
		}
	}
	if b.counts[string(diff.Replace)] != 3 || b.counts[string(diff.Update)] != 2 {
		t.Errorf("changes %v, want three replacements and two updates", b.counts)
	}
}
