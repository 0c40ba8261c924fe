package kubernetes_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/test/harness"
)

type closer interface{ Close() }

// player plays the instances of pods: it reads and writes what they would, and names
// itself as they do.
type player struct {
	client pulsar.Client

	mu sync.Mutex
	// clients are those of a pod, by its UID.
	clients map[string][]closer
}

func newPlayer(t testing.TB, brokerURL string) *player {
	return &player{client: harness.Dial(t, brokerURL), clients: map[string][]closer{}}
}

// instance is what a pod's FunctionDetails say that matters to Pulsar.
type instance struct {
	Tenant, Namespace, Name string
	Source                  struct {
		SubscriptionName, SubscriptionType, Configs string
		InputSpecs                                  map[string]struct{ IsRegexPattern bool }
	}
	Sink struct{ Topic string }
}

// start connects the clients of a pod. A source that is told never to say anything
// cannot open.
func (p *player) start(ctx context.Context, pod operator.Pod) error {
	var i instance
	if err := json.Unmarshal([]byte(pod.Details), &i); err != nil {
		return err
	}
	if strings.Contains(i.Source.Configs, `"never"`) {
		return errors.New(`For input string: "never"`)
	}
	names := map[string]string{"id": i.Tenant + "/" + i.Namespace + "/" + i.Name, "instance_id": strconv.Itoa(pod.Ordinal)}
	types := map[string]pulsar.SubscriptionType{"SHARED": pulsar.Shared, "FAILOVER": pulsar.Failover, "KEY_SHARED": pulsar.KeyShared}
	var connected []func() (closer, error)
	for topic := range i.Source.InputSpecs {
		connected = append(connected, func() (closer, error) {
			return p.client.Subscribe(pulsar.ConsumerOptions{Topic: topic, SubscriptionName: i.Source.SubscriptionName, Type: types[i.Source.SubscriptionType], Properties: names})
		})
	}
	if i.Sink.Topic != "" {
		connected = append(connected, func() (closer, error) {
			return p.client.CreateProducer(pulsar.ProducerOptions{Topic: i.Sink.Topic, Properties: names})
		})
	}
	for _, connect := range connected {
		if err := p.connect(ctx, pod, connect); err != nil {
			return err
		}
	}
	return nil
}

// connect makes one client of a pod, and keeps it. The client library does not look at
// contexts.
func (p *player) connect(ctx context.Context, pod operator.Pod, connect func() (closer, error)) error {
	done := make(chan error, 1)
	go func() {
		c, err := connect()
		if err == nil {
			p.keep(pod, c)
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *player) keep(pod operator.Pod, c closer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients[pod.UID] = append(p.clients[pod.UID], c)
}

// end disconnects the clients of a pod.
func (p *player) end(pod operator.Pod) {
	p.mu.Lock()
	clients := p.clients[pod.UID]
	delete(p.clients, pod.UID)
	p.mu.Unlock()
	for _, c := range clients {
		c.Close()
	}
}
